/**
 * What a failed AWS call means. Names are those of the SDK's errors: the modelled class where there is one, else the
 * code on the wire. An API's own rows come first, because a few names mean something else there; then the table of
 * names that mean the same everywhere; then what the SDK or Node reports; and at last the HTTP status.
 * Sources: the clients' service models; Amazon S3 API Reference, "Error responses"; EC2 developer guide, "Error codes
 * for the Amazon EC2 API"; AWS IAM User Guide, "Troubleshoot AWS Signature Version 4".
 */

export type FailureClass =
  | 'not-found'
  | 'throttled'
  /** The service cannot now: it fails, or the resource is in a state that may last for minutes. */
  | 'busy'
  /** Another change of the resource is under way, which is over in a moment. */
  | 'conflict'
  | 'network'
  /** What answered was cut off, or was not AWS. */
  | 'broken-answer'
  | 'clock-skew'
  /** There are none at the moment, or they have expired. */
  | 'credentials'
  /** It was not begun or not ended, because there was no time left, or because nobody could keep what was to be written. */
  | 'stopped'
  | 'denied'
  | 'too-many-tags'
  /** The tags themselves are refused, by the service or by a tag policy. */
  | 'invalid-tags'
  | 'invalid'
  | 'unsupported'
  | 'unknown';

export interface CallFailure {
  readonly class: FailureClass;
  /** Name of the error: `InvalidInstanceID.NotFound`. */
  readonly error: string;
  readonly message: string;
}

/** What names mean; with `message` only where the error's message matches too. */
export interface FailureRow {
  readonly class: FailureClass;
  readonly names: readonly string[];
  readonly message?: RegExp;
}

/** A call that did not succeed; `cause` is the error of the SDK, or why the call was stopped. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly failure: CallFailure;

  constructor(failure: CallFailure, cause: unknown) {
    super(`${failure.error}: ${failure.message}`, { cause });
    this.failure = failure;
  }
}

/** "Not found" is not here: that depends on how old the event is. */
const TRANSIENT: ReadonlySet<FailureClass> = new Set([
  'throttled',
  'busy',
  'conflict',
  'network',
  'broken-answer',
  'clock-skew',
  'credentials',
  'stopped',
]);

/** Trying again can help, though nobody mends anything. */
export function isTransient(failure: CallFailure): boolean {
  return TRANSIENT.has(failure.class);
}

/** What an error of a call means to the API with these rows; that of a CallError is known already. */
export function readFailure(error: unknown, rows: readonly FailureRow[] = []): CallFailure {
  if (error instanceof CallError) return error.failure;
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  const failureClass = classOf(error, name, message, rows);
  return { class: failureClass, error: name, message: message.slice(0, MAX_MESSAGE_CHARACTERS) };
}

/** Why a call was stopped, by the reason that its signal was aborted with. */
export function stopFailure(reason: unknown): CallFailure {
  const { error, message } = readFailure(reason);
  return { class: 'stopped', error, message };
}

/** Messages of AWS name the resource and the reason in far less. */
const MAX_MESSAGE_CHARACTERS = 500;

/** Names that mean the same everywhere; the first match wins. */
const COMMON: readonly (readonly [FailureClass, names: RegExp, message?: RegExp])[] = [
  ['throttled', /Throttl|^(RequestLimitExceeded|SlowDown|TooManyRequests?|BandwidthLimitExceeded)/],
  ['throttled', /^(ProvisionedThroughputExceeded|PriorRequestNotComplete|(Client|Rate)LimitExceeded)/],
  ['clock-skew', /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture)/],
  ['clock-skew', /^(SignatureDoesNotMatch|InvalidSignature)/, /Signature (expired|not yet current)/],
  ['credentials', /^(ExpiredToken|TokenRefreshRequired|IDPCommunicationError)/],
  ['credentials', /^(CredentialsProvider|TokenProvider|Provider)Error$/],
  ['denied', /^(AccessDenied|UnauthorizedOperation|AuthFailure|OptInRequired|NotAuthorized)/],
  ['denied', /AccessDeniedException$|^(Unauthorized(Client)?|Forbidden|Authorization(Error)?)Exception$/],
  ['denied', /^(UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|InsufficientPrivileges)/],
  ['denied', /^(SignatureDoesNotMatch|InvalidSignature)/],
  ['too-many-tags', /^(TooManyTags|Tags?(Limit|Quota|sPerResource|PerResource)\w*Exceeded)/],
  ['invalid-tags', /TagPolicy|^Invalid(System)?Tag|^(CloudHsm)?TagException$/],
  [
    'not-found',
    /(NotFound|DoesNotExist|NoSuchEntity)(Fault|Exception)?$|^QueueDoesNotExist$|^PipelineDeleted/,
  ],
  [
    'not-found',
    /^NoSuch(Bucket|Key|Resource|Version|HealthCheck|HostedZone)$|^(WAFNonexistentItem|UnknownResource)/,
  ],
  ['unsupported', /^(UnsupportedOperation|MethodNotAllowed|NotImplemented|NoEndpointError$)/],
  // "Could not find operation TagResource for version …" is about the call, not about a resource.
  ['unsupported', /^(InvalidAction|UnknownOperation)/],
  ['unsupported', /NotSupport(ed)?(Tagging)?(Exception)?$|^Unsupported(Command|Region)Exception$/],
  [
    'busy',
    /^(WAF(TagOperation)?|Server|KMS)?Internal(Error|Failure|Server|Service|Exception)|^Server(Internal)?Exception$/,
  ],
  [
    'busy',
    /^(ServiceUnavailable|Unavailable|Service(Failure)?Exception)|^Invalid\w*State(Fault|Exception)?$/,
  ],
  [
    'conflict',
    /^(Concurrent(Modification|Access)|Resource(Contention|Conflict)|ConflictingOperation|TooManyUpdates)/,
  ],
  ['conflict', /(Conflict|InProgress)(Exception)?$/],
  ['busy', /^ResourceInUse|(NotReady|ResourceUnavailable)(Exception)?$/],
  // Calls that tag make nothing but tags: what is at its limit is their number.
  ['too-many-tags', /^((Resource)?LimitExceeded|WAFLimitsExceeded|ServiceQuotaExceeded)/],
  ['network', /^(TimeoutError|RequestTimeout|RequestTimeoutException|NetworkingError)$/],
  // Services without a name for it say it in the message. What such a call is about is one resource and nothing else.
  [
    'not-found',
    /^(Invalid|Validation|BadRequest|(DirectConnect)?ClientException$)/,
    /\b(not found|(does|do|did) ?n[o']t exist|(could|can) ?(not|n't) (be found|find))\b/i,
  ],
  ['invalid', /^(Invalid|Validation|MalformedXML|BadRequest)/],
];

function classOf(error: unknown, name: string, message: string, rows: readonly FailureRow[]): FailureClass {
  const own = rows.find((row) => row.names.includes(name) && (row.message?.test(message) ?? true));
  if (own !== undefined) return own.class;
  const common = COMMON.find(([, names, texts]) => names.test(name) && (texts?.test(message) ?? true));
  if (common !== undefined) return common[0];
  if (isNetworkError(error)) return 'network'; // also behind a status of 200, where the answer was cut off
  return ofStatus(httpStatus(error), isUnreadable(error, name));
}

function ofStatus(status: number | undefined, isUnreadable: boolean): FailureClass {
  if (status === undefined) return 'unknown';
  if (status === 429) return 'throttled';
  if (status >= 500) return 'busy';
  if (isUnreadable) return 'broken-answer';
  if (status === 403) return 'denied';
  return status >= 400 ? 'invalid' : 'unknown';
}

function httpStatus(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** Node's own errors: ECONNRESET, ENOTFOUND, EPIPE and the like. */
function isNetworkError(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^E[A-Z_]+$/.test(code) && !code.startsWith('ERR_');
}

/**
 * The SDK found no JSON or XML in the answer, or no code in an answer that is an error: every error of these APIs has
 * one, so a proxy or a portal answered.
 */
function isUnreadable(error: unknown, name: string): boolean {
  const hasRawBody = typeof error === 'object' && error !== null && '$responseBodyText' in error;
  return hasRawBody || /^(SyntaxError|Unknown|UnknownError|BrokenAnswerError)$/.test(name);
}

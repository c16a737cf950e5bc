/**
 * What a failed AWS call means. Names are those of the SDK's errors: the modelled class where there is one,
 * else the wire code, and both are listed where both occur.
 * Sources: the clients' service models; EC2 developer guide, "Error codes for the Amazon EC2 API".
 */

export type FailureClass =
  | 'not-found'
  | 'throttled'
  | 'busy'
  | 'network'
  | 'expired-credentials'
  | 'stopped'
  | 'denied'
  | 'too-many-tags'
  | 'invalid'
  | 'unsupported'
  | 'unknown';

export interface CallFailure {
  readonly class: FailureClass;
  /** Name of the error: `InvalidInstanceID.NotFound`. */
  readonly error: string;
  readonly message: string;
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
  'network',
  'expired-credentials',
  'stopped',
]);

/** Trying again can help. */
export function isTransient(failure: CallFailure): boolean {
  return TRANSIENT.has(failure.class);
}

/** What an error of a call means; that of a CallError is known already. */
export function readFailure(error: unknown): CallFailure {
  if (error instanceof CallError) return error.failure;
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  return { class: classOf(error, name), error: name, message: message.slice(0, MAX_MESSAGE_CHARACTERS) };
}

/** Messages of AWS name the resource and the reason in far less. */
const MAX_MESSAGE_CHARACTERS = 500;

/** First match wins. */
const NAMES: readonly (readonly [FailureClass, RegExp])[] = [
  ['stopped', /^(TimeUpError|InterruptedError)$/],
  ['throttled', /Throttl|^RequestLimitExceeded$|^SlowDown$|^TooManyRequests|^LimitExceededException$/],
  [
    'throttled',
    /^(BandwidthLimitExceeded|ProvisionedThroughputExceeded|APICallRateForCustomerExceeded|PriorRequestNotComplete)/,
  ],
  ['too-many-tags', /^(TagLimitExceeded|TooManyTags|TagQuotaPerResourceExceeded)/],
  ['expired-credentials', /^(ExpiredToken|RequestExpired|CredentialsProviderError|TokenRefreshRequired)/],
  [
    'denied',
    /^(AccessDenied|UnauthorizedOperation|AuthFailure|OptInRequired|AuthorizationError|InvalidSecurity)/,
  ],
  [
    'denied',
    /^(UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|NotAuthorized)/,
  ],
  [
    'not-found',
    /NotFound(Fault|Exception)?$|^NoSuch(Bucket|Resource)$|^QueueDoesNotExist$|NonExistentQueue$/,
  ],
  ['not-found', /^(InvalidAddress|InvalidAMIID\.Unavailable|InvalidPlacementGroup\.Unknown)$/],
  [
    'busy',
    /^(ConcurrentTagAccess|ConcurrentAccess|ConcurrentModification|StaleTag|OperationAborted|ResourceConflict)/,
  ],
  [
    'busy',
    /^(ResourceInUse|IncorrectState|IncorrectInstanceState|InternalError|InternalFailure|InternalServer)/,
  ],
  ['busy', /^(ServiceException|ServiceUnavailable|Unavailable)|^Invalid\w+State(Fault)?$/],
  ['network', /^(TimeoutError|RequestTimeout|RequestTimeoutException|NetworkingError)$/],
  ['unsupported', /^(UnsupportedOperation|MethodNotAllowed|NotImplemented)/],
  ['invalid', /^(Invalid|Validation|MalformedXML|TagPolicy)/],
];

function classOf(error: unknown, name: string): FailureClass {
  const named = NAMES.find(([, names]) => names.test(name));
  if (named !== undefined) return named[0];
  if (isNetworkError(error)) return 'network'; // also behind a status of 200, where the answer was cut off
  const status = httpStatus(error);
  if (status === undefined) return 'unknown';
  if (status === 429) return 'throttled';
  if (status >= 500) return 'busy';
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

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
  | 'deadline'
  | 'denied'
  | 'too-many-tags'
  | 'invalid'
  | 'unsupported'
  | 'unknown';

export interface Failure {
  readonly class: FailureClass;
  /** Name of the error: `InvalidInstanceID.NotFound`. */
  readonly error: string;
  readonly message: string;
}

/** A call that was not begun, because the time of this invocation is up. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  constructor() {
    super('the time of this invocation was up before it could be dealt with');
  }
}

/** Trying again can help. "Not found" is not here: that depends on how old the event is. */
const PASSING: ReadonlySet<FailureClass> = new Set([
  'throttled',
  'busy',
  'network',
  'expired-credentials',
  'deadline',
]);

export function isPassing(failure: Failure): boolean {
  return PASSING.has(failure.class);
}

export function readFailure(error: unknown): Failure {
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  return { class: classOf(error, name), error: name, message: message.slice(0, MAX_MESSAGE_CHARACTERS) };
}

/** Messages of AWS name the resource and the reason in far less. */
const MAX_MESSAGE_CHARACTERS = 500;

/** First match wins. */
const NAMES: readonly (readonly [FailureClass, RegExp])[] = [
  ['deadline', /^DeadlineError$/],
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

/** An error as a service answers it: the code and HTTP status of the wire, and whatever else that answer carries. */

export interface AwsErrorOptions {
  /** How CloudTrail spells the code where it differs from the wire (the query services' shape name). */
  readonly trailCode?: string;
  /** Further elements of an XML error body, such as S3's `Bucket`. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by an operation; the service's protocol turns it into an answer. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  readonly trailCode: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, status: number, message: string, options: AwsErrorOptions = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.trailCode = options.trailCode ?? code;
    this.fields = options.fields ?? {};
    this.headers = options.headers ?? {};
  }
}

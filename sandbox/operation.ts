/**
 * The parts that a modelled service is made of. A service is data: a protocol, a table of operations, and the codes
 * that it answers with when a call is refused before the operation sees it.
 */
import type { AwsError } from './aws-error.ts';
import type { Identity } from './identity.ts';
import type { World } from './world.ts';

export interface HttpRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export type Input = Readonly<Record<string, unknown>>;
export type Output = Readonly<Record<string, unknown>>;

/** One call by a known caller. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly identity: Identity;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly requestId: string;
  readonly userAgent: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Context extends Call {
  readonly world: World;
}

/** How an operation's record differs from what the service's records usually are. */
export interface TrailRow {
  readonly eventName?: string;
  request?(input: Input, call: Call): unknown;
  response?(output: Output, call: Call, input: Input): unknown;
  resources?(input: Input, output: Output, call: Call): readonly TrailResource[];
}

export interface TrailResource {
  readonly type: string;
  readonly arn: string;
}

export interface Operation {
  /** Does what the call asks; throws AwsError. (A method, so that each states the input it reads.) */
  run(context: Context, input: Input): Output | undefined | Promise<Output | undefined>;
  readonly trail?: TrailRow;
  /** The IAM action that the call takes. @default the operation's name */
  action?(input: Input): string;
  /** CloudTrail writes it only where data events are logged, which the sandbox's trail does not. */
  readonly dataEvent?: true;
  /** Nobody has told the sandbox how CloudTrail spells it, so it writes no record. */
  readonly unrecorded?: true;
}

export interface Protocol {
  /** Which operation is asked for, with what; throws AwsError where there is none such. */
  read(request: HttpRequest): { readonly operation: string; readonly input: Input };
  write(operation: string, output: Output | undefined, requestId: string): HttpResponse;
  writeError(error: AwsError, requestId: string): HttpResponse;
}

/** A refusal's wire code, status and message. */
export type Refusal = readonly [code: string, status: number, message: string];

export interface Service {
  /** Its name in `requests`, `faults` and `deny`. */
  readonly name: string;
  readonly eventSource: string;
  readonly eventVersion: string;
  readonly apiVersion?: string;
  readonly protocol: Protocol;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly unknownKey: Refusal;
  readonly denied: readonly [code: string, status: number];
  readonly throttled: Refusal;
  /** How CloudTrail spells this service's requests and responses. */
  readonly spelling: {
    request(input: Input, call: Call): unknown;
    response(output: Output, call: Call): unknown;
    /** The host that the caller would have asked at AWS. */
    host(input: Input, call: Call): string;
    errorCode?(error: AwsError): string;
    /** What comes between `responseElements` and `requestID`. */
    extra?(input: Input, call: Call): Readonly<Record<string, unknown>>;
    userAgent?(userAgent: string): string;
  };
}

/**
 * What a row says about a tagging API: the calls that add, read and remove tags, how its service is spoken to, which
 * tags it allows, which IAM actions its calls need, and what its failures mean. Rows are plain data, one file a
 * service in `services/`, so that policies and documentation can be made of them.
 */
import type { CallApi } from '../calls/calls.ts';
import type { RateScope } from '../calls/pace.ts';

export interface Api extends CallApi {
  /** `sns:TagResource`; a third part tells apart the types that one call serves in different ways. */
  readonly name: string;
  readonly service: Service;
  /** Adds tags; those of other keys stay. */
  readonly write: Operation;
  readonly read: Reading;
  readonly remove: Operation;
  /** By resource type: the call that tells when the service made the resource. */
  readonly createdAt: Readonly<Record<string, CreationTimeReading>>;
  /** By resource type whose tags the service writes on members too: the call that lists them. */
  readonly members: Readonly<Record<string, MemberReading>>;
  readonly keys: KeyRules;
  readonly values: ValueRules;
  /** On one resource; tags of AWS (`aws:`) do not count. */
  readonly maxTags: number;
  /** Calls that AWS publishes a rate for; most services publish none. */
  readonly rates: readonly Rate[];
  readonly actions: ApiActions;
  /** The form of the ARN that the calls are authorized against, where that is not the resource's own. */
  readonly authorizedAs?: string;
}

/** How a service is spoken to, from its service model and its endpoint rules. */
export interface Service {
  /** As the SDK names it: `Route 53`, and so AWS_ENDPOINT_URL_ROUTE_53. */
  readonly sdkId: string;
  readonly protocol: Protocol;
  readonly version: string;
  /** The name that requests are signed for. */
  readonly signing: string;
  /** Of JSON protocols: what stands before the call in the header `x-amz-target`. */
  readonly target?: string;
  /** Of XML. */
  readonly namespace?: string;
  /** It once spoke the query protocol, and still names its errors as it did then. */
  readonly queryCompatible?: boolean;
  /** The path is signed as it is sent, as only S3 wants it. */
  readonly signsPathAsIs?: boolean;
  readonly endpoint: Endpoint;
  /** Codes on the wire that the SDK calls by other names. */
  readonly errors?: Readonly<Record<string, string>>;
  /** Errors that the model calls worth another attempt, beside those that the SDK takes for such everywhere. */
  readonly retryable?: { readonly throttling?: readonly string[]; readonly transient?: readonly string[] };
}

export type Protocol = 'ec2' | 'json1.0' | 'json1.1' | 'query' | 'rest-json' | 'rest-xml';

export interface Endpoint {
  /** What the host begins with where no rule says otherwise: `sns.eu-west-1.amazonaws.com`. */
  readonly prefix: string;
  /** The plain host has the suffix of the dual-stack ones. */
  readonly dual?: boolean;
  readonly rules?: readonly EndpointRule[];
}

/**
 * For a partition, a region or `*`, and for FIPS or dual stack or both: the host, with `{r}` for the region, `{d}` and
 * `{D}` for the partition's suffix without and with dual stack; `null` where there is none; the region to sign for.
 */
export type EndpointRule = readonly [
  where: string,
  mode: EndpointMode,
  host: string | null,
  signingRegion?: string,
];

export type EndpointMode = '' | 'fips' | 'dual' | 'fips-dual';

/**
 * A call, its members by the names that they have on the wire, each with the template of its value. `Tags[Tag]` is a
 * list whose items are called `Tag` in XML.
 */
export interface Operation {
  readonly call: string;
  /** Method and path of REST protocols. */
  readonly http?: string;
  /** What goes before the host; `{name}` is a member. */
  readonly host?: string;
  readonly labels?: TemplateMembers;
  readonly query?: TemplateMembers;
  readonly headers?: TemplateMembers;
  readonly in?: TemplateMembers;
  /** The member that alone is the body: of the request for calls that write, of the answer for those that read. */
  readonly payload?: string;
  /** The root element of the body, in REST with XML. */
  readonly root?: string;
  /** What the answer says; nothing is read of an answer without it. Of a call that writes: how it may have failed. */
  readonly out?: TemplateMembers;
}

/** A call that is made to learn something. */
export interface Reading extends Operation {
  readonly out: TemplateMembers;
}

export interface CreationTimeReading extends Reading {
  /** The IAM action that it takes. */
  readonly action: string;
  /** How much later than the event the service's time may lie: some resources exist minutes after the call. */
  readonly toleranceSeconds: number;
}

export interface MemberReading extends Reading {
  /** The IAM action that it takes. */
  readonly action: string;
  /** What the members are, tagged through the same API. */
  readonly resourceType: string;
  /** Form of their ARN, `{Id}` for what the answer lists. */
  readonly arn: string;
}

/**
 * Requests and answers as they look: constants, and names in the place of what differs. A request has `$arn`, `$id`,
 * `$account`, `$url` (of a queue), `$tags` (a map), a list with `$key` and `$value` (an item for each tag), `$next` (the
 * page) or `$last` (the last key of the page before). An answer has tags likewise, `$id` beside a tag of it, `$next`,
 * `$more` (there are more pages), `$time`, `$seconds` (a time as the text of its epoch seconds), and `$member` (the id of a member); and, where a call can
 * fail though its status is 200, `$error` (the code of the failure) and `$message`.
 */
export type Template = string | boolean | readonly [Template] | TemplateMembers;

export interface TemplateMembers {
  readonly [member: string]: Template;
}

export interface KeyRules {
  readonly maxCharacters: number;
  /** A character that the service refuses. */
  readonly refused: RegExp;
  /** Beginnings that AWS keeps for itself, in any case of letters. */
  readonly reservedPrefixes: readonly string[];
  /** A resource has no two keys that differ in case alone: writing the one changes the other. */
  readonly areCaseless: boolean;
}

export interface ValueRules {
  readonly maxCharacters: number;
  /** Characters that the service refuses. */
  readonly refused: RegExp;
  /** An empty value is refused. */
  readonly needsValue: boolean;
  /** Beginnings that a value may not have, in any case of letters. */
  readonly reservedPrefixes: readonly string[];
  /** Characters to give up too, once the service has called the value invalid. */
  readonly doubtful?: RegExp;
}

/** How many calls of an account AWS allows. */
export interface Rate {
  /** That are counted together. */
  readonly calls: readonly string[];
  readonly perSecond: number;
  /** Calls that may come at once after a pause. @default those of a second */
  readonly burst?: number;
  /** @default account and region */
  readonly scope?: RateScope;
  /** Who else draws on it. */
  readonly shared?: string;
  /** The page that says so. */
  readonly source: string;
}

/** IAM actions, as `service:Action`. */
export interface ApiActions {
  readonly read: string;
  readonly write: string;
  readonly remove: string;
  /** Without them it works, but for what they are for. */
  readonly optional?: readonly { readonly action: string; readonly purpose: string }[];
  /** Those of them that can be granted for `*` only. */
  readonly unscoped?: readonly string[];
  /** Those of them that change tags and cannot be limited by `aws:TagKeys` to keys of ours. */
  readonly anyKeys?: readonly string[];
  /** Those of them that do more than change or read tags. Their services are tagged only when they are named. */
  readonly beyond?: readonly { readonly action: string; readonly does: string }[];
  /** The condition key that is there only where the tags are part of a call that creates. */
  readonly createKey?: string;
}

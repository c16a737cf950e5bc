/**
 * What a caller says of services whose tags the sandbox is to serve: plain data, one row a call. Requests and answers
 * stand in it as they are on the wire, with names in the place of what differs from one to the next.
 */

export interface TaggingTable {
  readonly services: readonly TaggedService[];
}

export interface TaggedService {
  /** Its name in `requests`, `faults` and `deny`. */
  readonly name: string;
  /** What requests are signed for; several services may share it. */
  readonly signingName: string;
  readonly protocol: WireProtocol;
  /** The namespace of answers in XML. */
  readonly namespace?: string;
  /**
   * By region: the host that serves it, and the region to sign for. At any other host of AWS there is nobody; at a
   * local address the service answers for all of its hosts.
   */
  readonly hosts: Readonly<Record<string, readonly [host: string, signingRegion: string]>>;
  readonly calls: readonly TagCall[];
  readonly denied: WireError;
  readonly throttled: WireError;
}

export type WireProtocol = 'ec2' | 'json1.0' | 'json1.1' | 'query' | 'rest-json' | 'rest-xml';

export type WireError = readonly [code: string, status: number, message?: string];

/** One form of an operation: the same operation may have several, told apart by their constants. */
export interface TagCall {
  readonly operation: string;
  readonly does: 'write' | 'read' | 'remove';
  readonly method: string;
  /** As on the wire, percent-encoded; a segment may be a name. */
  readonly path: string;
  /** What goes before the host: `management.`. */
  readonly hostPrefix: string;
  readonly query: Members;
  /** Headers that matter, `x-amz-target` among them. */
  readonly headers: Members;
  /** The body as its protocol is read: JSON, the fields of a form by their dotted names, elements of XML. */
  readonly body: Template | undefined;
  readonly answer: Template | undefined;
  /** Forms of the ARNs that the call may be about, as the service authorization reference has them; all without it. */
  readonly about: readonly string[];
  /** Reading what is not there gives no tags, not an error. */
  readonly finds?: boolean;
  readonly limits: TagLimits;
  readonly notFound: WireError;
  readonly tooMany: WireError;
  readonly invalid: WireError;
}

/**
 * Constants and names. A request has `$arn`, `$id`, `$account`, a map `$tags` or a list with `$key` and `$value`; an answer
 * the same. A list has one item, the form of each.
 */
export type Template = string | boolean | number | null | readonly [Template] | Members;

export interface Members {
  readonly [member: string]: Template;
}

export interface TagLimits {
  readonly maxTags: number;
  readonly maxKeyCharacters: number;
  readonly maxValueCharacters: number;
  readonly needsValue: boolean;
  /** Characters that are refused, as a class of a regular expression with the flag `u`: `[^a-z]`. */
  readonly refusedInKeys: string;
  readonly refusedInValues: string;
  /** Beginnings of keys and of values that the service keeps for itself. */
  readonly reservedKeys: readonly string[];
  readonly reservedValues: readonly string[];
}

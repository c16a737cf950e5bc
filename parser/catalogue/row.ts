/**
 * What a row of the catalogue says: a fact about one API call that creates or deletes something. Rows are plain data,
 * so that they can be listed, filtered, and turned into IAM statements and event patterns. They stand in
 * `services/`, one file for each event source, one row a line; facts and their sources: docs/decisions.md.
 */

/** What tells the same resource of a call, whether it was made or deleted. */
export interface EventRow {
  /** As CloudTrail writes it: `ec2.amazonaws.com`. */
  readonly eventSource: string;
  /** Other sources that the same call was seen under. */
  readonly otherSources?: readonly string[];
  /** Without the date that some services append: `CreateFunction`, not `CreateFunction20150331`. */
  readonly eventName: string;
  /** Other spellings of the name. */
  readonly otherNames?: readonly string[];
  /** IAM prefix of the service and type as the service authorization reference names them: `ec2:instance`. */
  readonly resourceType: string;
  /**
   * Form of the ARN, with the variables of the service authorization reference in braces. A `*` stands for a part that
   * no record tells: then the ids behind it name the resource, and it is tagged by them.
   */
  readonly arn: string;
  /** Forms that the same type has in some records; only `arn` is ever built. */
  readonly otherArns?: readonly string[];
  /** Which records the row is about, of several kinds that have the name of the event; see `condition.ts`. */
  readonly when?: string;
  /** Where the record holds the ARN itself, most trusted first; see `path.ts` for the grammar. */
  readonly arnPaths?: readonly string[];
  /**
   * Where the values of the ARN's variables are when the ARN itself is not given, most trusted first. A path
   * given for `Account` does not replace the record's account: it must agree with it.
   */
  readonly ids?: Ids;
  /** The one region that a global service has in a partition, whatever the record says. */
  readonly regions?: Readonly<Partial<Record<string, string>>>;
  /** Where the record names the resource's region, if that is not always the record's own. */
  readonly regionPath?: string;
  readonly confidence: Confidence;
}

/** Names of variables to paths, most trusted first. */
export type Ids = Readonly<Record<string, readonly string[]>>;

/**
 * How a row is known: `verified` in real records, `documented` in edited records or examples of AWS's documentation,
 * `peer`: another tagger reads the same place, `model`: AWS's service models imply it, `weak`: so they do, with doubts.
 */
export type Confidence = 'verified' | 'documented' | 'peer' | 'model' | 'weak';

/** A second call `strict`: fails, `idempotent`: succeeds without creating, `upsert`: updates. */
export type CreationKind = 'strict' | 'idempotent' | 'upsert';

/** A call that creates something which can be tagged. */
export interface CatalogueRow extends EventRow {
  /**
   * What the tag call wants, where that is neither the ARN nor what stands for the last variable of it: one variable
   * and its paths. A path that begins with `arn` is into the ARN: `arn|last`.
   */
  readonly tagId?: Ids;
  /** The record's ARN may end in `:version` or `:alias`, which carries no tags of its own. */
  readonly qualified?: boolean;
  /** When the service says that it made the resource: epoch milliseconds, one for each id. */
  readonly createdAtPath?: string;
  /** Tags that the creating request set: `{key, value}` elements, or one map of key to value. */
  readonly requestTagsPath?: string;
  /** `unique`: an id is never used again. `reusable`: a name may be deleted and created anew. */
  readonly naming: 'unique' | 'reusable';
  readonly creation: CreationKind;
  /** Regions in which it is of another kind. */
  readonly creationIn?: Readonly<Partial<Record<string, CreationKind>>>;
  /** What in the record of an upsert proves that it created; see `condition.ts`. */
  readonly newWhen?: string;
  /** The resource may be born with another's tags, ours among them: snapshots, images, copies, restores. */
  readonly copiesTags?: boolean;
  /** Tags of the resource go on to its members; the row of its API says how they are found. */
  readonly propagates?: Propagation;
  /** What the same call makes beside it. */
  readonly also?: readonly AlsoCreated[];
  /** Key of the tagging API that serves it. */
  readonly api: string;
  /** How long after the event "not found" may mean "not there yet". */
  readonly graceSeconds: number;
}

export interface Propagation {
  /** Where the record names members that were there before the call, by the ids that the service lists members by. */
  readonly joined: readonly string[];
}

/** What the call makes on the way to the row's own resource, tagged through the same API. */
export interface AlsoCreated {
  readonly resourceType: string;
  readonly arn: string;
  /** Without a path where no record names it, and the service must be asked. */
  readonly ids: Ids;
  /** Where the record names those that were there before. */
  readonly except?: readonly string[];
  readonly naming: CatalogueRow['naming'];
  /** Where the service shows it much later. A message that is handed back comes for about five hours. @default that of the row */
  readonly graceSeconds?: number;
}

/** A call that deletes something whose name can be used again. */
export interface DeletionRow extends EventRow {
  /** The call takes the ARN in the place of the last of the `ids` too. */
  readonly idMayBeArn?: boolean;
}

/**
 * The API of what bears no tags of ours. Calls that make such a thing are read because others are made for it: who made the
 * stack is the person behind the group that it made.
 */
export const NO_API = '';

/** The IAM prefix of a row's service: `ec2`. */
export function servicePrefix({ resourceType }: Pick<EventRow, 'resourceType'>): string {
  return resourceType.split(':')[0] ?? '';
}

const MINUTE = 60;

/** What a row does not say. Resources that are made while one waits answer "not found" meanwhile. */
export const DEFAULTS = { creation: 'strict', graceSeconds: 60 * MINUTE } as const;

/**
 * What a row of the catalogue says: a fact about one API call that creates something. Rows are plain data,
 * so that they can be listed, filtered, and turned into IAM statements and event patterns.
 */

/** The tagging API that serves a resource; `tag-manager/taggers` has one tagger for each. */
export type TaggerName = 'ec2' | 's3' | 'rds' | 'lambda' | 'dynamodb' | 'sns' | 'sqs' | 'elasticache';

export interface CatalogueRow {
  /** As CloudTrail writes it: `ec2.amazonaws.com`. */
  readonly eventSource: string;
  /** Without the date that some services append: `CreateFunction`, not `CreateFunction20150331`. */
  readonly eventName: string;
  /** Service and type, as the Resource Groups Tagging API spells them: `ec2:instance`. */
  readonly resourceType: string;
  /** Form of the ARN, with the variables of the service authorization reference in braces. */
  readonly arn: string;
  /** Where the record holds the ARN itself, most trusted first; see `path.ts` for the grammar. */
  readonly arnPaths?: readonly string[];
  /**
   * Where the values of the ARN's variables are when the ARN itself is not given, most trusted first. A path
   * given for `Account` does not replace the record's account: it must agree with it.
   */
  readonly ids?: Readonly<Record<string, readonly string[]>>;
  /** Where the record names the resource's region, if that is not always the record's own. */
  readonly regionPath?: string;
  /** The record's ARN may end in `:version` or `:alias`, which carries no tags of its own. */
  readonly qualified?: boolean;
  /** When the service says that it made the resource: epoch milliseconds, one for each id. */
  readonly createdAtPath?: string;
  /** Tags that the creating request set: `{key, value}` elements, or one map of key to value. */
  readonly requestTagsPath?: string;
  /** `unique`: an id is never used again. `reusable`: a name may be deleted and created anew. */
  readonly naming: 'unique' | 'reusable';
  /** A second call `strict`: fails, `idempotent`: succeeds without creating, `upsert`: updates. */
  readonly creation: 'strict' | 'idempotent' | 'upsert';
  readonly tagger: TaggerName;
  /** How long after the event "not found" may mean "not there yet". */
  readonly graceSeconds: number;
}

const MINUTE = 60;

/** For resources that can be tagged moments after the call returned. */
export const SHORT_GRACE_SECONDS = 10 * MINUTE;

/** For resources that are made while one waits and answer "not found" meanwhile. */
export const LONG_GRACE_SECONDS = 60 * MINUTE;

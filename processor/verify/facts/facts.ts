/** What is known of a deployment before anything is judged: plain data, each part as AWS answered. */
import type { Settings } from '../../runtime/settings.ts';
import type { Answer } from '../answer.ts';

export interface Facts {
  readonly place: PlaceFacts;
  readonly function: FunctionFacts;
  readonly settings: SettingsFact;
  /** Accounts that the user named. */
  readonly namedAccounts: readonly string[] | undefined;
  /** Those that are known by name; none where nothing names them. */
  readonly queues: readonly QueueFacts[];
  readonly logs: readonly LogBucketFacts[];
  /** Rules of EventBridge that send to a queue of events; absent where there is no such queue. */
  readonly eventRules: Answer<readonly RuleFacts[]>;
  readonly trails: Answer<readonly TrailFacts[]>;
  readonly table: TableFacts | undefined;
  readonly topic: TopicFacts | undefined;
  readonly members: MemberFacts | undefined;
  /** What the function's role may do of what it needs. */
  readonly permissions: readonly Permission[];
}

export interface PlaceFacts {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** ARN of whoever asks. */
  readonly caller: string;
  readonly functionName: string;
}

export interface FunctionFacts {
  readonly configuration: Answer<Configuration>;
  /** `undefined` where nothing is reserved. */
  readonly reserved: Answer<number | undefined>;
  readonly mappings: Answer<readonly Mapping[]>;
}

export interface Configuration {
  readonly arn: string;
  readonly role: string;
  readonly runtime: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly state: string;
  readonly stateReason: string;
  readonly lastUpdate: string;
  readonly logGroup: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What hands the function messages of a queue. */
export interface Mapping {
  /** Its UUID. */
  readonly id: string;
  readonly queueArn: string;
  readonly state: string;
  readonly reportsFailures: boolean;
  readonly windowSeconds: number;
  readonly maximumConcurrency: number | undefined;
}

/** The function's environment, as the function itself reads it. */
export type SettingsFact =
  | { readonly kind: 'read'; readonly settings: Settings }
  | { readonly kind: 'refused'; readonly problem: string }
  /** The environment is not known. */
  | { readonly kind: 'none' };

export type QueueRole = 'work' | 'events' | 'retry' | 'failures' | 'dead-letters';

export interface QueueFacts {
  readonly role: QueueRole;
  readonly arn: string;
  readonly attributes: Answer<Readonly<Record<string, string>>>;
}

export interface LogBucketFacts {
  readonly name: string;
  /** Who should own it. */
  readonly owner: string;
  readonly notification: Answer<BucketNotification>;
  /** Of topics that the bucket or its trail tells, by ARN: what they tell. */
  readonly subscriptions: ReadonlyMap<string, Answer<readonly string[]>>;
  /** Rules of EventBridge that send to the work queue; asked only where events are on. */
  readonly rules: Answer<readonly RuleFacts[]>;
  /** What lets the bucket invoke the function; asked only where it does. */
  readonly functionPolicy: Answer<string>;
}

export interface BucketNotification {
  readonly targets: readonly NotificationTarget[];
  readonly eventBridge: boolean;
}

export interface NotificationTarget {
  readonly kind: 'queue' | 'topic' | 'function';
  readonly arn: string;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

export interface RuleFacts {
  readonly arn: string;
  readonly isEnabled: boolean;
  /** As JSON. */
  readonly pattern: string;
}

export interface TrailFacts {
  readonly arn: string;
  readonly bucket: string;
  /** What stands before `AWSLogs/`: empty, or ending in a slash. */
  readonly prefix: string;
  readonly topicArn: string | undefined;
  readonly keyArn: string | undefined;
  readonly isMultiRegion: boolean;
  readonly isOrganization: boolean;
  readonly validates: boolean;
  readonly status: Answer<TrailStatus>;
  readonly selectors: Answer<TrailSelectors>;
}

export interface TrailStatus {
  readonly isLogging: boolean;
  /** Empty where the last delivery went well. */
  readonly deliveryError: string;
}

export interface TrailSelectors {
  /** Management calls that change something. */
  readonly writesManagementEvents: boolean;
  /** Event sources that are left out. */
  readonly leftOut: readonly string[];
}

export interface TableFacts {
  readonly name: string;
  readonly description: Answer<TableDescription>;
  readonly expiry: Answer<{ readonly status: string; readonly attribute: string }>;
  readonly recovery: Answer<{ readonly status: string }>;
}

export interface TableDescription {
  readonly status: string;
  readonly keys: readonly string[];
  /** Keys by the name of the index. */
  readonly indexes: Readonly<Record<string, readonly string[]>>;
}

export interface TopicFacts {
  readonly arn: string;
  readonly attributes: Answer<TopicAttributes>;
}

export interface TopicAttributes {
  readonly confirmed: number;
  readonly pending: number;
  /** Of KMS; in any of its forms. */
  readonly keyId: string | undefined;
}

export interface MemberFacts {
  readonly roleName: string;
  /** Beside our own; of `--accounts`, or all active ones of the organization. */
  readonly accounts: Answer<readonly string[]>;
  /** Of the organization, where one is known. */
  readonly organization: Answer<string>;
  readonly allowed: readonly Permission[];
  /** Roles that we tried to assume as whoever runs us, by account. */
  readonly assumed: ReadonlyMap<string, Answer<true>>;
}

/** One thing that the function's role must be able to do, and what IAM's simulation says. */
export interface Permission {
  readonly question: Question;
  readonly decision: Answer<Decision>;
}

export interface Question {
  /** What it is needed for: a service, or a sid of our own policy. */
  readonly about: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
}

export interface Decision {
  readonly isAllowed: boolean;
  /** Condition keys that decide and that nobody told. */
  readonly missingContext: readonly string[];
  /** What else denies it. */
  readonly deniedBy: 'a policy' | 'the permissions boundary' | 'a service control policy' | undefined;
}

/** What exists: resources with their tags, kept by ARN, and the few other things that AWS remembers between calls. */
import { parseArn } from './arn.ts';
import type { Clock } from './clock.ts';
import type { Identities } from './identity.ts';
import type { Job } from './services/s3-control/job.ts';

export interface Resource<Details = unknown> {
  readonly arn: string;
  readonly service: string;
  readonly type: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly tags: Map<string, string>;
  /** What the service keeps of it besides. */
  readonly details: Details;
}

/** Whom a role's trust policy lets in; what is absent is not asked for. */
export interface RoleTrust {
  /** The accounts that may assume it. */
  readonly accounts?: readonly string[];
  /** That the caller must give (`sts:ExternalId`). */
  readonly externalId?: string;
}

export interface NewResource<Details> {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly tags?: Iterable<readonly [string, string]>;
  readonly details: Details;
  readonly createdAt?: number;
}

export interface World {
  readonly clock: Clock;
  readonly identities: Identities;
  readonly resources: ReadonlyMap<string, Resource>;
  /** Roles that may be assumed, by ARN. */
  readonly roles: Map<string, RoleTrust>;
  /** Values of Parameter Store. */
  readonly parameters: Map<string, string>;
  /** First answers to requests that carry a client token. */
  readonly answers: Map<string, unknown>;
  /** Jobs of S3 Batch Operations, by id. */
  readonly jobs: Map<string, Job>;
  /** Milliseconds from its creation until a resource can be tagged, by `service:type`, for example `dynamodb:table`. */
  readonly taggableAfterMs: Record<string, number>;
  /** Calls a function, as a service that invokes functions; what it throws is a function's error. */
  readonly invoke: (functionArn: string, event: unknown) => Promise<unknown>;
  /** How long a second lasts for a state machine that waits. */
  readonly secondMs: number;
  /** How far DynamoDB's indexes and its eventually consistent reads are behind. */
  replicationLagMs: number;
  add<Details>(resource: NewResource<Details>): Resource<Details>;
  remove(arn: string): void;
  /** When a resource is through with being created, and can be tagged. */
  taggableAt(resource: Resource): number;
  isTaggable(resource: Resource): boolean;
}

/** What a sandbox cannot know by itself. */
export type Beyond = Pick<World, 'invoke' | 'secondMs'>;

/** An empty world. */
export function createWorld(clock: Clock, identities: Identities, beyond: Beyond): World {
  const resources = new Map<string, Resource>();
  const taggableAfterMs: Record<string, number> = {};
  const taggableAt = ({ service, type, createdAt }: Resource): number =>
    createdAt + (taggableAfterMs[`${service}:${type || BARE_NAMES[service]}`] ?? 0);
  return {
    clock,
    identities,
    resources,
    roles: new Map(),
    parameters: new Map(),
    answers: new Map(),
    jobs: new Map(),
    taggableAfterMs,
    replicationLagMs: 0,
    ...beyond,
    add: ({ arn, account, region, tags = [], details, createdAt = clock.now() }) => {
      const parts = parseArn(arn);
      if (!parts) throw new TypeError(`adding a resource: expected an ARN, got ${arn}`);
      const { service, type, name } = parts;
      const resource = { arn, service, type, name, account, region, createdAt, tags: new Map(tags), details };
      resources.set(arn, resource);
      return resource;
    },
    remove: (arn) => {
      resources.delete(arn);
    },
    taggableAt,
    isTaggable: (resource) => clock.now() >= taggableAt(resource),
  };
}

/** ARNs of these services hold a name without a type before it. */
const BARE_NAMES: Readonly<Record<string, string>> = { s3: 'bucket', sns: 'topic', sqs: 'queue' };

/**
 * The AWS calls that the project makes, in one process over HTTP: unmodified SDK clients talk to it. It keeps state,
 * follows AWS's rules, and writes its own CloudTrail. It knows nothing of the rest of the project.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArn } from './arn.ts';
import { type Clock, createClock } from './clock.ts';
import { type Credentials, createIdentities, type Identity } from './identity.ts';
import { eventRecordOf, type S3Event } from './notification.ts';
import { createDenials, createFaults, type Denials, type Faults, type ObservedCall } from './rules/faults.ts';
import { createThrottle, PUBLISHED_RATES, type ThrottleRow } from './rules/throttle.ts';
import { createSandboxServer, type ServedRequest } from './server.ts';
import { parameterKey } from './services/parameter-store.ts';
import { addBucket, type Bucket, bucketNamed, type NewBucket } from './services/s3/bucket.ts';
import { objectIn, storeObject } from './services/s3/objects.ts';
import { createServiceOf } from './services/services.ts';
import type { TaggingTable } from './tagging/table.ts';
import { createTrail, type Trail } from './trail/trail.ts';
import { createWorld, type RoleTrust } from './world.ts';

export type { Clock } from './clock.ts';
export type { Credentials, Identity } from './identity.ts';
export type { S3Event, S3EventRecord } from './notification.ts';
export type { CallPattern, Denials, Fault, FaultEffect, Faults, ObservedCall } from './rules/faults.ts';
export { ratesTimes, type ThrottleRow } from './rules/throttle.ts';
export type { ServedRequest } from './server.ts';
export type { NewBucket, VirtualObjects } from './services/s3/bucket.ts';
export type { TagCall, TaggedService, TaggingTable, WireError, WireProtocol } from './tagging/table.ts';
export type { TrailRecord } from './trail/record.ts';
export type { Delivery, Trail, TrailTarget } from './trail/trail.ts';
export type { RoleTrust } from './world.ts';

export interface SandboxOptions {
  /** Throttles at the rates that AWS publishes, or at these. @default false */
  readonly throttle?: boolean | readonly ThrottleRow[];
  /** Until when a resource of a type cannot be tagged yet, by `service:type`. @default {} */
  readonly taggableAfterMs?: Readonly<Record<string, number>>;
  /** Whether calls are recorded in `trail`, which keeps all of them. @default true */
  readonly records?: boolean;
  /** Services that only tag, beside those that the sandbox models. @default none */
  readonly tagging?: TaggingTable;
  /** What a function answers to an event, as JSON; what it throws is the function's error. @default there are no functions */
  readonly invoke?: (functionArn: string, event: unknown) => Promise<unknown>;
  /** Milliseconds that a second lasts for a state machine that waits. @default 1000 */
  readonly secondMs?: number;
}

export interface Sandbox {
  /** `http://localhost:PORT`, for every service; as AWS_ENDPOINT_URL it serves every client. */
  readonly endpoint: string;
  /** Every request since the start, in the order in which they came in. */
  readonly requests: readonly ServedRequest[];
  readonly faults: Faults;
  readonly deny: Denials;
  readonly trail: Trail;
  readonly clock: Clock;
  /** Milliseconds until a resource can be tagged, by `service:type` (`dynamodb:table`, `ec2:instance`, `s3:bucket`). */
  readonly taggableAfterMs: Record<string, number>;
  /** Takes a token as a call of somebody else would, which does nothing else; `false` where it would be throttled. */
  takeToken(call: Pick<ObservedCall, 'service' | 'operation' | 'account' | 'region'>): boolean;
  /** Sets how far DynamoDB's indexes and its eventually consistent reads are behind; at first not at all. */
  replicationLag(milliseconds: number): void;
  /** Credentials that make the server see a call as this identity's. */
  credentials(identity: Identity): Credentials;
  /** Makes a role exist that whoever it trusts may assume: without a trust, everybody. */
  allowRole(arn: string, trust?: RoleTrust): void;
  /** The role is no more; sessions that it gave go on until they expire. */
  removeRole(arn: string): void;
  /** A resource's tags; throws where there is no such resource. */
  tagsOf(arn: string): Readonly<Record<string, string>>;
  /** Sets tags, `aws:…` too, beside those that are there; no rule applies. */
  putTags(arn: string, tags: Readonly<Record<string, string>>): void;
  /** Takes tags away; no rule applies. */
  removeTags(arn: string, keys: readonly string[]): void;
  /** Makes a resource exist without a call, for example an EC2 type that the sandbox has no Create operation for. */
  putResource(resource: ResourceToPut): void;
  /** Changes what a resource's service says of it; of what was put with details. */
  changeResource(arn: string, details: Readonly<Record<string, unknown>>): void;
  hasResource(arn: string): boolean;
  /** Makes a resource be no more, without a call. */
  removeResource(arn: string): void;
  /** Sets a parameter of Parameter Store; without a value it is no more. */
  putParameter(parameter: ParameterToPut): void;
  /** Makes a bucket exist without a call. */
  putBucket(bucket: NewBucket): void;
  /** Puts an object into a bucket without a call, with metadata of the user's own. */
  putObject(
    bucket: string,
    key: string,
    body: Buffer | string,
    metadata?: Readonly<Record<string, string>>,
  ): void;
  /** Takes an object away without a call. */
  removeObject(bucket: string, key: string): void;
  /** An object's bytes; throws where there is none. */
  getObject(bucket: string, key: string): Buffer;
  /** Switches a bucket's attribute-based access control. */
  abac(bucket: string, enabled: boolean): void;
  /** The event that S3 sends for these objects. */
  s3Notification(objects: readonly { readonly bucket: string; readonly key: string }[]): S3Event;
  /** Stops listening, and cuts off whoever is still connected. */
  close(): Promise<void>;
}

export interface ParameterToPut {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly value: string | undefined;
}

export interface ResourceToPut {
  readonly arn: string;
  /** The owner, where the ARN does not name it. */
  readonly account?: string;
  readonly region?: string;
  /** What its service calls it by in requests, where that is not the end of its ARN. */
  readonly id?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Epoch milliseconds. @default now */
  readonly createdAt?: number;
  /** ARNs of what its tags go on to. */
  readonly members?: readonly string[];
  /** What its service says of it when asked, spelled as in the answer. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Starts a sandbox on a free port of 127.0.0.1. The caller closes it. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = createClock();
  const identities = createIdentities(clock);
  const { invoke = noFunctions, secondMs = 1000 } = options;
  const world = createWorld(clock, identities, { invoke, secondMs });
  Object.assign(world.taggableAfterMs, options.taggableAfterMs);
  const faults = createFaults();
  const deny = createDenials();
  const requests: ServedRequest[] = [];

  const bucketOf = (name: string): Bucket => {
    const bucket = bucketNamed(world, name);
    if (!bucket) throw new Error(`the sandbox has no bucket ${name}`);
    return bucket;
  };
  const putObject: Sandbox['putObject'] = (bucket, key, body, metadata) => {
    storeObject(bucketOf(bucket), key, Buffer.from(body), { lastModified: clock.now(), metadata });
  };
  const resourceOf = (arn: string) => {
    const resource = world.resources.get(arn);
    if (!resource) throw new Error(`the sandbox has no resource ${arn}`);
    return resource;
  };

  const trail = createTrail(clock, putObject);
  const rates = options.throttle === true ? PUBLISHED_RATES : options.throttle || [];
  const takeToken = createThrottle(rates);
  const server = createSandboxServer({
    world,
    faults,
    deny,
    trail: options.records === false ? { ...trail, record: () => {} } : trail,
    requests,
    takeToken,
    serviceOf: createServiceOf(options.tagging ?? { services: [] }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    endpoint: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    faults,
    deny,
    trail,
    clock,
    taggableAfterMs: world.taggableAfterMs,
    takeToken: (call) => takeToken({ ...call, accessKeyId: '', input: {} }),
    replicationLag: (milliseconds) => {
      world.replicationLagMs = milliseconds;
    },
    credentials: identities.credentials,
    allowRole: (arn, trust = {}) => {
      world.roles.set(arn, trust);
    },
    removeRole: (arn) => {
      world.roles.delete(arn);
    },
    tagsOf: (arn) => Object.fromEntries(resourceOf(arn).tags),
    putTags: (arn, tags) => {
      for (const [key, value] of Object.entries(tags)) resourceOf(arn).tags.set(key, value);
    },
    removeTags: (arn, keys) => {
      for (const key of keys) resourceOf(arn).tags.delete(key);
    },
    putResource: ({ arn, account, region, id, members, createdAt, tags = {}, details: said }) => {
      const parts = parseArn(arn);
      const owner = { account: account ?? parts?.account ?? '', region: region ?? parts?.region ?? '' };
      const details = { ...said, ...(id !== undefined && { id }), ...(members && { members }) };
      world.add({
        arn,
        ...owner,
        tags: Object.entries(tags),
        details,
        ...(createdAt !== undefined && { createdAt }),
      });
    },
    changeResource: (arn, details) => {
      Object.assign(resourceOf(arn).details as object, details);
    },
    hasResource: (arn) => world.resources.has(arn),
    removeResource: (arn) => world.remove(arn),
    putParameter: ({ value, ...parameter }) => {
      if (value === undefined) world.parameters.delete(parameterKey(parameter));
      else world.parameters.set(parameterKey(parameter), value);
    },
    putBucket: (bucket) => {
      addBucket(world, bucket);
    },
    putObject,
    removeObject: (bucket, key) => {
      const { details } = bucketOf(bucket);
      if (details.objects.delete(key)) details.sortedKeys = undefined;
    },
    getObject: (bucket, key) => {
      const object = objectIn(bucketOf(bucket), key);
      if (!object) throw new Error(`the sandbox has no object ${key} in ${bucket}`);
      return object.body;
    },
    abac: (bucket, enabled) => {
      bucketOf(bucket).details.abac = enabled;
    },
    s3Notification: (objects) => ({
      Records: objects.map(({ bucket, key }) => eventRecordOf(bucketOf(bucket), key)),
    }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function noFunctions(functionArn: string): Promise<never> {
  return Promise.reject(new Error(`Function not found: ${functionArn}`));
}

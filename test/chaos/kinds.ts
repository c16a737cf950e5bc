/** What a history can be about: kinds of resources, and how a person makes one and takes it away again. */
import type { Identity, Sandbox } from '../../sandbox/sandbox.ts';
import type { Clients } from '../sandbox/clients.ts';

export type Tags = Readonly<Record<string, string>>;

/** A CloudTrail record, as far as histories look into it. */
export type EventRecord = Readonly<Record<string, unknown>> & {
  readonly eventTime: string;
  readonly eventID: string;
};

export interface Place {
  readonly account: string;
  readonly region: string;
}

/** One call of a person. */
export interface Call {
  readonly sandbox: Sandbox;
  readonly place: Place;
  readonly person: Identity;
  /** Of the person, in the place. */
  readonly clients: Clients;
  /** The resource's, or the client token's where the service gives it an id. */
  readonly name: string;
  /** Tells resources of a run apart. */
  readonly number: number;
  /** What the request sets. */
  readonly tags: Tags;
  /** What the service copies from another resource; only for kinds that do. */
  readonly copied: Tags;
  /** ARN of what it is made for, or of what it takes in. */
  readonly madeFor?: string | undefined;
}

export interface Kind {
  readonly name: string;
  /** `unique`: an id is never used again. */
  readonly naming: 'unique' | 'reusable';
  /** A second call `strict`: fails; `idempotent`: succeeds without creating, as a repeated client token does. */
  readonly creation: 'strict' | 'idempotent';
  /** The service says when it made the resource. */
  readonly tellsTime: boolean;
  /** The resource is born with the tags of another. */
  readonly copies: boolean;
  /** The service that a fault would hit; the sandbox models the first eight itself. */
  readonly isModelled: boolean;
  /** The request can set tags. */
  readonly takesTags: boolean;
  /** No tags of ours can be written on it. */
  readonly bearsNoTags?: boolean;
  /** How long after its deletion a name can be used again. @default at once */
  readonly reusableAfterSeconds?: number;
  /** @default all */
  readonly regions?: readonly string[];
  /** Ends with the ARN and, where the sandbox's own CloudTrail did not see the call, its record. */
  create(call: Call): Promise<Made>;
  remove(call: Call, arn: string): Promise<Pick<Made, 'record'>>;
}

export interface Made {
  readonly arn: string;
  readonly record?: EventRecord;
  /** ARN of the service's session that called, where no person did. */
  readonly by?: string;
  /** What came into being with it. */
  readonly also?: readonly string[];
}

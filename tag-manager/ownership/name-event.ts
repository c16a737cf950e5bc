/**
 * What is known of a name: each creation and each deletion under it, as an event. Plain data, so that a store can keep
 * it, and whoever finds it there can write the tags that a creation wants without having read its record.
 */
import type { CreatedResource } from '../../parser/event/resources.ts';
import type { Parent } from '../../parser/parents/parent.ts';
import type { TagFacts } from '../tags/tag-facts.ts';
import type { TagSet } from '../tags/tag-set.ts';

/** Under which something is created and deleted. */
export interface Name {
  /** The ARN of a bucket does not tell it, and what happens in another account is of another bucket. */
  readonly account: string;
  /**
   * The ARN, without the path of IAM names: what deletes them does not tell the path. Where the tag call wants an id that
   * the ARN does not tell, that stands behind it.
   */
  readonly arn: string;
}

interface EventFacts {
  readonly eventID: string;
  /** ISO 8601, UTC, to the second. */
  readonly eventTime: string;
}

export interface DeletionEvent extends EventFacts {
  readonly kind: 'deletion';
  /** What the call was: `DeleteTopic`. */
  readonly eventName: string;
}

export interface CreationEvent extends EventFacts {
  readonly kind: 'creation';
  /** What a second call of its kind would have done; an upsert that proves to have created is `strict`. */
  readonly creation: CreatedResource['creation'];
  readonly naming: CreatedResource['row']['naming'];
  /** The resource may have been born with tags of ours that were another's. */
  readonly copiesTags: boolean;
  /** The call made it on the way to something else; see `winnerOf`. */
  readonly isIndirect?: true;
  /** Where the call was made: `sns.amazonaws.com`. */
  readonly eventSource: string;
  /** What the call was: `CreateTopic`. */
  readonly eventName: string;
  /** ARN of the caller, or its name. */
  readonly user: string;
  /** How the tags name the caller, whatever the key is called. */
  readonly createdBy: string;
  /** The human behind it where its own record knows one, else the user or role. */
  readonly person: string;
  /** Where it was made for a parent, and who made that is its person: what its tags are made of anew. */
  readonly madeFor?: MadeFor;
  readonly resource: NamedResource;
  /** What it wants on the resource, legal for its service. */
  readonly tags: TagSet;
  /** What the creating request itself set under keys that we look at. */
  readonly requestTags: Readonly<Record<string, string>>;
  /** When the service says in the record that it made the resource, in epoch milliseconds. */
  readonly createdAt: number | undefined;
  /** Once its parents were asked; no ledger keeps it. */
  readonly behind?: Behind;
}

/** What the makers of its parents tell of a creation. */
export interface Behind {
  readonly person: string;
  /** What the makers of its parents told, empty where none is known. */
  readonly told: string;
  /** What it may have been given before all of them were known. */
  readonly former: readonly TagSet[];
  /** ARN of a parent of which it may still come to be known who made it: until then nothing is written. */
  readonly awaits?: string | undefined;
}

export interface MadeFor extends TagFacts {
  readonly parent: Parent;
}

/** Id of what a person says who names a resource by hand: no record has it. */
export const BY_HAND = 'by-hand';

export type NameEvent = CreationEvent | DeletionEvent;

/** All that its tag calls want. */
export interface NamedResource {
  readonly arn: string;
  readonly id: string;
  readonly tagId?: string | undefined;
  /** Service and type: `sns:topic`. */
  readonly type: string;
  readonly region: string;
  /** The tagging API. */
  readonly api: string;
  /** Ids of members that its tags go on to and that were there before it. */
  readonly joined?: readonly string[];
}

/** Has the sandbox execute histories, step by step; keeps what really happened, and the records that CloudTrail wrote of it. */
import type { Identity, Sandbox } from '../../sandbox/sandbox.ts';
import { type Clients, clientsOf } from '../sandbox/clients.ts';
import { FAMILY_KINDS } from './family-kinds.ts';
import { bornTags, type History, type Step } from './history.ts';
import type { Call, EventRecord, Place, Tags } from './kinds.ts';
import { OUR_KEYS, personBehind, underOurKeys } from './oracle.ts';
import { arnOf, peopleOf } from './people.ts';
import type { Counts } from './report.ts';
import type { Life, Story } from './story.ts';

/** EC2, RDS and most others; no service of the histories takes fewer. */
const MAX_TAGS = 50;

/** How the sandbox calls what may still be being created. */
const TYPES: Readonly<Record<string, string>> = {
  table: 'dynamodb:table',
  database: 'rds:db',
  function: 'lambda:function',
  volume: 'ec2:volume',
  topic: 'sns:topic',
};

export interface World {
  readonly stories: readonly Story[];
  /** The records of a step, and the ARN that they are about; none where nothing was called. */
  execute(history: History, step: WorldStep): Promise<readonly Happened[]>;
  /** What the resource was made for. */
  parentOf(arn: string): string | undefined;
  /** Looks which resources of families name who must be named. */
  observe(): void;
  /** The history's resource, where it bears tags of ours, which nobody by hand knows better. */
  known(history: History): string | undefined;
  close(): void;
}

/** What happens without us. */
export type WorldStep = Exclude<Step, { does: 'nameByHand' }>;

export interface Happened {
  readonly arn: string;
  readonly place: Place;
  readonly record: EventRecord;
}

export interface WorldOptions {
  readonly sandbox: Sandbox;
  /** Whose resources we tag. */
  readonly ownAccount: string;
  readonly counts: Counts;
}

export function createWorld({ sandbox, ownAccount, counts }: WorldOptions): World {
  const stories = new Map<History, Story>();
  /** Of what came into being with something else. */
  const besides: Story[] = [];
  const clients = new Map<string, Clients>();

  function clientsFor(person: Identity, { region }: Place): Clients {
    const key = `${arnOf(person)} ${region}`;
    const known = clients.get(key) ?? clientsOf(sandbox, person, region);
    clients.set(key, known);
    return known;
  }

  function callOf({ name, number, place, parent }: History, person: number, tags: Tags, copied: Tags): Call {
    const identity = peopleOf(place.account)[person] as Identity;
    return {
      sandbox,
      place,
      person: identity,
      clients: clientsFor(identity, place),
      name,
      number,
      tags,
      copied,
      madeFor: parent && stories.get(parent)?.arn,
    };
  }

  /** What the call left in the sandbox's own CloudTrail, unless the record was made. */
  async function recorded<Made extends { readonly record?: EventRecord }>(
    call: Call,
    make: () => Promise<Made>,
  ): Promise<{ readonly made: Made; readonly record: EventRecord }> {
    const before = sandbox.trail.records.length;
    const made = await make();
    const { accessKeyId } = sandbox.credentials(call.person);
    const seen = sandbox.trail.records
      .slice(before)
      .find(({ userIdentity }) => (userIdentity as { accessKeyId?: string }).accessKeyId === accessKeyId);
    const record = made.record ?? seen;
    if (record === undefined) throw new Error(`CloudTrail wrote no record of ${call.name}`);
    return { made, record };
  }

  async function create(history: History, step: Extract<Step, { does: 'create' | 'repeat' }>) {
    const { kind, place } = history;
    const born = step.does === 'create' ? step.born : 'plain';
    const tags = step.does === 'create' ? bornTags(born, MAX_TAGS) : repeatedTags(history);
    const copied = kind.copies && step.does === 'create' ? tagsToCopy() : {};
    const call = callOf(history, step.person, tags, copied);
    const { made, record } = await recorded(call, () => kind.create(call));
    const { arn } = made;
    const story = stories.get(history) ?? {
      arn,
      history: history.number,
      kind: kind.name,
      place,
      copies: kind.copies,
      bearsNoTags: kind.bearsNoTags ?? false,
      isOutOfReach: place.account !== ownAccount,
      taggableAfter: sandbox.taggableAfterMs[TYPES[kind.name] ?? ''] ?? 0,
      lives: [],
    };
    stories.set(history, story);
    const isService = made.by !== undefined;
    const creation = {
      by: made.by ?? arnOf(call.person),
      time: record.eventTime,
      id: record.eventID,
      madeFor: isService && history.parent !== undefined ? present(history.parent).life : undefined,
    };
    if (isService) countFamily(history);
    else if (history.parent !== undefined) counts.add('members');
    const last = story.lives.at(-1);
    if (last === undefined || last.isOver) {
      if (step.does !== 'create') throw new Error(`${arn} was made by a call that should not have made it`);
      if (last !== undefined) counts.add('recreations');
      if (kind.copies) counts.add('copies');
      if (!kind.isModelled) counts.add('rowsBeyondFirstEight');
      if (story.isOutOfReach) counts.add('otherAccounts');
      counts.add(`born ${born}`);
      if (step.isUnlogged) counts.add('unlogged');
      const bornWith = { ...copied, ...tags };
      const life: Life = {
        since: sandbox.clock.now(),
        isUnlogged: step.does === 'create' && step.isUnlogged,
        born: bornWith,
        isFull: born === 'full',
        isKeptOff: born === 'kept off',
        creations: [creation],
        foreign: new Map(Object.entries(bornWith).filter(([key]) => !OUR_KEYS.includes(key))),
        isOver: false,
      };
      story.lives.push(life);
      for (const also of made.also ?? []) {
        const beside: Life = { ...life, born: {}, creations: [creation], foreign: new Map() };
        besides.push({ ...story, arn: also, lives: [{ ...beside, isFull: false, isKeptOff: false }] });
      }
    } else if (record.errorCode === undefined) {
      counts.add(kind.naming === 'unique' ? 'repeatedTokens' : 'repeats');
      const [first] = last.creations;
      if (first?.time === creation.time && first.by !== creation.by) counts.add('creatorsWithinOneSecond');
      last.creations.push(creation);
    } else {
      counts.add('failedRepeats');
    }
    return step.does === 'create' && step.isUnlogged ? [] : [{ arn, place, record }];
  }

  function countFamily({ parent, kind }: History): void {
    const story = parent && stories.get(parent);
    if (parent === undefined || story === undefined) return;
    counts.add(kind === FAMILY_KINDS.instance ? 'children' : 'madeMakers');
    if (parent.parent !== undefined) counts.add('chains');
    if (story.lives.length > 1) counts.add('childrenOfReusedNames');
    if (story.lives.at(-1)?.born.CreatedBy !== undefined) counts.add('parentsKnownByTags');
  }

  /** A token is repeated with the same parameters, or the call fails. */
  function repeatedTags(history: History): Tags {
    const { naming, copies } = history.kind;
    return naming === 'unique' && !copies ? present(history).life.born : {};
  }

  /** Those of a resource of ours, or as ours were a year ago. */
  function tagsToCopy(): Tags {
    const ours = [...stories.values()]
      .filter(({ arn }) => sandbox.hasResource(arn))
      .map(({ arn }) => sandbox.tagsOf(arn))
      .find(
        ({ ManagedBy, CreatedDate = '' }) =>
          ManagedBy === 'auto-tagger' && Date.parse(CreatedDate) <= sandbox.clock.now(),
      );
    if (ours !== undefined) return { ...underOurKeys(ours), Team: 'copied' };
    const CreatedBy = 'arn:aws:iam::111122223333:user/frank';
    return { CreatedBy, CreatedDate: '2025-01-05T09:00:00Z', ManagedBy: 'auto-tagger', Team: 'copied' };
  }

  async function remove(history: History, step: Extract<Step, { does: 'delete' }>) {
    const { arn, life } = present(history);
    const call = callOf(history, step.person, {}, {});
    const { record } = await recorded(call, () => history.kind.remove(call, arn));
    life.isOver = true;
    counts.add('deletions');
    return [{ arn, place: history.place, record }];
  }

  function edit(history: History, { key, value }: Extract<Step, { does: 'edit' }>): void {
    const { arn, life } = present(history);
    if (life.isFull) return;
    counts.add('edits');
    if (value === undefined) {
      life.foreign.delete(key);
      sandbox.removeTags(arn, [key]);
    } else {
      life.foreign.set(key, value);
      sandbox.putTags(arn, { [key]: value });
    }
  }

  function correct(history: History, { to }: Extract<Step, { does: 'correct' }>): void {
    const { arn, life } = present(history);
    if (life.isFull) return;
    counts.add(history.parent === undefined ? 'corrections' : 'correctionsOfChildren');
    sandbox.putTags(arn, { CreatedBy: to });
    life.corrected = underOurKeys(sandbox.tagsOf(arn));
  }

  function present(history: History): { readonly arn: string; readonly life: Life } {
    const story = stories.get(history);
    const life = story?.lives.at(-1);
    if (story === undefined || life === undefined || life.isOver)
      throw new Error(`${history.name} is not there`);
    return { arn: story.arn, life };
  }

  return {
    get stories() {
      return [...stories.values(), ...besides];
    },
    parentOf(arn) {
      const [history] = [...stories].find(([, story]) => story.arn === arn) ?? [];
      return history?.parent && stories.get(history.parent)?.arn;
    },
    observe() {
      for (const story of stories.values()) {
        const life = story.lives.at(-1);
        if (
          life === undefined ||
          life.namedAt !== undefined ||
          life.isOver ||
          !sandbox.hasResource(story.arn)
        )
          continue;
        if (sandbox.tagsOf(story.arn).CreatedBy === personBehind(life)) life.namedAt = sandbox.clock.now();
      }
    },
    known(history) {
      const { arn, life } = present(history);
      const { CreatedDate, ManagedBy, TaggedBy } = sandbox.tagsOf(arn);
      const isOurs = [ManagedBy, TaggedBy].includes('auto-tagger') && CreatedDate !== undefined;
      return isOurs && underOurKeys(life.born).CreatedDate === undefined ? arn : undefined;
    },
    async execute(history, step) {
      switch (step.does) {
        case 'create':
        case 'repeat':
          return create(history, step);
        case 'delete':
          return remove(history, step);
        case 'edit':
          edit(history, step);
          return [];
        case 'correct':
          correct(history, step);
          return [];
      }
    },
    close: () => {
      for (const { destroy } of clients.values()) destroy();
    },
  };
}

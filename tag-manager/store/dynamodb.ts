/**
 * The metadata store: the ledger in a DynamoDB table, for functions that run side by side. Events are only ever added, so
 * that everybody derives the same winner from them, in whatever order they came. Who has written tags looks again
 * afterwards; so of two who race for a name, the last to look sees all events, and writes what holds.
 */
import { CallError, readFailure } from '../calls/call-failure.ts';
import type { Calls } from '../calls/calls.ts';
import type { Name, NameEvent } from '../ownership/name-event.ts';
import { type BelievedBy, believed, formsOf, UnbelievableEventError } from './believed.ts';
import type { Claims } from './claims.ts';
import { attributesOfEvent, formsAttribute, keyOfEvent, readEvent, readForms } from './event-items.ts';
import type { Files } from './files.ts';
import {
  BrokenItemError,
  type Item,
  itemOfFile,
  itemOfState,
  type KnownState,
  number,
  readFile,
  readState,
  type State,
  text,
} from './items.ts';
import { createKin } from './kin-table.ts';
import { KEPT_DAYS, lastingOf, lastsAtFirst } from './lasting.ts';
import type { History, Ledger, Settled } from './ledger.ts';
import { CLAIM, creationKey, deletionKey, EXPIRES_AT, FILE, fileId, keysOf, stateKey } from './table.ts';
import { createTableCalls, type Table } from './table-calls.ts';
import type { Undone } from './undone.ts';

export interface StoreOptions extends BelievedBy {
  readonly table: Table;
  readonly calls: Calls;
  readonly fileTtlHours: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface Store {
  readonly ledger: Ledger;
  readonly files: Files;
  readonly claims: Claims;
  readonly undone: Undone;
}

/** Events of a name that are read at once. Few names have more, and then not all of them are read. */
export const PAGE = 100;

/** As often as others may change a state while we do. */
const MAX_TRIES = 5;

/** Outcome of a name of which tags were taken away. */
const UNDONE = 'undone';

const HOUR_SECONDS = 60 * 60;

/** No number, so that the item does not expire. */
const NEVER = text('never');

/** What is read of a name: events with their items. */
interface Read {
  readonly history: History;
  readonly state: KnownState | undefined;
  readonly items: ReadonlyMap<NameEvent, Item>;
}

export function createDynamoDbStore(options: StoreOptions): Store {
  const { table, calls, settings, fileTtlHours, now } = options;
  const items = createTableCalls(table, calls);
  const states = new WeakMap<History, KnownState | undefined>();
  const inHours = (hours: number) => number(Math.floor(now() / 1000) + hours * HOUR_SECONDS);
  const passing = () => inHours(KEPT_DAYS * 24);

  /** It takes one write; how long it lasts is set right when all others of the name are known. */
  function add(name: Name, event: NameEvent, lasts: boolean, signal: AbortSignal): Promise<void> {
    const forms: Item = event.kind === 'creation' ? { Forms: formsAttribute(formsOf(event, settings)) } : {};
    const changes = {
      set: attributesOfEvent(event),
      setOnce: lasts && lastsAtFirst(event) ? {} : { [EXPIRES_AT]: passing() },
      add: forms,
    };
    return items.update(keyOfEvent(name, event), changes, signal);
  }

  /** Of a name with very many events, those that can decide: read in three pages, whether there are 200 or 100,000. */
  async function itemsOf({ arn: partition, account }: Name, signal: AbortSignal): Promise<readonly Item[]> {
    // One more than a page of events: the state comes first, and must not push one out.
    const all = { partition, sort: keysOf(account), newestFirst: true, limit: PAGE + 1 };
    const newest = await items.query(all, signal);
    if (newest.isLast) return newest.items;
    const [first] = newest.items;
    const latest = newest.items.slice(0, first?.Event?.S === stateKey(account) ? PAGE + 1 : PAGE);
    const ofDeletions = { partition, sort: deletionKey(account), newestFirst: true, limit: PAGE };
    const { items: deleted } = await items.query(ofDeletions, signal);
    // Whatever else stands in it, the time is in the key.
    const lastDeletion = deleted[0]?.Event?.S?.slice(deletionKey(account).length).split('#')[0];
    const life = [creationKey(account, lastDeletion), `${creationKey(account)}~`] as const;
    const oldest = await items.query({ partition, sort: life, limit: PAGE }, signal);
    const found = [...deleted, ...oldest.items, ...latest];
    return [...new Map(found.map((item) => [item.Event?.S, item])).values()];
  }

  async function read(name: Name, signal: AbortSignal): Promise<Read> {
    const found = await itemsOf(name, signal);
    const isState = ({ Event }: Item) => Event?.S === stateKey(name.account);
    const stateItem = found.find(isState);
    const state = stateItem && readState(stateItem);
    const ours = state !== undefined && state.tags.size > 0 ? [state.tags] : [];
    const events = new Map<NameEvent, Item>();
    const passedOver: string[] = [];
    for (const item of found.filter((each) => !isState(each))) {
      try {
        const event = believed(name, readEvent(name, item), options);
        ours.push(...readForms(item));
        events.set(event, item);
      } catch (error) {
        if (!(error instanceof BrokenItemError || error instanceof UnbelievableEventError)) throw error;
        passedOver.push(error.message);
      }
    }
    const history: History = {
      events: [...events.keys()],
      ours,
      ...(state?.writtenFor !== undefined && { written: { tags: state.tags, eventID: state.writtenFor } }),
      ...undoneIn(state),
      ...(passedOver.length > 0 && { passedOver }),
    };
    states.set(history, state);
    return { history, state, items: events };
  }

  /** Reads, and sets right how long events last: whoever comes next does so again, if this is overtaken. */
  async function readAndTidy(name: Name, signal: AbortSignal): Promise<Read> {
    const known = await read(name, signal);
    const lasting = lastingOf(known.history.events);
    const changes = [...known.items].flatMap(([event, item]) => {
      const lasts = lasting.has(event);
      if ((item[EXPIRES_AT]?.N === undefined) === lasts) return [];
      return [items.change(keyOfEvent(name, event), { [EXPIRES_AT]: lasts ? NEVER : passing() }, signal)];
    });
    await Promise.all(changes);
    return known;
  }

  const kin = createKin(items, passing);
  const ledger: Ledger = {
    kin: {
      ask: (...asked) => told(() => kin.ask(...asked)),
      tell: (...answer) => told(() => kin.tell(...answer)),
      childrenOf: (...parent) => toldOfPages(kin.childrenOf(...parent)),
    },

    record: (name, events, signal) =>
      told(async () => {
        const lasting = lastingOf(events);
        await Promise.all(events.map((event) => add(name, event, lasting.has(event), signal)));
        const { history } = await (events.length > 0 ? readAndTidy : read)(name, signal);
        return history;
      }),

    settle: (name, known, settled, signal) =>
      told(async () => {
        const before = states.get(known);
        if (isKnown(settled, before)) return undefined;
        const version = (before?.version ?? 0) + 1;
        const item = itemOfState(name, stateOf(settled, before), version);
        const isPut = await items.putVersion(item, before?.versionAttribute, signal);
        if (isPut && (settled.written === undefined || settled.isSeen)) return undefined;
        const { history, state } = await readAndTidy(name, signal);
        const isSame = isPut && state?.version === version && haveSameEvents(history, known);
        return isSame ? undefined : history;
      }),
  };

  const files: Files = {
    put: (file, signal) => told(() => items.put(itemOfFile(file, inHours(fileTtlHours)), signal)),
    get: (bucket, key, signal) =>
      told(async () => {
        const item = await items.get({ ResourceId: text(fileId(bucket, key)), Event: text(FILE) }, signal);
        // DynamoDB deletes what has expired when it comes to it.
        const isLeft = item !== undefined && Number(item[EXPIRES_AT]?.N) * 1000 > now();
        return isLeft ? readFile(item) : undefined;
      }),
  };

  const claims: Claims = {
    take: (what, hours, signal) =>
      told(() => {
        const item = { ResourceId: text(what), Event: text(CLAIM), [EXPIRES_AT]: inHours(hours) };
        return items.putExpired(item, inHours(0), signal);
      }),
  };

  const undone: Undone = {
    put: (name, { resource, ...event }, signal) =>
      told(async () => {
        for (let tries = 0; tries < MAX_TRIES; tries++) {
          const { state } = await read(name, signal);
          if (state?.outcome === 'deleted') return; // nothing is tagged by what came before
          const { tags = new Map<string, string>(), writtenFor, version = 0, versionAttribute } = state ?? {};
          const now = { tags, writtenFor, event, resource, outcome: UNDONE };
          if (await items.putVersion(itemOfState(name, now, version + 1), versionAttribute, signal)) return;
        }
        throw new Error(`others changed what it knows of ${name.arn} ${MAX_TRIES} times meanwhile`);
      }),
  };

  return { ledger, files, claims, undone };
}

/** What is wrong with the table is no news of the resource: not that it is not found, nor that its tags are invalid. */
async function told<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const { class: what, error: name, message } = readFailure(error);
    const storeClass = what === 'throttled' || what === 'network' || what === 'stopped' ? what : 'busy';
    const cause = error instanceof CallError ? error.cause : error;
    throw new CallError({ class: storeClass, error: name, message: `the metadata store: ${message}` }, cause);
  }
}

async function* toldOfPages<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const reading = pages[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await told(() => reading.next());
    if (done) return;
    yield value;
  }
}

function undoneIn(state: KnownState | undefined): Pick<History, 'undone'> {
  const { outcome, eventID, eventTime = '' } = state ?? {};
  if (outcome !== UNDONE || eventID === undefined || Number.isNaN(Date.parse(eventTime))) return {};
  return { undone: { eventID, eventTime } };
}

function stateOf(settled: Settled, before: KnownState | undefined): State {
  const written = {
    tags: settled.written ?? before?.tags ?? new Map<string, string>(),
    writtenFor: settled.written === undefined ? before?.writtenFor : settled.event?.eventID,
  };
  if (settled.outcome === 'deleted')
    return { ...written, event: settled.event, resource: before?.resource, outcome: settled.outcome };
  return { ...written, event: settled.event, resource: settled.event?.resource, outcome: settled.outcome };
}

/** That tags are there still is no change, nor that they are ours of a creation that only they tell of. */
function isKnown(settled: Settled, before: KnownState | undefined): boolean {
  const { outcome, event, written, isSeen } = settled;
  if (before === undefined) return outcome === 'deleted'; // of a name that we never had to do with
  if (before.outcome === UNDONE && written === undefined && outcome !== 'deleted') return true; // and stays so
  if (written !== undefined && !(isSeen && before.writtenFor === event?.eventID)) return false;
  if (outcome === 'unchanged' && event === undefined) return true;
  if (before.eventID !== event?.eventID) return false;
  return before.outcome === outcome || (before.outcome === 'tagged' && outcome === 'unchanged');
}

function haveSameEvents(one: History, other: History): boolean {
  const ids = new Set(one.events.map(({ eventID }) => eventID));
  return ids.size === other.events.length && other.events.every(({ eventID }) => ids.has(eventID));
}

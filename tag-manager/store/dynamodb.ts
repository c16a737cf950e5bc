/**
 * The metadata store: the ledger in a DynamoDB table, for functions that run side by side. Events are only ever added, so
 * that everybody derives the same winner from them, in whatever order they came. Who has written tags looks again
 * afterwards; so of two who race for a name, the last to look sees all events, and writes what holds.
 */
import { CallError, readFailure } from '../calls/call-failure.ts';
import type { Calls } from '../calls/calls.ts';
import type { Name, NameEvent } from '../ownership/name-event.ts';
import { type BelievedBy, believed, formsOf } from './believed.ts';
import type { Files } from './files.ts';
import {
  attributesOfEvent,
  formsAttribute,
  type Item,
  isOf,
  itemOfFile,
  itemOfState,
  type KnownState,
  keyOfEvent,
  readEvent,
  readFile,
  readForms,
  readState,
  text,
} from './items.ts';
import type { History, Ledger, Settled } from './ledger.ts';
import { creationKey, deletionKey, EXPIRES_AT, FILE, fileId, stateKey } from './table.ts';
import { createTableCalls, type Table } from './table-calls.ts';

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
}

/** Events of a name that are read at once. Few names have more, and then not all of them are read. */
export const PAGE = 100;

const HOUR_SECONDS = 60 * 60;

export function createDynamoDbStore(options: StoreOptions): Store {
  const { table, calls, settings, fileTtlHours, now } = options;
  const items = createTableCalls(table, calls);
  const states = new WeakMap<History, KnownState | undefined>();

  function record(name: Name, event: NameEvent, signal: AbortSignal): Promise<void> {
    const forms: Item = event.kind === 'creation' ? { Forms: formsAttribute(formsOf(event, settings)) } : {};
    return items.update(keyOfEvent(name, event), attributesOfEvent(name, event), forms, signal);
  }

  /** Of a name with very many events, those that can decide: read in three pages, whether there are 200 or 100,000. */
  async function itemsOf(name: Name, signal: AbortSignal): Promise<readonly Item[]> {
    const partition = name.arn;
    const own = (page: readonly Item[]) => page.filter((item) => isOf(name, item));
    const newest = await items.query({ partition, newestFirst: true, limit: PAGE }, signal);
    if (newest.isLast) return own(newest.items);
    const deletions = { partition, sort: deletionKey(), newestFirst: true, limit: PAGE };
    const deleted = own((await items.query(deletions, signal)).items);
    const lastDeletion = deleted[0] === undefined ? undefined : readEvent(deleted[0]).eventTime;
    const life = [creationKey(lastDeletion), `${creationKey()}~`] as const;
    const oldest = await items.query({ partition, sort: life, limit: PAGE }, signal);
    const all = [...deleted, ...own(oldest.items), ...own(newest.items)];
    return [...new Map(all.map((item) => [item.Event?.S, item])).values()];
  }

  async function historyOf(name: Name, signal: AbortSignal): Promise<History> {
    const found = await itemsOf(name, signal);
    const isState = ({ Event }: Item) => Event?.S === stateKey(name.account);
    const stateItem = found.find(isState);
    const state = stateItem && readState(stateItem);
    const events = found.filter((item) => !isState(item));
    const written = state !== undefined && state.tags.size > 0 ? [state.tags] : [];
    const history = {
      events: events.map((item) => believed(name, readEvent(item), options)),
      ours: [...written, ...events.flatMap(readForms)],
      ...(state?.writtenFor !== undefined && { written: { tags: state.tags, eventID: state.writtenFor } }),
    };
    states.set(history, state);
    return history;
  }

  const ledger: Ledger = {
    record: (name, events, signal) =>
      told(async () => {
        await Promise.all(events.map((event) => record(name, event, signal)));
        return historyOf(name, signal);
      }),

    settle: (name, known, settled, signal) =>
      told(async () => {
        const before = states.get(known);
        if (isKnown(settled, before)) return undefined;
        const version = before?.version ?? 0;
        const item = itemOfState(name, stateOf(settled, before), version + 1);
        const isPut = await items.putVersion(item, version, signal);
        if (isPut && settled.written === undefined) return undefined;
        const now = await historyOf(name, signal);
        const isSame = isPut && states.get(now)?.version === version + 1 && haveSameEvents(now, known);
        return isSame ? undefined : now;
      }),
  };

  const files: Files = {
    put: (file, signal) =>
      told(() => items.put(itemOfFile(file, Math.floor(now() / 1000) + fileTtlHours * HOUR_SECONDS), signal)),
    get: (bucket, key, signal) =>
      told(async () => {
        const item = await items.get({ ResourceId: text(fileId(bucket, key)), Event: text(FILE) }, signal);
        // DynamoDB deletes what has expired when it comes to it.
        const isLeft = item !== undefined && Number(item[EXPIRES_AT]?.N) * 1000 > now();
        return isLeft ? readFile(item) : undefined;
      }),
  };

  return { ledger, files };
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

function stateOf({ outcome, event, written }: Settled, before: KnownState | undefined) {
  return {
    tags: written ?? before?.tags ?? new Map<string, string>(),
    writtenFor: written === undefined ? before?.writtenFor : event?.eventID,
    event,
    resource: event?.resource,
    outcome,
  };
}

/** That tags are there still is no change, nor that they are ours of a creation that only they tell of. */
function isKnown({ outcome, event, written }: Settled, before: KnownState | undefined): boolean {
  if (before === undefined || written !== undefined) return false;
  if (outcome === 'unchanged' && event === undefined) return true;
  if (before.eventID !== event?.eventID) return false;
  return before.outcome === outcome || (before.outcome === 'tagged' && outcome === 'unchanged');
}

function haveSameEvents(one: History, other: History): boolean {
  const ids = new Set(one.events.map(({ eventID }) => eventID));
  return ids.size === other.events.length && other.events.every(({ eventID }) => ids.has(eventID));
}

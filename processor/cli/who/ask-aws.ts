/**
 * What AWS itself tells of a question where no log files are named: the tags that the resource bears, what the metadata store keeps of it, and
 * CloudTrail's event history. What one of them does not tell is complained of, and the others are still asked.
 */
import type { CatalogueRow } from '../../../parser/catalogue/row.ts';
import { partitionNamed } from '../../../parser/partition.ts';
import type { CloudTrailRecord } from '../../../parser/record.ts';
import { CallError } from '../../../tag-manager/calls/call-failure.ts';
import type { TagSet } from '../../../tag-manager/tags/tag-set.ts';
import type { TaggingRuntime } from '../../runtime/runtime.ts';
import { rowsOfArn } from '../../who/arn-type.ts';
import { readLiveTags, targetOf } from '../../who/live-tags.ts';
import { type EventAttribute, type EventPlace, lookUpEvents } from '../../who/look-up-events.ts';
import { accountOf, attributesOf, callsThatCreate, placesOf } from '../../who/places.ts';
import type { Question } from '../../who/question.ts';
import { endingOfError } from '../endings.ts';
import { type AskStoreOptions, askStore } from './ask-store.ts';

export interface AskOptions extends AskStoreOptions {
  readonly runtime: TaggingRuntime;
  /** Whether nothing more need be looked for. */
  readonly isFound: () => boolean;
  /** The one resource that was found, where it was asked for by its name. */
  readonly foundArn?: () => string | undefined;
  /** Takes an event; answers whether older ones are of no use. */
  readonly onRecord: (record: CloudTrailRecord, place: EventPlace) => boolean;
  readonly onTags?: (tags: TagSet) => void;
  /** Other sources were named beside the store. */
  readonly isOnlyStore: boolean;
}

export async function askAws(question: Question, options: AskOptions): Promise<void> {
  const { runtime, home, complain, signal } = options;
  await askStore(question, options); // it is in our own account, whatever it knows of others
  if (options.isOnlyStore) return;
  const text = question.kind === 'creator' ? '' : question.text;
  const account = accountOf(text, home);
  const rows = text.startsWith('arn:') ? rowsOfArn(text, home.region, home.account) : [];
  const closed = await whyClosed(account, text, runtime, signal);
  if (closed !== undefined) return complain(closed, 'incomplete');
  if (question.kind !== 'creator') await askForTags(text, rows, options);
  await lookUpAll(question, rows, placesOf(text, home), options);
  const arn = options.foundArn?.();
  if (rows.length === 0 && arn !== undefined) {
    await askForTags(arn, rowsOfArn(arn, home.region, home.account), options);
  }
}

/** By one attribute after the other, until one has led to what is sought. */
async function lookUpAll(
  question: Question,
  rows: readonly CatalogueRow[],
  places: readonly EventPlace[],
  options: AskOptions,
): Promise<void> {
  const isOver = () => question.kind !== 'creator' && options.isFound();
  for (const attribute of [...attributesOf(question), ...callsThatCreate(rows)]) {
    await lookUp(attribute, places, options);
    if (isOver()) return;
  }
}

/** Why AWS lets us not into the account. */
async function whyClosed(
  account: string,
  text: string,
  { resources: { accounts } }: TaggingRuntime,
  signal: AbortSignal,
): Promise<string | undefined> {
  const partition = text.startsWith('arn:') ? (text.split(':')[1] ?? '') : undefined;
  const named = partitionNamed(partition);
  const closed = named === undefined ? undefined : accounts.closed(account, named.name);
  if (closed !== undefined) return `${closed}: --role names one`;
  return accounts.refused(account, signal);
}

async function askForTags(
  arn: string,
  rows: readonly CatalogueRow[],
  { runtime, home, complain, onTags, signal }: AskOptions,
): Promise<void> {
  const [row] = rows;
  const target = row && targetOf(arn, row, home);
  if (row === undefined || target === undefined || onTags === undefined) return;
  const read = await readLiveTags({ target, api: row.api }, runtime.calls, runtime.taggerFor, signal);
  if (read === undefined) return;
  if ('value' in read) return onTags(read.value);
  const { class: what, error, message } = read.failure;
  if (what === 'not-found') return complain(`${arn} is not there any more (${error})`, 'done');
  const denied = what === 'denied' || what === 'credentials';
  complain(`its tags cannot be read: ${error}: ${message}`, denied ? 'access' : 'failed');
}

async function lookUp(
  attribute: EventAttribute,
  places: readonly EventPlace[],
  { runtime, complain, progress, onRecord, signal }: AskOptions,
): Promise<void> {
  for (const place of places) {
    const { account, region } = place;
    const where = `the event history of account ${account} in ${region}`;
    let events = 0;
    try {
      const pages = lookUpEvents(runtime.calls, place, attribute, signal);
      for (;;) {
        const { done, value } = await pages.next();
        if (done && value === 'cut') {
          complain(
            `${where} has more than ${events} events by ${attribute.key}: older ones were not looked at`,
            'incomplete',
          );
        }
        if (done) break;
        events += value.length;
        progress.update(`${events} events of ${where}`);
        if (value.map((record) => onRecord(record, place)).some((isEnough) => isEnough)) break;
      }
    } catch (error) {
      if (signal.aborted) throw error;
      if (!(error instanceof CallError)) throw error;
      complain(
        `${where} cannot be read: ${error.message}; this takes cloudtrail:LookupEvents`,
        endingOfError(error),
      );
    }
  }
}

/** Where AWS is asked about a question: accounts and regions, and by which attributes of events. */
import { parseArn } from '../../parser/arn.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import { partitionOf } from '../../parser/partition.ts';
import { rowsOfArn } from './arn-type.ts';
import type { EventAttribute, EventPlace } from './look-up-events.ts';
import { isEventId, type Question } from './question.ts';

export interface Home {
  readonly account: string;
  readonly region: string;
}

/** Of an ARN that it names, or of ours. */
export function accountOf(text: string, home: Home): string {
  return parseArn(text)?.account || home.account;
}

/** Regions of an ARN; of what names none, where we are and where services without regions write their events. */
export function placesOf(text: string, home: Home): readonly EventPlace[] {
  const account = accountOf(text, home);
  const arn = parseArn(text);
  const partition = arn?.partition ?? partitionOf(home.region)?.name ?? 'aws';
  const own = rowsOfArn(text, home.region, home.account).flatMap((row) => row.regions?.[partition] ?? []);
  const regions = arn?.region
    ? [arn.region]
    : own.length > 0
      ? own
      : [home.region, ...mainRegionOf(partition)];
  return [...new Set(regions)].map((region) => ({ account, region }));
}

/** Where global services of a partition write theirs, S3 among others. */
const MAIN_REGIONS: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
};

function mainRegionOf(partition: string): readonly string[] {
  const main = MAIN_REGIONS[partition];
  return main === undefined ? [] : [main];
}

/** Tried in this order, until one tells of a creation; AWS takes one attribute a request. */
export function attributesOf(question: Question): readonly EventAttribute[] {
  if (question.kind === 'creator') return question.patterns.map(ofCreator);
  const { text, lastPart } = question.kind === 'why' ? question.resource : question;
  const byId = question.kind === 'why' && isEventId(text) ? [{ key: 'EventId', value: text } as const] : [];
  // Services differ in what they write there.
  const names = [...new Set([text, lastPart])];
  return [...byId, ...names.map((value) => ({ key: 'ResourceName', value }) as const)];
}

/** `Username` is the whole name of a user, or of a session; patterns are looked for among all that changed something. */
function ofCreator(pattern: string): EventAttribute {
  if (pattern.includes('*')) return { key: 'ReadOnly', value: 'false' };
  return { key: 'Username', value: pattern.split(/[:/]/).at(-1) ?? pattern };
}

/** More names would take minutes each. */
const MAX_EVENT_NAMES = 3;

/** Where no name led to a creation: the calls that create such a resource. */
export function callsThatCreate(rows: readonly CatalogueRow[]): readonly EventAttribute[] {
  const names = new Set(rows.flatMap(({ eventName, otherNames = [] }) => [eventName, ...otherNames]));
  return [...names].slice(0, MAX_EVENT_NAMES).map((value) => ({ key: 'EventName', value }));
}

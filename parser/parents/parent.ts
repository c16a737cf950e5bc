/**
 * What a creation was made for, as its request says: the group that launched an instance, the stack that made a queue. A fact of
 * one record; who made the parent is asked elsewhere. What the request names must be of the record's partition and
 * account, and have the form of its type: else it names nothing.
 */
import { type ArnVariables, buildArn, serviceOf } from '../catalogue/arn-template.ts';
import { idPattern } from '../catalogue/id-forms.ts';
import { type Partition, partitionOf } from '../partition.ts';
import { firstValuesAt, textAt, valuesAt } from '../path.ts';
import type { CloudTrailRecord } from '../record.ts';
import { isCalledBy } from './caller.ts';
import { type NamedBy, type ParentRow, PROOFS, type Proof } from './row.ts';
import { parentRows } from './rows.ts';
import { type TaggedAs, taggedAs } from './tagged-as.ts';

export interface Parent {
  /** The name that its own creation is kept under: with `*` where no record tells the part. */
  readonly arn: string;
  readonly resourceType: string;
  readonly account: string;
  /** That it lies in: of a stack that makes something global, another one than the record's. */
  readonly region: string;
  /** What reading its tags wants; absent where it bears none of ours. */
  readonly resource?: TaggedAs;
  readonly proof: Proof;
  /** How long after its own event a child waits for a parent that is not known yet. */
  readonly graceSeconds: number;
}

/** Whether something of that type is what others are made for. */
export function mayBeParent(type: string): boolean {
  return indexOfRows().types.has(type);
}

/** A creating call, as far as it has been checked. */
export interface CreatingCall {
  readonly eventSource: string;
  /** Without a date. */
  readonly eventName: string;
  readonly partition: Partition;
  readonly account: string;
  readonly region: string;
  /** That the request set on what it created. */
  readonly tags: Tags;
}

type Tags = Readonly<Record<string, string>>;

/** The most trusted parent that the request names, and of those the nearest. */
export function readParent(record: CloudTrailRecord, call: CreatingCall): Parent | undefined {
  const name = `${call.eventSource} ${call.eventName}`;
  const tags = withTagsOfMembers(record, name, call.tags);
  let best: Parent | undefined;
  for (const row of rowsAbout(name, tags)) {
    if (!isAbout(row, call)) continue;
    const found = parentOf(row, record, call, tags);
    if (found !== undefined && (best === undefined || rankOf(found) < rankOf(best))) best = found;
  }
  return best;
}

/** Whether what such a call creates may be made for a parent of the row. */
export function isAbout(
  { calls, sources }: ParentRow,
  { eventSource, eventName }: Pick<CreatingCall, 'eventSource' | 'eventName'>,
): boolean {
  if (sources !== undefined && !sources.includes(eventSource)) return false;
  return calls === undefined || calls.includes(`${eventSource} ${eventName}`);
}

/** Rows by the first thing that they are named by: most creations have no tag of theirs, and go through none of them. */
function rowsAbout(name: string, tags: Tags): readonly ParentRow[] {
  const { firsts, places } = indexOfRows();
  const keys = [...Object.keys(tags), name].filter((key) => firsts.has(key));
  if (keys.length === 0) return [];
  const rows = keys.flatMap((key) => firsts.get(key) ?? []);
  return rows.sort((one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0));
}

interface RowIndex {
  /** By the key of a tag, and by the call where a row begins with a parameter. */
  readonly firsts: ReadonlyMap<string, readonly ParentRow[]>;
  readonly places: ReadonlyMap<ParentRow, number>;
  readonly types: ReadonlySet<string>;
}

let index: RowIndex | undefined;

function indexOfRows(): RowIndex {
  index ??= indexRows();
  return index;
}

function indexRows(): RowIndex {
  const rows = parentRows();
  const firsts = new Map<string, ParentRow[]>();
  for (const row of rows) {
    const tag = row.namedBy[0]?.tag;
    for (const key of tag === undefined ? (row.calls ?? []) : [tag]) {
      firsts.set(key, [...(firsts.get(key) ?? []), row]);
    }
  }
  const types = new Set(rows.map(({ resourceType }) => resourceType));
  return { firsts, places: new Map(rows.map((row, place) => [row, place])), types };
}

const RANKS = Object.keys(PROOFS);

function rankOf({ proof }: Parent): number {
  return RANKS.indexOf(proof);
}

/** What a fleet is told to tag its instances with says whom it launches them for. */
const TAGS_OF_MEMBERS: Readonly<Record<string, string>> = {
  'ec2.amazonaws.com CreateFleet': 'requestParameters.CreateFleetRequest.TagSpecification[].Tag[]',
};

function withTagsOfMembers(record: CloudTrailRecord, name: string, own: Tags): Tags {
  const path = TAGS_OF_MEMBERS[name];
  if (path === undefined) return own;
  const tags = valuesAt(record, path).map((tag) => [textAt(tag, 'key') ?? '', textAt(tag, 'value') ?? '']);
  return { ...Object.fromEntries(tags), ...own };
}

function parentOf(
  row: ParentRow,
  record: CloudTrailRecord,
  { partition, account, region: here }: CreatingCall,
  tags: Tags,
): Parent | undefined {
  const values = valuesOf(row, record, tags);
  if (values === undefined) return undefined;
  const region = values.Region ?? here;
  if (partitionOf(region) !== partition) return undefined;
  const own: ArnVariables = { Partition: partition.name, Region: region, Account: account };
  if (Object.entries(own).some(([variable, value]) => (values[variable] ?? value) !== value))
    return undefined;
  const arn = buildArn(row.arn, { ...values, ...own });
  if (arn === undefined) return undefined;
  const { resourceType, graceSeconds } = row;
  const resource = taggedAs(row, arn, own);
  const named = { arn, resourceType, account, region, ...(resource && { resource }) };
  return { ...named, proof: proofOf(row, record), graceSeconds };
}

function proofOf({ namedBy, services = [] }: ParentRow, record: CloudTrailRecord): Proof {
  if (namedBy.every(({ tag }) => tag?.startsWith('aws:'))) return 'vouched';
  return isCalledBy(record, services) ? 'service' : 'guess';
}

/** Of the variables of its ARN; `undefined` where the request does not name it, or does not agree with itself. */
function valuesOf(
  { arn, namedBy }: ParentRow,
  record: CloudTrailRecord,
  tags: Tags,
): ArnVariables | undefined {
  const values: Record<string, string> = {};
  for (const each of namedBy) {
    const found = matchForm(each, textOf(each, record, tags), serviceOf(arn));
    if (found === undefined) return undefined;
    for (const [variable, value] of Object.entries(found)) {
      if ((values[variable] ?? value) !== value) return undefined;
      values[variable] = value;
    }
  }
  return values;
}

function textOf({ tag, paths }: NamedBy, record: CloudTrailRecord, tags: Tags): unknown {
  if (tag !== undefined) return Object.hasOwn(tags, tag) ? tags[tag] : undefined;
  return firstValuesAt(record, paths)[0];
}

function matchForm({ forms }: NamedBy, text: unknown, service: string): ArnVariables | undefined {
  if (typeof text !== 'string') return undefined;
  for (const form of forms) {
    const groups = compiled(form, service).exec(text)?.groups;
    if (groups !== undefined) return groups;
  }
  return undefined;
}

const compiledForms = new Map<string, RegExp>();

function compiled(form: string, service: string): RegExp {
  const key = `${service} ${form}`;
  const known = compiledForms.get(key);
  if (known !== undefined) return known;
  const pattern = form
    .split(/\{(\w+)\}/)
    .map((part, at) => (at % 2 === 0 ? RegExp.escape(part) : `(?<${part}>${formOf(part, service)})`))
    .join('');
  const made = new RegExp(`^${pattern}$`, 'u');
  compiledForms.set(key, made);
  return made;
}

/** Of the record's own facts any text: they are compared. */
function formOf(variable: string, service: string): string {
  if (variable === 'UUID') return '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';
  return ['Partition', 'Region', 'Account'].includes(variable) ? '[^:]*' : idPattern(service, variable);
}

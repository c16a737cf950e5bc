/**
 * The resources that a record says it created, by one row of the catalogue. An ARN must be of the record's own
 * partition and account, of its region or the row's own, and of the row's type; an id must have the form of its type,
 * a region must be one of the partition. What is not is never taken for something else.
 */
import {
  type ArnMatch,
  type ArnVariables,
  buildArn,
  matchArn,
  serviceOf,
  variablesOf,
} from '../catalogue/arn-template.ts';
import { isId } from '../catalogue/id-forms.ts';
import type { AlsoCreated, CatalogueRow, CreationKind, DeletionRow, EventRow } from '../catalogue/row.ts';
import { type Partition, partitionOf } from '../partition.ts';
import { firstValuesAt, valuesAt } from '../path.ts';
import type { CloudTrailRecord } from '../record.ts';
import { holds } from './condition.ts';
import { InvalidRecord, show } from './invalid-record.ts';
import { readRequestTags } from './request-tags.ts';

export interface CreatedResource {
  /** Of what the call made beside the row's own type it has that type, its ARN and its naming. */
  readonly row: CatalogueRow;
  readonly arn: string;
  /**
   * What tells it from others, where that is not the ARN: the ARN without the path of IAM names, which the call that deletes
   * them does not know; the ARN and what the tag call wants, where another key pair may have had the same ARN.
   */
  readonly name?: string;
  /** The value of the ARN's last variable: an instance id, a bucket name. */
  readonly id: string;
  /** What the tag call wants, where that is neither the ARN nor `id`. */
  readonly tagId?: string;
  readonly region: string;
  /** When the service says that it made it, in epoch milliseconds; many services do not. */
  readonly createdAt: number | undefined;
  /** An upsert that the record proves to have created is `strict`. */
  readonly creation: CreationKind;
  /** Tags that the request set on this resource, where they are not those of the whole call. */
  readonly requestTags?: Readonly<Record<string, string>>;
  /** Ids of members that its tags go on to and that were there before it. Never called by, only compared. */
  readonly joined?: readonly string[];
  /** The call made it on the way to something else: whoever made it by a call of its own comes first. */
  readonly isIndirect?: true;
}

/** What the record says of itself. */
export interface OwnFacts {
  readonly partition: Partition;
  readonly account: string;
  readonly region: string;
}

/** Those, and when its call was made: ISO 8601. */
export interface CallFacts extends OwnFacts {
  readonly eventTime: string;
}

/** Empty where the record holds no id, or is not one that the row is about. Throws InvalidRecord. */
export function readResources(
  record: CloudTrailRecord,
  row: CatalogueRow,
  facts: CallFacts,
): CreatedResource[] {
  const found = readOwn(record, row, facts);
  if (found.length === 0 || found.every((resource) => isRepeated(resource, facts))) return found;
  return [...found, ...(row.also ?? []).flatMap((also) => readAlso(record, row, also, facts))];
}

/** Clocks differ by less; whoever repeats a client token is told what it made the first time. */
const REPEATED_MS = 60_000;

/** It was there before the call, and so was what was made on the way to it: that is the first call's. */
export function isRepeated({ createdAt }: CreatedResource, { eventTime }: CallFacts): boolean {
  return createdAt !== undefined && Date.parse(eventTime) - createdAt > REPEATED_MS;
}

function readOwn(record: CloudTrailRecord, row: CatalogueRow, facts: OwnFacts): CreatedResource[] {
  const region = readRegion(record, row, facts);
  const found = readArnsAndIds(record, row, { ...facts, region });
  const times = row.createdAtPath === undefined ? [] : valuesAt(record, row.createdAtPath);
  const createdAt = times.length === found.length ? times : []; // else nobody knows which is whose
  const creation = creationKind(record, row, region);
  return found.flatMap(({ arn, id }, at) => {
    const tagId = row.tagId === undefined ? undefined : readTagId(record, row, arn);
    if (row.tagId !== undefined && tagId === undefined) return [];
    const name = nameOf(row, arn, tagId);
    const joined = row.propagates?.joined.flatMap((path) => valuesAt(record, path)).map(String);
    const resource = {
      row,
      arn,
      ...(name !== arn && { name }),
      id,
      ...(tagId !== undefined && { tagId }),
      region,
      createdAt: epochMilliseconds(createdAt[at]),
      creation,
      ...(joined !== undefined && { joined }),
    };
    return [resource];
  });
}

/** Of what was there before the call, the request knows the id. */
function readAlso(
  record: CloudTrailRecord,
  row: CatalogueRow,
  also: AlsoCreated,
  facts: OwnFacts,
): CreatedResource[] {
  const own = alsoRow(row, also);
  const before = namedBefore(record, also);
  return readOwn(record, own, facts)
    .filter(({ id }) => !before.has(id))
    .map((resource) => ({ ...resource, requestTags: readRequestTags(record, own), isIndirect: true }));
}

/** What the request names of the kind, and so was there before. */
export function namedBefore(record: CloudTrailRecord, { except = [] }: AlsoCreated): ReadonlySet<unknown> {
  return new Set(except.flatMap((path) => valuesAt(record, path)));
}

/** The row, and one for each of what its call makes beside it. */
export function withAlso(row: CatalogueRow): readonly CatalogueRow[] {
  return [row, ...(row.also ?? []).map((also) => alsoRow(row, also))];
}

/** What the row says of what its call makes beside it, as a row of its own. */
export function alsoRow(
  row: CatalogueRow,
  { resourceType, arn, ids, naming, graceSeconds = row.graceSeconds }: AlsoCreated,
): CatalogueRow {
  const { arnPaths: _, also: __, createdAtPath: ___, tagId: ____, propagates: _____, ...rest } = row;
  // Snapshots of an image are born with tags of the request alone (EC2 API reference, `CreateImage`, `CopyImage`: `TagSpecification`).
  return { ...rest, resourceType, arn, ids, naming, graceSeconds, copiesTags: false };
}

/** Names that a call deleted. Throws InvalidRecord. */
export function readDeletedNames(record: CloudTrailRecord, row: DeletionRow, facts: OwnFacts): string[] {
  const region = readRegion(record, row, facts);
  return readArnsAndIds(record, row, { ...facts, region }).map(({ arn }) => nameIn(row, arn));
}

/**
 * What its creations and deletions are kept under. A key pair of another id may have had the same ARN, and its tag call
 * wants the id: each is a name of its own.
 */
export function nameOf(row: CatalogueRow, arn: string, tagId: string | undefined): string {
  const isTold = tagId === undefined || row.naming === 'reusable' || tagIdInArn(row, arn) !== undefined;
  return isTold ? nameIn(row, arn) : `${arn}/${tagId}`;
}

/** IAM has no two of a type with the same name, whatever their paths, and deletes them by name alone. */
function nameIn(row: EventRow, arn: string): string {
  if (!row.arn.endsWith('WithPath}')) return arn;
  return `${arn.slice(0, arn.indexOf('/'))}${arn.slice(arn.lastIndexOf('/'))}`;
}

export interface Found {
  readonly arn: string;
  readonly id: string;
}

/** What a row of any kind finds in a record that it is about. Throws InvalidRecord. */
export function readArnsAndIds(
  record: CloudTrailRecord,
  row: EventRow & Pick<DeletionRow, 'idMayBeArn'>,
  facts: OwnFacts,
): Found[] {
  if (row.when !== undefined && !holds(record, row.when)) return [];
  const own: ArnVariables = {
    Partition: facts.partition.name,
    Region: facts.region,
    Account: facts.account,
  };
  return readArns(record, row, own) ?? readArnsInIds(record, row, own) ?? buildArns(record, row, own);
}

/** `EU` is what eu-west-1 was called before there were others (S3 API reference, `CreateBucket`). */
const REGION_ALIASES: Readonly<Record<string, string>> = { EU: 'eu-west-1' };

function readRegion(record: CloudTrailRecord, row: EventRow, facts: OwnFacts): string {
  const only = row.regions?.[facts.partition.name];
  if (only !== undefined) return only;
  const [named] = row.regionPath === undefined ? [] : valuesAt(record, row.regionPath);
  if (named === undefined || named === '') return facts.region;
  const region = typeof named === 'string' ? (REGION_ALIASES[named] ?? named) : '';
  if (partitionOf(region) === facts.partition) return region;
  throw new InvalidRecord(
    `${row.regionPath} is ${show(named)}, expected a region of partition ${facts.partition.name}`,
  );
}

function creationKind(record: CloudTrailRecord, row: CatalogueRow, region: string): CreationKind {
  const kind = row.creationIn?.[region] ?? row.creation;
  const isProven = kind === 'upsert' && row.newWhen !== undefined && holds(record, row.newWhen);
  return isProven ? 'strict' : kind;
}

function readArns(record: CloudTrailRecord, row: EventRow, own: ArnVariables): Found[] | undefined {
  const values = firstValuesAt(record, row.arnPaths ?? []);
  return values.length === 0 ? undefined : values.map((value) => readArn(value, row, own));
}

function readArnsInIds(
  record: CloudTrailRecord,
  { idMayBeArn = false, ...row }: EventRow & Pick<DeletionRow, 'idMayBeArn'>,
  own: ArnVariables,
): Found[] | undefined {
  const paths = Object.values(row.ids ?? {}).at(-1) ?? [];
  const values = idMayBeArn ? firstValuesAt(record, paths) : [];
  const areArns = values.length > 0 && values.every((value) => String(value).startsWith('arn:'));
  return areArns ? values.map((value) => readArn(value, row, own)) : undefined;
}

function readArn(value: unknown, row: EventRow, own: ArnVariables): Found {
  const match = typeof value === 'string' ? matchRow(row, value, own) : undefined;
  if (match === undefined)
    throw new InvalidRecord(`ARN is ${show(value)}, expected ${expectedArn(row, own)}`);
  return { arn: match.arn, id: Object.values(match.ids).at(-1) ?? match.arn };
}

/** An ARN of the row's type, in any of the forms that it may have. */
export function matchRow(
  row: EventRow & { readonly qualified?: boolean },
  arn: string,
  facts: ArnVariables,
): ArnMatch | undefined {
  for (const form of [row.arn, ...(row.otherArns ?? [])]) {
    const match = matchArn(form, arn, facts, row.qualified);
    if (match !== undefined) return match;
  }
  return undefined;
}

interface Column {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** One ARN for each id of the list; a variable with a single value goes with all of them. */
function buildArns(record: CloudTrailRecord, row: EventRow, own: ArnVariables): Found[] {
  const columns: Column[] = Object.entries(row.ids ?? {}).map(([name, paths]) => ({
    name,
    values: firstValuesAt(record, paths),
  }));
  const isWhole = variablesOf(row.arn).every((name) =>
    columns.some((column) => column.name === name && column.values.length > 0),
  );
  if (!isWhole || (columns.length === 0 && (row.arnPaths ?? []).length > 0)) return [];
  const length = Math.max(1, ...columns.map(({ values }) => values.length));
  return Array.from({ length }, (_, at) => buildOne(columns, at, row, own));
}

function buildOne(columns: readonly Column[], at: number, row: EventRow, own: ArnVariables): Found {
  const ids: Record<string, string> = { ...own };
  for (const { name, values } of columns) {
    const value = values.length === 1 ? values[0] : values[at];
    if (values.length === 0 && name in own) continue;
    if (typeof value !== 'string' || (name in own && value !== own[name])) {
      throw new InvalidRecord(`${name} is ${show(value)}, expected ${own[name] ?? 'a string'}`);
    }
    ids[name] = value;
  }
  const id = ids[columns.at(-1)?.name ?? ''] ?? '';
  const arn = buildArn(row.arn, ids);
  if (arn === undefined) throw new InvalidRecord(`id is ${show(id)}, expected ${expectedArn(row, own)}`);
  return { arn, id: id === '' ? arn : id };
}

/** `undefined` where the record does not hold it: then nothing can be tagged. Throws InvalidRecord. */
function readTagId(record: CloudTrailRecord, row: CatalogueRow, arn: string): string | undefined {
  const [[variable, paths] = ['', []]] = Object.entries(row.tagId ?? {});
  const [value] = firstValuesAt({ ...record, arn }, paths);
  if (value === undefined) return undefined;
  if (typeof value === 'string' && isId(serviceOf(row.arn), variable, value)) return value;
  throw new InvalidRecord(`${variable} is ${show(value)}, expected an id of ${row.resourceType}`);
}

/** What the tag call wants for a resource of which only the ARN is known; `undefined` where the ARN does not tell. */
export function tagIdInArn(row: CatalogueRow, arn: string): string | undefined {
  return readTagId({}, row, arn);
}

function expectedArn(row: EventRow, own: ArnVariables): string {
  return row.arn.replace(/\{(\w+)\}/g, (variable, name: string) => own[name] ?? variable);
}

function epochMilliseconds(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

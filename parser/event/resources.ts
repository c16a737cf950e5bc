/**
 * The resources that a record says it created, by one row of the catalogue. An ARN must be of the record's own
 * partition, region and account, an id must have the form of its type, a region must be one of the partition.
 */
import { type ArnVariables, buildArn, matchArn } from '../catalogue/arn-template.ts';
import type { CatalogueRow } from '../catalogue/row.ts';
import { type Partition, partitionOf } from '../partition.ts';
import { firstValuesAt, valuesAt } from '../path.ts';
import type { CloudTrailRecord } from '../record.ts';
import { InvalidRecord, show } from './invalid-record.ts';

export interface CreatedResource {
  readonly row: CatalogueRow;
  readonly arn: string;
  /** The value of the ARN's last variable: an instance id, a bucket name. */
  readonly id: string;
  readonly region: string;
  /** When the service says that it made it, in epoch milliseconds; many services do not. */
  readonly createdAt: number | undefined;
}

/** What the record says of itself. */
export interface OwnFacts {
  readonly partition: Partition;
  readonly account: string;
  readonly region: string;
}

/** Empty where the record holds no id. Throws InvalidRecord. */
export function readResources(
  record: CloudTrailRecord,
  row: CatalogueRow,
  facts: OwnFacts,
): CreatedResource[] {
  const region = readRegion(record, row, facts);
  const own: ArnVariables = { Partition: facts.partition.name, Region: region, Account: facts.account };
  const found = readArns(record, row, own) ?? buildArns(record, row, own);
  const times = row.createdAtPath === undefined ? [] : valuesAt(record, row.createdAtPath);
  const createdAt = times.length === found.length ? times : []; // else nobody knows which is whose
  return found.map(({ arn, id }, at) => ({
    row,
    arn,
    id,
    region,
    createdAt: epochMilliseconds(createdAt[at]),
  }));
}

/** `EU` is what eu-west-1 was called before there were others (S3 API reference, `CreateBucket`). */
const REGION_ALIASES: Readonly<Record<string, string>> = { EU: 'eu-west-1' };

function readRegion(record: CloudTrailRecord, row: CatalogueRow, facts: OwnFacts): string {
  const [named] = row.regionPath === undefined ? [] : valuesAt(record, row.regionPath);
  if (named === undefined || named === '') return facts.region;
  const region = typeof named === 'string' ? (REGION_ALIASES[named] ?? named) : '';
  if (partitionOf(region) === facts.partition) return region;
  throw new InvalidRecord(
    `${row.regionPath} is ${show(named)}, expected a region of partition ${facts.partition.name}`,
  );
}

interface Found {
  readonly arn: string;
  readonly id: string;
}

function readArns(record: CloudTrailRecord, row: CatalogueRow, own: ArnVariables): Found[] | undefined {
  const values = firstValuesAt(record, row.arnPaths ?? []);
  if (values.length === 0) return undefined;
  return values.map((value) => {
    const match = typeof value === 'string' ? matchArn(row.arn, value, own, row.qualified) : undefined;
    if (match === undefined)
      throw new InvalidRecord(`ARN is ${show(value)}, expected ${expectedArn(row, own)}`);
    return { arn: match.arn, id: Object.values(match.ids).at(-1) ?? match.arn };
  });
}

/** One ARN for each id of the list; a variable with a single value goes with all of them. */
function buildArns(record: CloudTrailRecord, row: CatalogueRow, own: ArnVariables): Found[] {
  const columns = Object.entries(row.ids ?? {}).map(([name, paths]) => ({
    name,
    values: firstValuesAt(record, paths),
  }));
  const length = Math.max(0, ...columns.map(({ values }) => values.length));
  return Array.from({ length }, (_, at) => {
    const ids: Record<string, string> = { ...own };
    for (const { name, values } of columns) {
      const value = values.length === 1 ? values[0] : values[at];
      if (values.length === 0 && name in own) continue;
      if (typeof value !== 'string' || (name in own && value !== own[name])) {
        throw new InvalidRecord(`${name} is ${show(value)}, expected ${own[name] ?? 'a string'}`);
      }
      ids[name] = value;
    }
    const arn = buildArn(row.arn, ids);
    const id = ids[columns.at(-1)?.name ?? ''] ?? '';
    if (arn === undefined) throw new InvalidRecord(`id is ${show(id)}, expected ${expectedArn(row, own)}`);
    return { arn, id };
  });
}

function expectedArn(row: CatalogueRow, own: ArnVariables): string {
  return row.arn.replace(/\{(\w+)\}/g, (variable, name: string) => own[name] ?? variable);
}

function epochMilliseconds(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

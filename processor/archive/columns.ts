/**
 * The columns of the archive, a row each: the lines that the function writes, the table of the Glue Data Catalog and the table of
 * docs/archive.md are made of them. Names are small, as Glue has them; times are texts that sort as they follow each other.
 */
import { servicePrefix } from '../../parser/catalogue/row.ts';
import { creatorKind } from '../../parser/event/creator-kind.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { TagSet } from '../../tag-manager/tags/tag-set.ts';

/** What a line takes that its outcome does not tell. */
export interface Written {
  /** `s3://bucket/key`, or the event by its id. */
  readonly source: string;
  /** ISO 8601, UTC, to the millisecond: one for all lines of an object. */
  readonly ingestionTime: string;
}

export interface Column {
  readonly name: string;
  /** As Glue writes it (Amazon Athena User Guide, "Data types in Amazon Athena"). */
  readonly type: string;
  readonly meaning: string;
  readonly of: (outcome: Outcome, written: Written) => unknown;
}

const TAGS = 'map<string,string>';

export const COLUMNS: readonly Column[] = [
  text('arn', 'the resource', ({ resource }) => resource.arn),
  text('type', 'its type, such as `ec2:volume`', ({ resource }) => resource.row.resourceType),
  text('service', 'its service, by IAM prefix', ({ resource }) => servicePrefix(resource.row)),
  text('account', 'that owns it', ({ creation }) => creation.account),
  text('region', 'where it is', ({ resource }) => resource.region),
  text(
    'outcome',
    'what became of it: `tagged` (it bears the tags, whoever wrote them last), `kept`, `gone`, `deferred`, `failed`',
    ({ outcome }) => shownOutcome(outcome),
  ),
  text('reason', 'why it is not tagged', reasonOf),
  text('creator', 'who made the call: ARN, or the name of a caller that has none', ({ creation }) =>
    textOfCreator(creation.creator),
  ),
  text('creator_name', 'the same in short: session, user or role', ({ creation }) => creation.creator.name),
  text('creator_kind', '`person`, `role`, `service`, `root`, `unknown`', ({ creation }) =>
    creatorKind(creation.record, creation.creator),
  ),
  text(
    'person',
    'the human behind it: by the record, or by who made what it was made for',
    ({ creation, person }) => person ?? creation.creator.person,
  ),
  text(
    'invoked_by',
    'the service that made the call for the creator',
    ({ creation }) => creation.creator.invokedBy ?? '',
  ),
  text(
    'parent',
    'what it was made for, where its request says so',
    ({ creation }) => creation.parent?.arn ?? '',
  ),
  text('parent_type', 'the type of that', ({ creation }) => creation.parent?.resourceType ?? ''),
  text('event_id', "CloudTrail's id of the call", ({ creation }) => creation.eventID),
  text(
    'event_source',
    'where it was made, such as `ec2.amazonaws.com`',
    ({ creation }) => creation.eventSource,
  ),
  text('event_name', 'the call', ({ creation }) => creation.eventName),
  text('event_time', 'when: `2025-03-04T10:17:05Z`', ({ creation }) => creation.eventTime),
  text(
    'source_ip',
    'the address, or the service, that it came from',
    ({ creation }) => creation.sourceIP ?? '',
  ),
  row('tags', TAGS, 'the tags that we want on it', ({ tags }) => objectOf(tags)),
  row(
    'request_tags',
    TAGS,
    'the tags that the request itself set on it',
    ({ creation, resource }) => resource.requestTags ?? creation.requestTags,
  ),
  text('source_file', 'the log file, or the event, that told of it', (_, { source }) => source),
  row(
    'metadata',
    'struct<source_region:string,event_tag:string,ingestion_time:string>',
    'the region of the call; its service and name, as `ec2:CreateVolume`; when the line was written',
    ({ creation, resource }, { ingestionTime }) => ({
      source_region: creation.region,
      event_tag: `${servicePrefix(resource.row)}:${creation.eventName}`,
      ingestion_time: ingestionTime,
    }),
  ),
];

/** The one that the folder of an object tells, and no line. */
export const DAY_COLUMN = {
  name: 'day',
  type: 'string',
  meaning:
    'the day on which CloudTrail delivered the log file, or of the event that came by itself: `2025-03-04`; of the folder',
} as const;

function row(name: string, type: string, meaning: string, of: Column['of']): Column {
  return { name, type, meaning, of };
}

function text(name: string, meaning: string, of: (outcome: Outcome, written: Written) => string): Column {
  return row(name, 'string', meaning, of);
}

/** That an earlier attempt has written them is of no interest years later. */
function shownOutcome(outcome: Outcome['outcome']): string {
  return outcome === 'unchanged' ? 'tagged' : outcome;
}

function reasonOf({ outcome, reason, failure }: Outcome): string {
  if (shownOutcome(outcome) === 'tagged') return '';
  return failure === undefined ? reason : `${failure.error}: ${failure.message}`;
}

function textOfCreator({ arn, name }: Outcome['creation']['creator']): string {
  return arn ?? name;
}

function objectOf(tags: TagSet): Readonly<Record<string, string>> {
  return Object.fromEntries(tags);
}

/** One line of JSON, with its end. */
export function lineOf(outcome: Outcome, written: Written): string {
  const values: Record<string, unknown> = {};
  for (const { name, of } of COLUMNS) values[name] = of(outcome, written);
  return `${JSON.stringify(values)}\n`;
}

/** As docs/archive.md shows them. */
export function columnsTable(): string {
  const rows = [...COLUMNS, DAY_COLUMN].map(
    ({ name, type, meaning }) => `| \`${name}\` | \`${type}\` | ${meaning} |`,
  );
  return ['| column | type | holds |', '|---|---|---|', ...rows].join('\n');
}

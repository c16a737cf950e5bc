/** One resource with what became of it, as a line of a run's `resources.ndjson` and of the CSV of reports. */
import { servicePrefix } from '../../parser/catalogue/row.ts';
import { CREATOR_KINDS, type CreatorKind, creatorKind } from '../../parser/event/creator-kind.ts';
import { OUTCOMES, type Outcome, type OutcomeName } from '../../tag-manager/outcome.ts';

export interface ResourceRow {
  readonly arn: string;
  readonly type: string;
  /** Its IAM prefix. */
  readonly service: string;
  readonly account: string;
  readonly region: string;
  readonly outcome: OutcomeName;
  readonly reason: string;
  /** ARN, or the name of a caller that has none. */
  readonly creator: string;
  readonly creatorKind: CreatorKind;
  readonly person: string;
  readonly eventName: string;
  /** ISO 8601, UTC, to the second. */
  readonly eventTime: string;
  readonly eventID: string;
  readonly file: string;
}

export function rowOf(file: string, { creation, resource, outcome, reason, failure }: Outcome): ResourceRow {
  const { creator, account, eventName, eventTime, eventID, record } = creation;
  return {
    arn: resource.arn,
    type: resource.row.resourceType,
    service: servicePrefix(resource.row),
    account,
    region: resource.region,
    outcome,
    reason: failure === undefined ? reason : `${failure.error}: ${failure.message}`,
    creator: creator.arn ?? creator.name,
    creatorKind: creatorKind(record, creator),
    person: creator.person,
    eventName,
    eventTime,
    eventID,
    file,
  };
}

const TEXTS = ['arn', 'type', 'account', 'region', 'creator', 'eventName', 'eventID', 'file'] as const;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** From a line of JSON. `undefined` where it is no such row. */
export function readRow(value: unknown): ResourceRow | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  const { outcome, creatorKind: kind, reason, person, service, eventTime } = fields;
  if (!isOneOf(outcome, OUTCOME_NAMES) || !TEXTS.every((name) => typeof fields[name] === 'string'))
    return undefined;
  if (typeof eventTime !== 'string' || !TIME.test(eventTime) || Number.isNaN(Date.parse(eventTime)))
    return undefined;
  const texts = Object.fromEntries(TEXTS.map((name) => [name, fields[name]])) as Record<
    (typeof TEXTS)[number],
    string
  >;
  return {
    ...texts,
    service: typeof service === 'string' ? service : (texts.type.split(':')[0] ?? ''),
    outcome,
    reason: typeof reason === 'string' ? reason : '',
    creatorKind: isOneOf(kind, CREATOR_KINDS) ? kind : 'unknown',
    person: typeof person === 'string' ? person : texts.creator,
    eventTime,
  };
}

const OUTCOME_NAMES = Object.keys(OUTCOMES) as OutcomeName[];

function isOneOf<Name extends string>(value: unknown, names: readonly Name[]): value is Name {
  return (names as readonly unknown[]).includes(value);
}

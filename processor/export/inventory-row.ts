/** One resource of the inventory, and its columns, a row each: whatever it is written as has these and no other. docs/export.md shows them. */
import { parseArn } from '../../parser/arn.ts';
import type { InventoryState } from '../../tag-manager/store/inventory.ts';
import { creatorOf } from '../who/kept-creator.ts';
import { typeOf } from './type-of.ts';

/** Texts are empty where nothing is known. */
export interface InventoryRow {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly type: string;
  readonly id: string;
  readonly outcome: string;
  readonly creator: string;
  readonly creatorName: string;
  readonly eventTime: string;
  readonly eventName: string;
  readonly eventID: string;
  readonly tags: Readonly<Record<string, string>>;
}

export type ColumnName = keyof InventoryRow;

interface Column {
  readonly name: ColumnName;
  /** `tags` are a map of text to text. */
  readonly kind: 'text' | 'time' | 'tags';
  /** For users. */
  readonly meaning: string;
}

export const COLUMNS = [
  {
    name: 'arn',
    kind: 'text',
    meaning:
      'its ARN, without the path of IAM names; behind that of a key pair and its like stands the id that its tag call takes',
  },
  { name: 'account', kind: 'text', meaning: 'the account that it is in' },
  { name: 'region', kind: 'text', meaning: 'the region that it is in' },
  { name: 'service', kind: 'text', meaning: 'its service, by IAM prefix: `ec2`' },
  {
    name: 'type',
    kind: 'text',
    meaning: 'service and type, as in the [catalogue](coverage.md): `ec2:instance`',
  },
  { name: 'id', kind: 'text', meaning: 'its id, or its name' },
  {
    name: 'outcome',
    kind: 'text',
    meaning:
      '`tagged`: we wrote its tags; `unchanged`: they were there; `kept`: what is there was left as it is; `undone`: our tags were taken away again; `deleted`, with `--deleted`',
  },
  {
    name: 'creator',
    kind: 'text',
    meaning:
      'who made it: the ARN of the caller, or the name of one that has none; empty of what was deleted, and where its tags are somebody else’s',
  },
  { name: 'creatorName', kind: 'text', meaning: 'what stands behind the last slash or colon of that' },
  {
    name: 'eventTime',
    kind: 'time',
    meaning: 'when: the time of the call, UTC; of what was deleted, that of the deletion',
  },
  { name: 'eventName', kind: 'text', meaning: 'the call: `RunInstances`; `by-hand` where a person named it' },
  { name: 'eventID', kind: 'text', meaning: 'the id of its event in CloudTrail' },
  {
    name: 'tags',
    kind: 'tags',
    meaning: 'the tags that we wrote there last, whatever became of them since; in CSV and Parquet as JSON',
  },
] as const satisfies readonly Column[];

/** The table of docs/export.md. */
export function columnsTable(): string {
  const rows = COLUMNS.map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`);
  return ['| column | holds |', '| --- | --- |', ...rows].join('\n');
}

export function inventoryRow(state: InventoryState): InventoryRow {
  const { name, outcome, user, eventTime, eventName, eventID, id, tags } = state;
  const region = state.region || parseArn(name.arn)?.region || '';
  const { service, type } = typeOf({ ...state, region });
  return {
    arn: name.arn,
    account: name.account,
    region,
    service,
    type,
    id,
    outcome,
    creator: user,
    creatorName: user === '' ? '' : creatorOf(user).name,
    eventTime: Number.isNaN(Date.parse(eventTime)) ? '' : eventTime,
    eventName,
    eventID,
    tags: Object.fromEntries([...tags].toSorted()),
  };
}

/** As CSV and Parquet have them. */
export function tagsText(tags: InventoryRow['tags']): string {
  return Object.keys(tags).length === 0 ? '' : JSON.stringify(tags);
}

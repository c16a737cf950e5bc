/** Checks of the metadata store's table and of the topic of alerts. */
import { EXPIRES_AT, INDEXES, KEY } from '../../../tag-manager/store/table.ts';
import type { Answer } from '../answer.ts';
import type { TableDescription, TableFacts } from '../facts/facts.ts';
import { counted, type Finding, hint, missing, ok, unknown } from '../finding.ts';
import { type CheckRow, GONE } from './check-row.ts';

export const STORE_CHECKS: readonly CheckRow[] = [
  {
    name: 'store.table',
    asks: 'the table of `DYNAMODB_TABLE` is active, with its keys and indexes',
    actions: ['dynamodb:DescribeTable'],
    check: ({ table, settings }) => {
      if (settings.kind !== 'read') return [];
      if (table === undefined) {
        return [
          hint(
            'there is no metadata store: deliveries at one time may name the wrong creator',
            'deploy it with store=true',
          ),
        ];
      }
      return of(table.description, `the table ${table.name}`, (description) =>
        checkTable(table, description),
      );
    },
  },
  ofTable('store.expiry', 'its items expire', ['dynamodb:DescribeTimeToLive'], ({ name, expiry }) =>
    of(expiry, `whether items of ${name} expire`, ({ status, attribute }) =>
      ['ENABLED', 'ENABLING'].includes(status) && attribute === EXPIRES_AT
        ? [ok('its items expire')]
        : [
            missing(
              `items of ${name} do not expire, so it grows for ever`,
              `aws dynamodb update-time-to-live --table-name ${name} --time-to-live-specification Enabled=true,AttributeName=${EXPIRES_AT}`,
            ),
          ],
    ),
  ),
  ofTable(
    'store.recovery',
    'it has point-in-time recovery',
    ['dynamodb:DescribeContinuousBackups'],
    ({ name, recovery }) =>
      of(recovery, `whether ${name} can be recovered`, ({ status }) =>
        status === 'ENABLED'
          ? [ok('it has point-in-time recovery')]
          : [
              missing(
                `${name} has no point-in-time recovery: what somebody deletes is lost`,
                `aws dynamodb update-continuous-backups --table-name ${name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
              ),
            ],
      ),
  ),
];

export const ALERT_CHECKS: readonly CheckRow[] = [
  {
    name: 'alerts.topic',
    asks: 'the topic of alerts is there, and somebody has confirmed a subscription',
    actions: ['sns:GetTopicAttributes'],
    check: ({ topic, settings }) => {
      if (settings.kind !== 'read') return [];
      if (topic === undefined)
        return [hint('SNS_TOPIC_ARN is not set: nobody is told of what fails', 'deploy it with alertEmail')];
      return of(topic.attributes, `the topic ${topic.arn}`, ({ confirmed, pending }) => {
        if (confirmed > 0) return [ok(`alerts go to ${counted(confirmed, 'subscriber')}`)];
        const waits =
          pending > 0 ? `${counted(pending, 'subscription')} still to be confirmed` : 'nobody has subscribed';
        const todo =
          pending > 0
            ? 'follow the link in the e-mail of AWS Notifications'
            : `deploy with alertEmail, or: aws sns subscribe --topic-arn ${topic.arn} --protocol email --notification-endpoint YOU`;
        return [missing(`nobody is told of what fails: ${waits}`, todo)];
      });
    },
  },
];

function ofTable(
  name: CheckRow['name'],
  asks: string,
  actions: readonly string[],
  check: (table: TableFacts) => readonly Finding[],
): CheckRow {
  return {
    name,
    asks,
    actions,
    check: ({ table }) => (table === undefined || table.description.kind === 'absent' ? [] : check(table)),
  };
}

function of<Value>(
  answer: Answer<Value>,
  what: string,
  check: (value: Value) => readonly Finding[],
): readonly Finding[] {
  switch (answer.kind) {
    case 'found':
      return check(answer.value);
    case 'absent':
      return [missing(`${what} is not there`, GONE)];
    case 'unknown':
      return [unknown(what, answer)];
  }
}

function checkTable({ name }: TableFacts, { status, keys, indexes }: TableDescription): readonly Finding[] {
  const again =
    'make its indexes again, or, where its keys differ, deploy the stack anew: it gets a new table';
  if (!['ACTIVE', 'UPDATING'].includes(status))
    return [missing(`the table ${name} is ${status}`, 'wait, or deploy it again')];
  if (!isEqual(keys, KEY)) {
    return [
      missing(
        `the table ${name} has the keys ${keys.join(', ')}, and expected are ${Object.values(KEY).join(', ')}`,
        again,
      ),
    ];
  }
  const lacking = Object.entries(INDEXES).filter(
    ([index, expected]) => !isEqual(indexes[index] ?? [], expected),
  );
  if (lacking.length === 0) return [ok(`the table ${name} is active, with its keys and indexes`)];
  return [missing(`the table ${name} lacks the index ${lacking.map(([index]) => index).join(', ')}`, again)];
}

function isEqual(
  names: readonly string[],
  { partition, sort }: { readonly partition: string; readonly sort: string },
) {
  return names.join() === [partition, sort].join();
}

/** Checks of the log buckets: what a bucket tells must come to us. */
import { foundIn } from '../answer.ts';
import type { Facts, LogBucketFacts } from '../facts/facts.ts';
import { type Finding, hint, missing, ok, unknown } from '../finding.ts';
import type { CheckRow } from './check-row.ts';
import { waysFrom } from './ways.ts';

export const LOG_CHECKS: readonly CheckRow[] = [
  {
    name: 'logs.bucket',
    asks: 'each bucket of `LOG_BUCKETS` is there, and is owned by the account that it should be',
    actions: ['s3:GetBucketNotification'],
    check: ({ settings, logs, place }) => {
      if (settings.kind !== 'read') return [];
      if (logs.length === 0) {
        return [
          hint(
            'LOG_BUCKETS is *: no bucket is looked at, and files of any bucket are believed',
            'name the buckets',
          ),
        ];
      }
      return logs.map((bucket) => checkBucket(bucket, place.account));
    },
  },
  {
    name: 'logs.told',
    asks: "a new log file is told to the work queue or the function: by the bucket, its or the trail's topic, or EventBridge; filters let it through",
    actions: [
      's3:GetBucketNotification',
      'sns:ListSubscriptionsByTopic',
      'events:ListRuleNamesByTarget',
      'events:DescribeRule',
      'lambda:GetPolicy',
    ],
    check: (facts) => facts.logs.flatMap((bucket) => checkTold(bucket, facts)),
  },
];

function checkBucket({ name, owner, notification }: LogBucketFacts, account: string): Finding {
  switch (notification.kind) {
    case 'found':
      return ok(`the bucket ${name} is there`);
    case 'absent':
      return missing(
        `there is no bucket ${name}`,
        'name the bucket of the trail: logBucketName, or LOG_BUCKETS',
      );
    case 'unknown': {
      const todo = `ask its owner, who should be account ${owner} (logBucketAccount, or LOG_BUCKETS: name=account)`;
      const isOurs = owner === account;
      return isOurs
        ? unknown(`the bucket ${name}`, notification)
        : unknown(`the bucket ${name}`, notification, todo);
    }
  }
}

const HOW = 'add the notification (docs/deployment.md, "A trail and bucket that are there already")';

function checkTold(bucket: LogBucketFacts, facts: Facts): readonly Finding[] {
  const { name, notification, rules } = bucket;
  if (notification.kind === 'absent') return [];
  const { mappings } = facts.function;
  if (mappings.kind === 'unknown') return [unknown(`whether ${name} tells of new log files`, mappings)];
  const ways = waysFrom(bucket, facts);
  const open = ways.find(({ problem }) => problem === undefined);
  if (open !== undefined) return [ok(`${name}: ${open.told}`)];
  for (const { told, problem } of ways) {
    if (typeof problem === 'string') return [missing(`${name}: ${told}, but ${problem}`, HOW)];
  }
  for (const { told, problem } of ways) {
    if (typeof problem === 'object') return [unknown(`whether ${told}`, problem)];
  }
  const cause = [notification, rules].find(({ kind }) => kind === 'unknown');
  if (cause?.kind === 'unknown') return [unknown(`whether ${name} tells of new log files`, cause)];
  if (!facts.queues.some(({ role }) => role === 'work')) {
    const why = 'no queue but the retry queue invokes the function, so the work queue is not known';
    return [unknown(`whether ${name} tells of new log files`, { why, todo: 'mend function.sources first' })];
  }
  const isOn = foundIn(notification)?.eventBridge === true;
  const rule = isOn
    ? 'EventBridge is on for it, but no rule sends to the work queue'
    : 'it tells nobody that leads to the work queue';
  return [missing(`${name}: ${rule}`, isOn ? 'deploy with trigger=eventbridge, or add the rule' : HOW)];
}

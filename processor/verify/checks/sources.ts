/** Checks of what invokes the function, and how many of it at once. */
import { foundIn } from '../answer.ts';
import type { Facts, Mapping } from '../facts/facts.ts';
import { type Finding, hint, missing, nameOf, ok, unknown } from '../finding.ts';
import type { CheckRow } from './check-row.ts';

export const SOURCE_CHECKS: readonly CheckRow[] = [
  {
    name: 'function.concurrency',
    asks: '`RESERVED_CONCURRENCY`, by which its pace is divided, is what is reserved for it, or what its queues may invoke at once',
    actions: ['lambda:GetFunctionConcurrency', 'lambda:ListEventSourceMappings'],
    check: checkConcurrency,
  },
  {
    name: 'function.sources',
    asks: 'both queues invoke it: enabled, with partial batch responses, and with a maximum concurrency',
    actions: ['lambda:ListEventSourceMappings'],
    check: ({ function: { mappings }, ...facts }) => {
      if (facts.settings.kind !== 'read') return [];
      if (mappings.kind === 'unknown') return [unknown('what invokes it', mappings)];
      const found = foundIn(mappings) ?? [];
      const wrong = [...unlinked(found, facts), ...found.flatMap((mapping) => checkMapping(mapping))];
      return wrong.length > 0
        ? wrong
        : [ok(`its queues invoke it: ${found.map(({ queueArn }) => nameOf(queueArn)).join(', ')}`)];
    },
  },
];

export const START = 'update the stack with Running=yes (docs/deployment.md, "Stop it at once")';

function checkConcurrency({ function: deployed, settings, place }: Facts): readonly Finding[] {
  const { reserved, mappings } = deployed;
  if (settings.kind !== 'read' || reserved.kind !== 'found' || reserved.value === 0) return [];
  const { handlers } = settings.settings.pace;
  if (reserved.value === handlers)
    return [ok(`${handlers} are reserved for it, by which its pace is divided`)];
  const reserve = `aws lambda put-function-concurrency --function-name ${place.functionName} --reserved-concurrent-executions ${handlers}`;
  if (reserved.value !== undefined) {
    const what = `RESERVED_CONCURRENCY is ${handlers}, and ${reserved.value} are reserved for it: the pace is wrong`;
    return [missing(what, `deploy it with concurrency=${reserved.value}, or: ${reserve}`)];
  }
  if (mappings.kind !== 'found') return [];
  const most = mappings.value.reduce((sum, each) => sum + (each.maximumConcurrency ?? Infinity), 0);
  if (most <= handlers) {
    return [ok(`its queues invoke ${most} at once at most, and the pace is divided by ${handlers}`)];
  }
  const many = Number.isFinite(most) ? String(most) : 'any number';
  const what = `RESERVED_CONCURRENCY is ${handlers}, nothing is reserved, and its queues may invoke ${many} at once: it would call too fast`;
  return [missing(what, reserve)];
}

function unlinked(found: readonly Mapping[], { queues, place }: Omit<Facts, 'function'>): readonly Finding[] {
  return (['work', 'retry'] as const).flatMap((role) => {
    const arns = queues.flatMap((queue) => (queue.role === role ? queue.arn : []));
    if (found.some(({ queueArn }) => arns.includes(queueArn))) return [];
    const [arn = `the ${role} queue's ARN`] = arns;
    const make = `aws lambda create-event-source-mapping --function-name ${place.functionName} --event-source-arn ${arn} --function-response-types ReportBatchItemFailures`;
    return missing(`the ${role} queue does not invoke it`, make);
  });
}

const ON: ReadonlySet<string> = new Set(['Enabled', 'Enabling', 'Creating', 'Updating']);

function checkMapping(mapping: Mapping): readonly Finding[] {
  const { id, queueArn, state, reportsFailures, maximumConcurrency } = mapping;
  const queue = `the queue ${nameOf(queueArn)}`;
  const update = `aws lambda update-event-source-mapping --uuid ${id}`;
  return [
    ...(ON.has(state)
      ? []
      : [
          missing(
            `${queue} does not invoke it: the event source mapping is ${state}`,
            `${START}; if the stack is so already: ${update} --enabled`,
          ),
        ]),
    ...(reportsFailures
      ? []
      : [
          missing(
            `${queue} takes no partial batch responses: one file that fails brings all others again`,
            `${update} --function-response-types ReportBatchItemFailures`,
          ),
        ]),
    ...(maximumConcurrency === undefined
      ? [
          hint(
            `${queue} may invoke any number at once: others are turned away`,
            `${update} --scaling-config MaximumConcurrency=8`,
          ),
        ]
      : []),
  ];
}

/** Checks of the function itself. */
import { foundIn } from '../answer.ts';
import type { Facts } from '../facts/facts.ts';
import { type Finding, hint, missing, ok, unknown } from '../finding.ts';
import type { CheckRow } from './check-row.ts';

/** Chosen by measurement (bench/RESULTS.md); with less, a batch of large files may not fit. */
const MEMORY_MIB = 512;
/** A large file takes so long where AWS throttles. */
const LEAST_TIMEOUT_SECONDS = 60;
const RUNTIME = 'nodejs24.x';

export const FUNCTION_CHECKS: readonly CheckRow[] = [
  {
    name: 'function.state',
    asks: 'the function is there, is active, and its last update went well',
    actions: ['lambda:GetFunctionConfiguration'],
    check: ({ function: { configuration }, place: { functionName, region } }) => {
      switch (configuration.kind) {
        case 'unknown':
          return [
            unknown(
              `the function ${functionName}`,
              configuration,
              'have that action allowed for you: without it nothing can be checked',
            ),
          ];
        case 'absent': {
          const what = `there is no function ${functionName} in ${region}`;
          return [missing(what, 'deploy it (docs/deployment.md), or name it by --function and --region')];
        }
        case 'found': {
          const { state, stateReason, lastUpdate, runtime, memoryMiB, timeoutSeconds } = configuration.value;
          const isWell = ['Active', 'Inactive'].includes(state) && lastUpdate !== 'Failed';
          const shape = `${runtime}, ${memoryMiB} MB, ${timeoutSeconds} s`;
          return isWell
            ? [ok(`${functionName} is there: ${shape}`)]
            : [
                missing(
                  `${functionName} is ${state}, its last update ${lastUpdate} ${stateReason}`.trim(),
                  'wait until it is active, else deploy it again',
                ),
              ];
        }
      }
    },
  },
  {
    name: 'function.size',
    asks: `it runs on ${RUNTIME} with ${MEMORY_MIB} MB or more, for ${LEAST_TIMEOUT_SECONDS} seconds or longer`,
    actions: ['lambda:GetFunctionConfiguration'],
    check: ({ function: { configuration } }) => {
      const value = foundIn(configuration);
      if (value === undefined) return [];
      const { runtime, memoryMiB, timeoutSeconds } = value;
      return [
        ...(runtime === RUNTIME
          ? []
          : [hint(`it runs on ${runtime}, and is made for ${RUNTIME}`, 'deploy it again')]),
        ...(memoryMiB >= MEMORY_MIB
          ? []
          : [
              hint(
                `it has ${memoryMiB} MB, and was measured with ${MEMORY_MIB}`,
                'deploy it with memoryMiB=512 or more',
              ),
            ]),
        ...(timeoutSeconds >= LEAST_TIMEOUT_SECONDS
          ? []
          : [
              hint(
                `its time limit is ${timeoutSeconds} s: large files take several invocations`,
                'deploy it with timeoutSeconds=300',
              ),
            ]),
      ];
    },
  },
  {
    name: 'function.settings',
    asks: 'its environment can be read, by the code that the function reads it with; whether it only pretends (`DRY_RUN`)',
    actions: ['lambda:GetFunctionConfiguration'],
    check: ({ settings }) => {
      switch (settings.kind) {
        case 'none':
          return [];
        case 'refused':
          return [
            missing(
              settings.problem,
              'mend it and deploy again (docs/configuration.md); what it names is not checked before',
            ),
          ];
        case 'read':
          return settings.settings.tags.dryRun
            ? [
                hint(
                  'its settings can be read; DRY_RUN is true, so nothing is tagged',
                  'deploy without DRY_RUN to begin',
                ),
              ]
            : [ok('its settings can be read')];
      }
    },
  },
  {
    name: 'function.running',
    asks: 'it is not stopped: its reserved concurrency is not 0',
    actions: ['lambda:GetFunctionConcurrency'],
    check: ({ function: { reserved, configuration } }) => {
      if (configuration.kind === 'absent') return [];
      if (reserved.kind === 'unknown') return [unknown('whether it is stopped', reserved)];
      if (foundIn(reserved) !== 0) return [ok('it is not stopped')];
      return [
        missing(
          'it is stopped: its reserved concurrency is 0',
          'update the stack with Running=yes (docs/deployment.md, "Stop it at once")',
        ),
      ];
    },
  },
  {
    name: 'function.concurrency',
    asks: '`RESERVED_CONCURRENCY`, by which its pace is divided, is what is reserved for it, or what its queues may invoke at once',
    actions: ['lambda:GetFunctionConcurrency', 'lambda:ListEventSourceMappings'],
    check: (facts) => checkConcurrency(facts),
  },
  {
    name: 'function.sources',
    asks: 'both queues invoke it: enabled, with partial batch responses, and with a maximum concurrency',
    actions: ['lambda:ListEventSourceMappings'],
    check: (facts) => checkSources(facts),
  },
];

function checkConcurrency({ function: { reserved, mappings }, settings }: Facts): readonly Finding[] {
  if (settings.kind !== 'read' || reserved.kind !== 'found') return [];
  const { handlers } = settings.settings.pace;
  const todo = 'deploy it again: concurrency sets both';
  const { value } = reserved;
  if (value === 0) return [];
  if (value !== undefined) {
    return value === handlers
      ? [ok(`the pace is divided by ${handlers}, which is what is reserved for it`)]
      : [
          missing(
            `RESERVED_CONCURRENCY is ${handlers}, and ${value} are reserved for it: the pace is wrong`,
            todo,
          ),
        ];
  }
  const most = (foundIn(mappings) ?? []).reduce(
    (sum, each) => sum + (each.maximumConcurrency ?? Infinity),
    0,
  );
  return most <= handlers
    ? [
        ok(
          `the pace is divided by ${handlers}; nothing is reserved, and its queues invoke ${most} at once at most`,
        ),
      ]
    : [
        missing(
          `RESERVED_CONCURRENCY is ${handlers}, nothing is reserved, and its queues may invoke ${Number.isFinite(most) ? most : 'any number'} at once: it would call too fast`,
          todo,
        ),
      ];
}

function checkSources({
  function: { mappings, configuration },
  queues,
  settings,
}: Facts): readonly Finding[] {
  if (configuration.kind === 'absent' || settings.kind === 'none') return [];
  if (mappings.kind === 'unknown') return [unknown('what invokes it', mappings)];
  const found = foundIn(mappings) ?? [];
  const again = 'deploy it again: the stack makes both event source mappings';
  const lacking = (['work', 'retry'] as const).filter((role) => {
    const arns = queues.flatMap((queue) => (queue.role === role ? queue.arn : []));
    return !found.some(({ queueArn }) => arns.includes(queueArn));
  });
  const findings = found.flatMap((mapping) => {
    const { queueArn, state, reportsFailures, maximumConcurrency } = mapping;
    const name = queueArn.split(':').at(-1) ?? queueArn;
    return [
      ...(['Enabled', 'Enabling', 'Creating', 'Updating'].includes(state)
        ? []
        : [
            missing(
              `the queue ${name} does not invoke it: the event source mapping is ${state}`,
              'update the stack with Running=yes (docs/deployment.md, "Stop it at once")',
            ),
          ]),
      ...(reportsFailures
        ? []
        : [missing(`the queue ${name} takes no partial batch responses (ReportBatchItemFailures)`, again)]),
      ...(maximumConcurrency === undefined
        ? [hint(`the queue ${name} may invoke any number at once: others are turned away`, again)]
        : []),
    ];
  });
  const unlinked =
    settings.kind === 'read'
      ? lacking.map((role) => missing(`the ${role} queue does not invoke it`, again))
      : [];
  const all = [...unlinked, ...findings];
  return all.length > 0
    ? all
    : [ok(`its queues invoke it: ${found.map(({ queueArn }) => queueArn.split(':').at(-1)).join(', ')}`)];
}

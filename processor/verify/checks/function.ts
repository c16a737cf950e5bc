/** Checks of the function itself. */
import { foundIn } from '../answer.ts';
import { hint, missing, ok, unknown } from '../finding.ts';
import type { CheckRow } from './check-row.ts';
import { START } from './sources.ts';

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
      return [missing('it is stopped: its reserved concurrency is 0', START)];
    },
  },
];

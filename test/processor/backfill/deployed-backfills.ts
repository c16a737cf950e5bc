/** Years of logs, and a deployment whose function of backfills runs in this process: the engines of the sandbox invoke it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect } from '@jest/globals';
import type { TaggingRuntime } from '../../../processor/runtime/runtime.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { NO_DEADLINE } from '../../helpers/deadlines.ts';
import { pointSdkAt, UNPACED } from '../../helpers/environment.ts';
import type { RunWorld } from './kept-run.ts';
import { BUCKET, type MadeLogs, OWN, putYearsOfLogs, ROLE, type YearsOfLogs } from './years-of-logs.ts';

export const REGION = 'eu-west-1';
export const BACKFILLS = 'backfills';
export const FUNCTION = `arn:aws:lambda:${REGION}:${OWN}:function:auto-tagger-backfill`;
export const FUNCTION_ROLE = `arn:aws:iam::${OWN}:role/auto-tagger-function`;
/** Whose credentials the command line has. */
export const OPERATOR = { type: 'IAMUser', account: OWN, userName: 'ops' } as const;
/** Of the function. */
export const SETTINGS = { LOG_BUCKETS: BUCKET, MEMBER_ROLE_NAME: ROLE, BACKFILL_BUCKET: BACKFILLS };

type Invoke = (event: unknown) => Promise<unknown>;

export interface DeployedWorld extends RunWorld, MadeLogs {
  /** The function, as Lambda calls it. */
  readonly call: Invoke;
  /** What engines call in its place. */
  onInvoke: Invoke;
}

/** Gives a function that makes such a world; those of a test are closed behind it, the last one first. */
export function deploysBackfills() {
  const folder = mkdtempSync(join(tmpdir(), 'deployed-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let worlds = 0;
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  return async (logs: YearsOfLogs, settings = SETTINGS): Promise<DeployedWorld> => {
    const sandbox = await startSandbox({
      records: false,
      secondMs: 0,
      invoke(functionArn, event) {
        expect(functionArn).toBe(FUNCTION);
        return world.onInvoke(event);
      },
    });
    sandbox.putBucket({ name: BACKFILLS, account: OWN, region: REGION });
    sandbox.putResource({
      arn: FUNCTION,
      details: {
        FunctionName: 'auto-tagger-backfill',
        FunctionArn: FUNCTION,
        Role: FUNCTION_ROLE,
        Environment: { Variables: settings },
      },
    });
    const restore = pointSdkAt(sandbox, OPERATOR, REGION);
    // They read the environment, which is set now.
    const { handle } = await import('../../../processor/handler.ts');
    const { createTaggingRuntime } = await import('../../../processor/runtime/runtime.ts');
    const { readSettings } = await import('../../../processor/runtime/settings.ts');
    let runtime: TaggingRuntime | undefined;
    const call: Invoke = async (event) => {
      const read = readSettings({ AWS_REGION: REGION, ...UNPACED, ...settings }, 'function');
      runtime ??= createTaggingRuntime(read, { ownAccount: OWN, region: REGION, onRefused: () => {} });
      return asJson(await handle(asJson(event), runtime, NO_DEADLINE));
    };
    closers.push(async () => {
      runtime?.destroy();
      restore();
      await sandbox.close();
    });
    const runs = join(folder, `runs-${worlds++}`);
    const world: DeployedWorld = { sandbox, runs, ...putYearsOfLogs(sandbox, logs), call, onInvoke: call };
    return world;
  };
}

/** As it comes out at the other end of the wire. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

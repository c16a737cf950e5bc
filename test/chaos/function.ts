/**
 * The deployed function, as Lambda runs it: in environments with credentials of their own, each with one invocation at a
 * time. One that crashes is gone, with all that it had in memory; its event comes again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createDeadline } from '../../processor/runtime/deadline.ts';
import type { TaggingRuntime } from '../../processor/runtime/runtime.ts';
import type { Identity, Sandbox } from '../../sandbox/sandbox.ts';
import { pointSdkAt, UNPACED } from '../helpers/environment.ts';
import { type Chaos, SLOW_ANSWER_MS } from './faults.ts';
import type { Random } from './random.ts';
import type { Counts } from './report.ts';

process.env.POWERTOOLS_METRICS_DISABLED = 'true'; // standard output is for the report

/** Of the fast time; `processor/runtime/deadline.ts` keeps some of it back. */
const TIME_OUT_MS = 100_000;

const CRASH_PROBABILITY = 0.15;

/** Calls of an invocation until it crashes: a few files make a dozen or more. */
const MAX_CALLS_BEFORE_CRASH = 15;

export type Ended =
  | { readonly kind: 'answered'; readonly answer: unknown }
  /** It threw, or nobody heard of it again. */
  | { readonly kind: 'failed' };

export interface DeployedFunction {
  invoke(event: unknown): Promise<Ended>;
  close(): void;
}

export interface FunctionOptions {
  readonly sandbox: Sandbox;
  readonly account: string;
  readonly region: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly chaos: Chaos;
  readonly random: Random;
  readonly counts: Counts;
  /** Hears of the access key of each environment. */
  readonly onEnvironment: (accessKeyId: string) => void;
}

interface Environment {
  readonly accessKeyId: string;
  readonly runtime: TaggingRuntime;
}

/** Of the SDK: failures are answered at once, and no call is given up in fast time. */
const LIMITS = { maxAttempts: 1, connectionTimeoutMs: 400_000, requestTimeoutMs: 400_000 };

export async function deployFunction(options: FunctionOptions): Promise<DeployedFunction> {
  const { sandbox, account, region, settings, chaos, random, counts, onEnvironment } = options;
  const idle: Environment[] = [];
  let count = 0;
  let putBack = pointSdkAt(sandbox, { account, type: 'Root' }, region);

  // They read the environment of the process, which is set now.
  const { createTaggingRuntime } = await import('../../processor/runtime/runtime.ts');
  const { readSettings } = await import('../../processor/runtime/settings.ts');
  const { handle } = await import('../../processor/handler.ts');

  async function begin(): Promise<Environment> {
    count++;
    const identity: Identity = {
      account,
      type: 'AssumedRole',
      roleName: 'auto-tagger',
      sessionName: `environment-${count}`,
    };
    putBack();
    putBack = pointSdkAt(sandbox, identity, region);
    const { accessKeyId } = sandbox.credentials(identity);
    const runtime = createTaggingRuntime(readSettings({ ...UNPACED, ...settings }, 'function'), {
      ownAccount: account,
      region,
      onRefused: () => {},
      limits: LIMITS,
    });
    // Credentials are read when the first call is made: before the next environment has its own.
    const nothing = { prefix: 'nothing/' };
    await runtime.logs.list(settings.LOG_BUCKETS ?? '', nothing, new AbortController().signal);
    onEnvironment(accessKeyId);
    return { accessKeyId, runtime };
  }

  /** One at a time: environments of the process are made one after the other. */
  let begun: Promise<unknown> = Promise.resolve();
  function environment(): Promise<Environment> {
    const known = random.chance(0.1) ? undefined : idle.pop();
    if (known !== undefined) return Promise.resolve(known);
    const next = begun.then(begin);
    begun = next;
    return next;
  }

  return {
    async invoke(event) {
      const used = await environment();
      const { accessKeyId, runtime } = used;
      counts.add('deliveries');
      const crashes = random.chance(CRASH_PROBABILITY * chaos.level);
      chaos.crashAfter(
        accessKeyId,
        crashes ? random.below(MAX_CALLS_BEFORE_CRASH) : Number.POSITIVE_INFINITY,
      );
      const deadline = createDeadline(TIME_OUT_MS);
      const ended = await handle(event, runtime, deadline).then(
        (answer): Ended => ({ kind: 'answered', answer }),
        (): Ended => ({ kind: 'failed' }),
      );
      deadline.clear();
      // A call that was cut off takes effect a moment later, and not after the next jump of time.
      if (deadline.work.aborted || chaos.isDead(accessKeyId)) await sleep(SLOW_ANSWER_MS * 2);
      if (chaos.isDead(accessKeyId)) {
        runtime.destroy();
        return { kind: 'failed' };
      }
      idle.push(used);
      return ended;
    },
    close() {
      for (const { runtime } of idle) runtime.destroy();
      putBack();
    },
  };
}

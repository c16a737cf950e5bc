/**
 * Pace: four handlers at once, each with its quarter of our half of what AWS allows, against token buckets at the rates
 * that AWS publishes; a customer uses the other half the whole time. How much longer that takes than it must, and how
 * often the customer is throttled.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ratesTimes, startSandbox } from '../sandbox/sandbox.ts';
import { type Outcomes, sum } from './pace-handler.ts';
import { ACCOUNT, bestOf, HOME_REGION, LOG_BUCKET, putLoad, startCustomer } from './pace-load.ts';

const HANDLERS = 4;

/** Of all rates, so that the run is short and two cores are not what it waits for. */
const FACTOR = 4;
const SHARE = 0.5;

export async function benchPace(RESOURCES = 10_000) {
  const sandbox = await startSandbox({ throttle: ratesTimes(FACTOR) });
  const children: ChildProcess[] = [];
  try {
    const keys = putLoad(sandbox, RESOURCES, HANDLERS);
    const credentials = sandbox.credentials({
      type: 'AssumedRole',
      account: ACCOUNT,
      roleName: 'auto-tagger',
      sessionName: 'bench',
    });
    const env = environmentOf(sandbox.endpoint, credentials);
    for (let handler = 0; handler < HANDLERS; handler++) children.push(start(env));
    await Promise.all(children.map((child) => once(child, 'message')));

    const pace = { share: SHARE, handlers: HANDLERS, factor: FACTOR };
    const customer = startCustomer(sandbox, pace);
    const startedAt = performance.now();
    const outcomes = sum(await Promise.all(children.map((child, at) => work(child, keys[at] ?? []))));
    const seconds = (performance.now() - startedAt) / 1_000;
    const { calls, throttled } = customer.stop();

    if (outcomes.tagged !== RESOURCES) {
      throw new Error(`expected ${RESOURCES} tagged resources, got ${JSON.stringify(outcomes)}`);
    }
    const best = bestOf(RESOURCES, pace);
    const ours = sandbox.requests.filter(({ errorCode }) => THROTTLED.test(errorCode ?? ''));
    return {
      vsBest: seconds / best.seconds,
      customerThrottled: throttled.length,
      customerCalls: calls,
      oursThrottled: ours.length,
      ourCalls: sandbox.requests.length,
      resources: RESOURCES,
      factor: FACTOR,
      seconds: { ours: seconds, best: best.seconds },
      bottleneck: best.bottleneck,
    };
  } finally {
    for (const child of children) child.kill();
    await sandbox.close();
  }
}

const THROTTLED = /Throttl|SlowDown|RequestLimitExceeded|TooManyRequests/;

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

function environmentOf(endpoint: string, credentials: Credentials): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: HOME_REGION,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    LOG_BUCKETS: LOG_BUCKET,
    RATE_SHARE: String(SHARE),
    RATE_FACTOR: String(FACTOR),
    RESERVED_CONCURRENCY: String(HANDLERS),
    PACE_HANDLER: 'true',
    POWERTOOLS_METRICS_DISABLED: 'true', // standard output is for the figures
  };
}

function start(env: NodeJS.ProcessEnv): ChildProcess {
  const file = fileURLToPath(new URL('pace-handler.ts', import.meta.url));
  return fork(file, [], { env, execArgv: ['--no-warnings'] });
}

async function work(child: ChildProcess, keys: readonly string[]): Promise<Outcomes> {
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`a handler ended with ${code}`);
  });
  failed.catch(() => {}); // it ends when all is done, too
  const answered = once(child, 'message');
  child.send(keys);
  const [outcomes] = await Promise.race([answered, failed]);
  return outcomes as Outcomes;
}

/** The pace, small: four handlers in one process, against the rates that AWS publishes, a customer beside them. */
import { expect, test } from '@jest/globals';
import './helpers/one-realm.ts';
import { ACCOUNT, HOME_REGION, LOG_BUCKET, putLoad, startCustomer } from '../bench/pace-load.ts';
import { ratesTimes, startSandbox } from '../sandbox/sandbox.ts';
import { pointSdkAt } from './helpers/environment.ts';

const RESOURCES = 320;
const PACE = { share: 0.5, handlers: 4, factor: 3 };

test('four busy handlers and a customer with the other half: nobody is throttled, and all is tagged', async () => {
  const sandbox = await startSandbox({ throttle: ratesTimes(PACE.factor) });
  const identity = {
    type: 'AssumedRole',
    account: ACCOUNT,
    roleName: 'auto-tagger',
    sessionName: 'pace',
  } as const;
  const putBack = pointSdkAt(sandbox, identity, HOME_REGION, { POWERTOOLS_METRICS_DISABLED: 'true' });
  const { doFiles, sum } = await import('../bench/pace-handler.ts'); // reads the environment, which is set now
  const customer = startCustomer(sandbox, PACE);
  try {
    const keys = putLoad(sandbox, RESOURCES, PACE.handlers);
    const env = {
      LOG_BUCKETS: LOG_BUCKET,
      AWS_REGION: HOME_REGION,
      RATE_SHARE: String(PACE.share),
      RATE_FACTOR: String(PACE.factor),
      RESERVED_CONCURRENCY: String(PACE.handlers),
    };
    const outcomes = sum(await Promise.all(keys.map((own) => doFiles(own, env))));
    expect(outcomes).toEqual({ tagged: RESOURCES });
    const refused = sandbox.requests.filter(({ errorCode }) => errorCode !== undefined);
    expect(refused.map(({ service, operation, errorCode }) => [service, operation, errorCode])).toEqual(
      refused.filter(({ errorCode }) => errorCode === 'NoSuchTagSet').map(() => expect.anything()),
    );
    expect(customer.stop().throttled).toEqual([]);
  } finally {
    customer.stop();
    putBack();
    await sandbox.close();
  }
});

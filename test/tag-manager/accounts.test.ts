/** Credentials of other accounts: asked for once, kept, renewed in time, refused and remembered; at the wire. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Identity, type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type AccountRefusal, type Accounts, createAccounts } from '../../tag-manager/calls/accounts.ts';
import { assumeRole, type MemberRole } from '../../tag-manager/calls/assume-role.ts';
import { CallError } from '../../tag-manager/calls/call-failure.ts';
import { type Calls, createCalls } from '../../tag-manager/calls/calls.ts';
import { TimeUpError } from '../../tag-manager/calls/stop.ts';
import { pointSdkAt } from '../helpers/environment.ts';
import { putBehindHosts } from '../helpers/real-hosts.ts';

const OWN = '111122223333';
const OTHER = '444455556666';
const REGION = 'eu-west-1';
const FUNCTION: Identity = {
  account: OWN,
  type: 'AssumedRole',
  roleName: 'auto-tagger',
  sessionName: 'function',
};
const ROLE: MemberRole = { name: 'team/auto-tagger', externalId: 'orders-7', sessionName: 'auto-tagger' };
const arnOf = (account: string) => `arn:aws:iam::${account}:role/team/auto-tagger`;
const roleOf = (account: string) =>
  sandbox.allowRole(arnOf(account), { accounts: [OWN], externalId: 'orders-7' });

let sandbox: Sandbox;
let putBack: () => void;
let calls: Calls;
let accounts: Accounts;
let refusals: AccountRefusal[];
let now: number;
let before: number;
const forever = new AbortController().signal;

beforeAll(async () => {
  sandbox = await startSandbox();
  putBack = pointSdkAt(sandbox, FUNCTION, REGION);
});
afterAll(async () => {
  putBack();
  await sandbox.close();
});

beforeEach(() => {
  now = Date.now();
  before = sandbox.requests.length;
  refusals = [];
  roleOf(OTHER);
  ({ calls, accounts } = open());
});
afterEach(() => {
  accounts.destroy();
  calls.destroy();
  sandbox.faults.clear();
});

function open(role = ROLE) {
  const { accessKeyId, secretAccessKey, sessionToken = '' } = sandbox.credentials(FUNCTION);
  const own = { accessKeyId, secretAccessKey, sessionToken };
  const credentials = async () => own;
  const opened = createCalls({
    credentialsFor: () => credentials,
    concurrency: 1,
    limits: { maxAttempts: 1, connectionTimeoutMs: 1_000, requestTimeoutMs: 10_000 },
  });
  const members = {
    role,
    partition: 'aws',
    assume: (arn: string, which: MemberRole, signal: AbortSignal) =>
      assumeRole(opened, { arn, role: which, region: REGION }, signal),
    onRefused: (refusal: AccountRefusal) => refusals.push(refusal),
    now: () => now,
  };
  return { calls: opened, accounts: createAccounts({ own: OWN, credentials, members }) };
}

const asked = () => sandbox.requests.slice(before).filter(({ operation }) => operation === 'AssumeRole');
const minutesLater = (minutes: number) => {
  now += minutes * 60_000;
};
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (error instanceof CallError ? error.failure : error),
  );

describe('the role of an account', () => {
  test('is assumed by its computed ARN, with external id and session name, in our own region', async () => {
    await accounts.credentialsFor(OTHER)();
    expect(asked()).toMatchObject([
      {
        account: OWN,
        region: REGION,
        input: { RoleArn: arnOf(OTHER), ExternalId: 'orders-7', RoleSessionName: 'auto-tagger' },
      },
    ]);
  });

  test('is assumed at the regional host of STS', async () => {
    delete process.env.AWS_ENDPOINT_URL;
    const putHostsBack = putBehindHosts(sandbox);
    await accounts.credentialsFor(OTHER)();
    putHostsBack();
    process.env.AWS_ENDPOINT_URL = sandbox.endpoint;
    expect(asked()).toMatchObject([{ host: `sts.${REGION}.amazonaws.com` }]);
  });

  test('is assumed once for fifty that ask at the same moment', async () => {
    sandbox.faults.add({ operation: 'AssumeRole', effect: { delayMs: 20 } });
    const all = await Promise.all(Array.from({ length: 50 }, () => accounts.credentialsFor(OTHER)()));
    expect(new Set(all.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
    expect(asked()).toHaveLength(1);
  });

  test('is assumed anew five minutes before its credentials expire, and not earlier', async () => {
    const provide = accounts.credentialsFor(OTHER);
    const first = await provide();
    minutesLater(54);
    expect(await provide()).toBe(first);
    minutesLater(1.1);
    const second = await Promise.all([provide(), provide()]);
    expect(asked()).toHaveLength(2);
    expect(second[1]).toBe(second[0]);
    expect(second[0]).not.toBe(first);
  });

  test('of eight accounts at most is asked for at once', async () => {
    const many = Array.from({ length: 30 }, (_, at) => String(444455550000 + at));
    for (const account of many) roleOf(account);
    sandbox.faults.add({ operation: 'AssumeRole', effect: { delayMs: 30 } });
    await Promise.all(many.map((account) => accounts.refused(account, forever)));
    expect(asked()).toHaveLength(30);
    const most = Math.max(...asked().map(({ inFlight }) => inFlight));
    expect(most).toBeLessThanOrEqual(8);
    expect(most).toBeGreaterThan(1); // a busy machine may never see all of them
  });
});

describe('nobody is asked', () => {
  test('about our own account', async () => {
    expect(accounts.closed(OWN, 'aws')).toBeUndefined();
    expect(await accounts.refused(OWN, forever)).toBeUndefined();
    expect(await accounts.credentialsFor(OWN)()).toBe(await accounts.credentialsFor(undefined)());
    expect(asked()).toEqual([]);
  });

  test('about an account of another partition', () => {
    expect(accounts.closed(OTHER, 'aws-cn')).toMatch(/partition aws-cn, and we run in aws/);
    expect(accounts.closed(OTHER, 'aws')).toBeUndefined();
  });

  test('where no role is named', async () => {
    const alone = createAccounts({ own: OWN, credentials: accounts.credentialsFor(OWN) });
    expect(alone.closed(OTHER, 'aws')).toBe('there is no role to tag with in account 444455556666');
    expect(() => alone.credentialsFor(OTHER)).toThrow('there are no credentials for account 444455556666');
  });

  test('about what is no account', async () => {
    const failure = await failureOf(accounts.credentialsFor('444455556666:role/admin')());
    expect(failure).toMatchObject({ message: 'expected an account of 12 digits' });
    expect(asked()).toEqual([]);
  });
});

describe('a refusal', () => {
  const REFUSED = /team\/auto-tagger cannot be assumed: AccessDenied: User: .+ is not authorized/;

  test.each([
    ['a role that is not there', () => sandbox.removeRole(arnOf(OTHER))],
    ['another external id', () => sandbox.allowRole(arnOf(OTHER), { externalId: 'other' })],
    ['a role that trusts others', () => sandbox.allowRole(arnOf(OTHER), { accounts: ['123456789012'] })],
  ])('%s is told once, and costs one call an hour', async (_, refuse) => {
    refuse();
    const ask = () => accounts.refused(OTHER, forever);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill(expect.stringMatching(REFUSED)));
    minutesLater(59);
    expect(await ask()).toMatch(REFUSED);
    expect(await failureOf(accounts.credentialsFor(OTHER)())).toMatchObject({ class: 'denied' });
    expect(asked()).toHaveLength(1);
    expect(refusals).toMatchObject([
      { account: OTHER, roleArn: arnOf(OTHER), failure: { error: 'AccessDenied' } },
    ]);
    minutesLater(2);
    expect(await ask()).toMatch(REFUSED);
    expect(asked()).toHaveLength(2);
    expect(refusals).toHaveLength(2);
  });

  test('ends when the role is there an hour later', async () => {
    sandbox.removeRole(arnOf(OTHER));
    expect(await accounts.refused(OTHER, forever)).toMatch(REFUSED);
    roleOf(OTHER);
    minutesLater(61);
    expect(await accounts.refused(OTHER, forever)).toBeUndefined();
    expect(await accounts.credentialsFor(OTHER)()).toMatchObject({ sessionToken: expect.any(String) });
    expect(asked()).toHaveLength(2);
  });

  const MOMENTARY = [
    ['throttled', { code: 'Throttling', status: 400, message: 'Rate exceeded' }],
    ['busy', { code: 'ServiceUnavailable', status: 503, message: 'later' }],
    // About our own credentials: remembered as a refusal, it would hide every account.
    ['credentials', { code: 'ExpiredToken', status: 403, message: 'expired' }],
    ['denied', { code: 'InvalidClientTokenId', status: 403, message: 'invalid' }],
  ] as const;

  test.each(MOMENTARY)('is not what passes: %s, %j', async (failureClass, error) => {
    sandbox.faults.add({ operation: 'AssumeRole', times: 1, effect: { error } });
    const failure = failureOf(accounts.credentialsFor(OTHER)());
    expect(await accounts.refused(OTHER, forever)).toBeUndefined();
    expect(await failure).toMatchObject({ class: failureClass, error: error.code });
    expect(await accounts.credentialsFor(OTHER)()).toMatchObject({ sessionToken: expect.any(String) });
    expect(refusals).toEqual([]);
  });

  test('that passes is asked for once more, not once for each who waited', async () => {
    const effect = { error: { code: 'ServiceUnavailable', status: 503, message: 'later' } };
    sandbox.faults.add({ operation: 'AssumeRole', times: 1, effect });
    const provide = accounts.credentialsFor(OTHER);
    const twice = async () => provide().catch(() => provide());
    const all = await Promise.all(Array.from({ length: 50 }, twice));
    expect(new Set(all).size).toBe(1);
    expect(asked()).toHaveLength(2);
  });
});

describe('an end of the waiting', () => {
  test('is the end of time for whoever waits; others get the answer', async () => {
    sandbox.faults.add({ operation: 'AssumeRole', effect: { delayMs: 50 } });
    const time = new AbortController();
    const early = accounts.refused(OTHER, time.signal);
    const late = accounts.credentialsFor(OTHER)();
    let isAnswered = false;
    late.then(() => {
      isAnswered = true;
    });
    time.abort(new TimeUpError());
    expect(await early).toBeUndefined();
    expect(isAnswered).toBe(false);
    expect(await late).toMatchObject({ sessionToken: expect.any(String) });
    expect(asked()).toHaveLength(1);
    expect(await accounts.refused(OTHER, time.signal)).toBeUndefined(); // asks nobody any more
  });

  test('is the end of the process', async () => {
    sandbox.faults.add({ operation: 'AssumeRole', effect: { stall: true } });
    const failure = failureOf(accounts.credentialsFor(OTHER)());
    accounts.destroy();
    expect(await failure).toMatchObject({ class: 'stopped' });
  });
});

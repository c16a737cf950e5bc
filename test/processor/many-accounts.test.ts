/**
 * An organization in one run of one function: one AssumeRole an account, an account that refuses hides nothing, and memory
 * does not grow with the accounts. In `npm run prove` they are 500.
 */
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { FileReport } from '../../processor/file/file-report.ts';
import type { ServedRequest } from '../../sandbox/sandbox.ts';
import { MAX_CLIENTS } from '../../tag-manager/calls/clients.ts';
import { type Deployment, deploy } from '../helpers/deployment.ts';
import { ACCOUNT, ofAnna, s3Event, volume } from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { size } from '../helpers/runs.ts';

const REGIONS = ['eu-west-1', 'us-east-1', 'ap-southeast-2', 'sa-east-1'];
const ROUNDS = 5;
const PER_ROUND = size(13, 100);
const ACCOUNTS = Array.from({ length: ROUNDS * PER_ROUND }, (_, number) => String(444455550000 + number));
const REFUSING = ACCOUNTS[60] ?? '';

/**
 * Credentials, what the memory of the process keeps of four resources (up to a number), and what the sandbox keeps of them
 * are some 12 KB; four clients would be 80 more.
 */
const MAX_BYTES_AN_ACCOUNT = size(Number.POSITIVE_INFINITY, 40_000); // of fewer accounts the bytes do not tell

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const arnOf = (account: string, region: string) =>
  `arn:aws:ec2:${region}:${account}:volume/vol-00000000000000001`;
const keyOf = (account: string, region: string) => logKeyOf(account, region, 1);
const placesOf = (accounts: readonly string[]) =>
  accounts.flatMap((account) => REGIONS.map((region) => ({ account, region })));

let deployment: Deployment;

beforeEach(async () => {
  const settings = { MEMBER_ROLE_NAME: 'auto-tagger' };
  deployment = await deploy({ settings, queues: [], sandbox: { records: false } });
  const { sandbox } = deployment;
  const made = volume(1);
  for (const { account, region } of placesOf(ACCOUNTS)) {
    if (account !== REFUSING) {
      sandbox.allowRole(`arn:aws:iam::${account}:role/auto-tagger`, { accounts: [ACCOUNT] });
    }
    sandbox.putResource({ arn: arnOf(account, region) });
    const record = { ...made, recipientAccountId: account, awsRegion: region };
    deployment.putFile(keyOf(account, region), [record]);
  }
});
afterEach(() => deployment.close());

const send = STSClient.prototype.send;
afterEach(() => {
  STSClient.prototype.send = send;
});

/**
 * Those that have sent something; they may be gone. The clients of tagging APIs are of that class too. (A spy of jest
 * would keep them.)
 */
function watchClients(): readonly WeakRef<STSClient>[] {
  const seen = new WeakSet<STSClient>();
  const clients: WeakRef<STSClient>[] = [];
  STSClient.prototype.send = function (this: STSClient, ...args: unknown[]) {
    if (!seen.has(this)) clients.push(new WeakRef(this));
    seen.add(this);
    return Reflect.apply(send, this, args);
  } as typeof send;
  return clients;
}

/** What the sandbox and the log keep of a round would grow, too. */
function takeAll<Kept>(list: readonly Kept[]): readonly Kept[] {
  return (list as Kept[]).splice(0);
}

test(`${ACCOUNTS.length} accounts in ${REGIONS.length} regions`, async () => {
  const { sandbox, lines } = deployment;
  const assumed = new Map<string, number>();
  const reports: FileReport[] = [];
  const clients = watchClients();
  const heaps: number[] = [];
  let told = 0;
  for (let round = 0; round < ROUNDS; round++) {
    // The one that refuses comes in each round.
    const accounts = new Set([...ACCOUNTS.slice(round * PER_ROUND, (round + 1) * PER_ROUND), REFUSING]);
    await deployment.invoke(
      s3Event(placesOf([...accounts]).map(({ account, region }) => keyOf(account, region))),
    );
    for (const { operation, input } of takeAll<ServedRequest>(sandbox.requests)) {
      if (operation !== 'AssumeRole') continue;
      assumed.set(String(input.RoleArn), (assumed.get(String(input.RoleArn)) ?? 0) + 1);
    }
    for (const { level, report } of takeAll(lines)) {
      if (report !== undefined) reports.push(report);
      else if (level === 'WARN') told++;
    }
    await setImmediate(); // what was looked at in this turn is kept
    collectGarbage();
    heaps.push(process.memoryUsage().heapUsed);
  }
  expect(assumed.size).toBe(ACCOUNTS.length);
  expect(new Set(assumed.values())).toEqual(new Set([1]));
  expect(told).toBe(1);
  for (const { account, region } of placesOf(ACCOUNTS)) {
    expect(sandbox.tagsOf(arnOf(account, region))).toEqual(account === REFUSING ? {} : ofAnna());
  }
  const isRefused = ({ file }: FileReport) => file.includes(`AWSLogs/${REFUSING}/`);
  expect(reports.filter(isRefused).map(({ ignored }) => ignored)).toEqual(
    Array(ROUNDS * REGIONS.length).fill({ 'no-role': 1 }),
  );
  expect(reports.filter((report) => !isRefused(report)).every(({ outcomes }) => outcomes.tagged === 1)).toBe(
    true,
  );
  expect(clients.length).toBe((ACCOUNTS.length - 1) * REGIONS.length + 1); // and that of STS
  expect(clients.filter((client) => client.deref() !== undefined).length).toBeLessThanOrEqual(MAX_CLIENTS);
  const [first = 0, , , , last = 0] = heaps;
  expect((last - first) / (ACCOUNTS.length - PER_ROUND)).toBeLessThan(MAX_BYTES_AN_ACCOUNT);
});

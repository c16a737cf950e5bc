/** `UPSERTS`: calls that create or update, where the record does not tell which they did. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readSettings } from '../../processor/runtime/settings.ts';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import { ACCOUNT, ANNA, callEvent, REGION, s3Event, volume } from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { unbalanced } from '../helpers/reports.ts';

const KEY = logKeyOf(ACCOUNT, REGION, 1);

/** Anna puts a parameter, which has that version by then. */
function parameter(name: string, version: number) {
  return {
    ...volume(version),
    eventSource: 'ssm.amazonaws.com',
    eventName: 'PutParameter',
    requestParameters: { name, type: 'String' },
    responseElements: { version, tier: 'Standard' },
  };
}

let deployment: Deployment;
const deploy = deploysForEach((started) => {
  deployment = started;
});

/** Systems Manager and EventBridge, as far as tags go: what was tagged, with who made it. */
let tagged: Record<string, string>;
let service: Server;

beforeEach(async () => {
  tagged = {};
  service = createServer(async (request, response) => {
    const {
      ResourceId,
      ResourceARN = ResourceId,
      Tags = [],
    } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    for (const { Key, Value } of Tags) if (Key === 'CreatedBy') tagged[ResourceARN] = Value;
    response.end('{"TagList":[],"Tags":[]}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => service.once('listening', resolve));
});
afterEach(() => {
  service.close();
});

async function start(settings: Readonly<Record<string, string>>): Promise<void> {
  await deploy({ settings });
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  Object.assign(process.env, { AWS_ENDPOINT_URL_SSM: url, AWS_ENDPOINT_URL_EVENTBRIDGE: url }); // until it is closed
}

const RECORDS = [parameter('new', 1), parameter('old', 2)];

describe.each([
  ['by default', {}, { ignored: { 'may-be-update': 1 }, creations: 1 }, ['new']],
  ['with UPSERTS=leave', { UPSERTS: 'leave' }, { ignored: { 'may-be-update': 1 }, creations: 1 }, ['new']],
  ['with UPSERTS=tag', { UPSERTS: 'tag' }, { ignored: {}, creations: 2 }, ['new', 'old']],
])('%s what is proven to be new is tagged, and the rest %j', (_, settings, report, names) => {
  test('in a file', async () => {
    await start(settings);
    deployment.putFile(KEY, RECORDS);
    await deployment.invoke(s3Event([KEY]));
    expect(deployment.reports()).toMatchObject([report]);
    expect(unbalanced(deployment.reports())).toEqual([]);
    expect(tagged).toEqual(Object.fromEntries(names.map((name) => [name, ANNA])));
  });

  test('in events by themselves', async () => {
    await start(settings);
    for (const record of RECORDS) await deployment.invoke(callEvent(record));
    expect(Object.keys(tagged)).toEqual(names);
  });

  test('by hand everything is tagged, because somebody says who made it', async () => {
    await start(settings);
    const arn = `arn:aws:events:${REGION}:${ACCOUNT}:rule/nightly`;
    expect(await deployment.invoke({ resourceId: arn, user: 'otto' })).toMatchObject({ items: { done: 1 } });
    expect(tagged).toEqual({ [arn]: 'otto' });
  });
});

test('what a filter leaves out is filtered out, and nobody is told that UPSERTS=tag would tag it', async () => {
  await start({ EXCLUDE_REGIONS: REGION });
  deployment.putFile(KEY, RECORDS);
  await deployment.invoke(s3Event([KEY]));
  expect(deployment.reports()).toMatchObject([{ ignored: { 'filtered-out': 2 }, creations: 0 }]);
  expect(deployment.reports()[0]?.ignored).not.toHaveProperty('may-be-update');
});

test('anything else is no way to treat them', () => {
  const problem = 'UPSERTS: expected leave or tag, got "yes"';
  expect(() => readSettings({ UPSERTS: 'yes' }, 'command-line')).toThrow(problem);
});

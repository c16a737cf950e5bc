/** Where calls go when the environment or the shared config file says so: as those of the SDK's own clients do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { HttpRequest } from '@smithy/types';
import { partitionOf } from '../../../parser/partition.ts';
import { apiNamed } from '../../../tag-manager/apis/apis.ts';
import { readCall } from '../../../tag-manager/services/service-call.ts';
import { serviceTarget } from '../../../tag-manager/taggers/row-tagger.ts';
import { ACCOUNT, ARN, ID, REAL } from './real-clients.ts';
import { configFor, type RecordingCalls, recordingCalls } from './recorded.ts';

interface Case {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** The content of the shared config file. */
  readonly file?: string;
  /** What the hosts of all calls in eu-west-1 must contain: so that it is not both of us that overlook a setting. */
  readonly hosts: RegExp;
}

const ALL = 'http://localhost:4566';
const OWN = 'https://own.example:8443';

/** As AWS derives them from the ids of the services (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"). */
const SERVICES: readonly string[] = [
  ...['auto_scaling', 'dynamodb', 'ec2', 'efs', 'elasticache', 'kms', 'lambda', 'rds', 'route_53'],
  ...['s3_control', 'sfn', 'sns', 'sqs'],
];

const OWN_OF_ALL = Object.fromEntries(
  SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, `${OWN}/${service}`]),
);
const OWN_IN_FILE = SERVICES.map((service) => `${service} =\n  endpoint_url = ${OWN}/${service}`).join('\n');
const WITH_SERVICES = '[default]\nservices = mine\nendpoint_url = http://localhost:1';

const CASES: readonly Case[] = [
  { name: 'nothing', env: {}, hosts: /amazonaws\.com/ },
  { name: 'an address for all', env: { AWS_ENDPOINT_URL: ALL }, hosts: /localhost/ },
  { name: 'with a path', env: { AWS_ENDPOINT_URL: `${ALL}/aws` }, hosts: /localhost/ },
  {
    name: 'one of each service, which comes first',
    env: { AWS_ENDPOINT_URL: ALL, ...OWN_OF_ALL },
    hosts: /own\.example/,
  },
  {
    name: 'addresses that are to be ignored',
    env: { AWS_ENDPOINT_URL: ALL, ...OWN_OF_ALL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    hosts: /amazonaws\.com/,
  },
  { name: 'FIPS', env: { AWS_USE_FIPS_ENDPOINT: 'true' }, hosts: /fips|us-gov|route53/ },
  {
    name: 'dual stack',
    env: { AWS_USE_DUALSTACK_ENDPOINT: 'true' },
    hosts: /api\.aws|amazonwebservices|amazonaws/,
  },
  {
    name: 'FIPS and dual stack',
    env: { AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' },
    hosts: /fips|us-gov|route53/,
  },
  {
    name: 'FIPS and an address, which cannot be had together',
    env: { AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL: ALL },
    hosts: /^$/,
  },
  {
    name: 'dual stack and an address, which cannot be had together',
    env: { AWS_USE_DUALSTACK_ENDPOINT: 'true', AWS_ENDPOINT_URL: ALL },
    hosts: /^$/,
  },
  {
    name: 'an address in the file',
    env: {},
    file: `[default]\nendpoint_url = ${ALL}`,
    hosts: /localhost/,
  },
  {
    name: 'one of each service in the file',
    env: {},
    file: `${WITH_SERVICES}\n[services mine]\n${OWN_IN_FILE}`,
    hosts: /own\.example/,
  },
  {
    name: 'the environment and the file',
    env: { AWS_ENDPOINT_URL: ALL },
    file: `${WITH_SERVICES}\n[services mine]\n${OWN_IN_FILE}`,
    hosts: /localhost/,
  },
  {
    name: 'services in a section that is not there, which the SDK passes over',
    env: {},
    file: WITH_SERVICES,
    hosts: /amazonaws\.com/,
  },
  {
    name: 'addresses in the file that are to be ignored',
    env: {},
    file: `[default]\nendpoint_url = ${ALL}\nignore_configured_endpoint_urls = true`,
    hosts: /amazonaws\.com/,
  },
  {
    name: 'FIPS of the file, in another profile',
    env: { AWS_PROFILE: 'audited' },
    file: '[profile audited]\nuse_fips_endpoint = true',
    hosts: /fips|us-gov|route53/,
  },
];

const folder = mkdtempSync(join(tmpdir(), 'endpoint-settings-'));
const own = { ...process.env };

function setEnvironment({ env, file }: Case): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  const place = mkdtempSync(join(folder, 'aws-')); // the SDK reads a file once
  writeFileSync(join(place, 'config'), file ?? '');
  writeFileSync(join(place, 'credentials'), '');
  Object.assign(process.env, env, {
    AWS_CONFIG_FILE: join(place, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(place, 'credentials'),
  });
}

afterEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, own);
});
afterAll(() => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();

/** Where a call went and what its signature is for, or that there was none. */
function placeOf(sent: readonly HttpRequest[]): string {
  const [request] = sent;
  if (request === undefined) return '';
  const { protocol, hostname, port = '', path, headers } = request;
  const [scope] = /\/[a-z0-9-]+\/[a-z0-9-]+\/aws4_request/.exec(headers.authorization ?? '') ?? [];
  return `${protocol}//${hostname}:${port}${path} ${scope}`;
}

async function ours(api: string, region: string): Promise<string> {
  const calls = recordingCalls();
  const partition = partitionOf(region);
  if (partition === undefined) throw new Error(`${region} is no region`);
  const target = serviceTarget([{ arn: ARN, id: ID, type: '', partition, account: ACCOUNT, region }]);
  await readCall(calls, apiNamed(api), apiNamed(api).read, target, signal).catch(() => {});
  return placeOf(calls.sent);
}

async function theirs({ client, read }: (typeof REAL)[number], region: string): Promise<string> {
  const recording: Pick<RecordingCalls, 'sent' | 'answer'> = {
    sent: [],
    answer: { status: 200, headers: {}, body: '' },
  };
  await new client(configFor(region, recording)).send(read() as never).catch(() => {});
  return placeOf(recording.sent);
}

/** The client of S3 Control takes the address and forgets about FIPS; whoever asked for FIPS should know. */
function isException({ env }: Case, api: string): boolean {
  return api.startsWith('s3control:') && 'AWS_USE_FIPS_ENDPOINT' in env && 'AWS_ENDPOINT_URL' in env;
}

describe.each(CASES)('$name', (each) => {
  test.each(['eu-west-1', 'us-gov-west-1', 'cn-north-1'])('in %s', async (region) => {
    setEnvironment(each);
    for (const real of REAL) {
      const place = await ours(real.api, region);
      const wanted = isException(each, real.api) ? '' : await theirs(real, region);
      expect([real.api, place]).toEqual([real.api, wanted]);
      if (region === 'eu-west-1')
        expect([real.api, place]).toEqual([real.api, expect.stringMatching(each.hosts)]);
    }
  });
});

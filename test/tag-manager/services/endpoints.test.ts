/** The host and the region to sign for, of every service in seven regions, with and without FIPS and dual stack. */
import { describe, expect, test } from '@jest/globals';
import { serviceNames, serviceTable } from '../../../tag-manager/apis/apis.ts';
import { endpointOf, NoEndpointError } from '../../../tag-manager/services/endpoint.ts';
import { readFixture } from './recorded.ts';

type Resolved = readonly [host: string, signingRegion: string] | null;

const { endpoints } = readFixture('endpoints.json.gz') as {
  readonly endpoints: Readonly<Record<string, Readonly<Record<string, Resolved>>>>;
};

/** Where we differ from the rules on purpose. */
const EXCEPTIONS: readonly (readonly [
  why: string,
  service: string,
  change: (resolved: Resolved) => Resolved,
])[] = [
  [
    'the account goes before the host with the call',
    's3control',
    (resolved) => resolved && [resolved[0].replace('123456789012.', ''), resolved[1]],
  ],
];

test.each(serviceNames())('%s', (name) => {
  const service = serviceTable(name)?.service;
  if (service === undefined) throw new Error(`${name} has no row`);
  const change = EXCEPTIONS.find(([, which]) => which === name)?.[2] ?? ((resolved) => resolved);
  const rules = Object.entries(endpoints[name] ?? {}).map(
    ([where, resolved]) => [where, change(resolved)] as const,
  );
  expect(rules.length).toBe(28);
  const ours = rules.map(([where]) => [where, resolve(where, service)] as const);
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(rules));
});

function resolve(where: string, service: Parameters<typeof endpointOf>[0]): Resolved {
  const [Region = '', mode = ''] = where.split(' ');
  const asked = { Region, UseFIPS: mode.includes('fips'), UseDualStack: mode.includes('dual') };
  try {
    const { url, properties } = endpointOf(service, asked);
    const [scheme] = properties?.authSchemes ?? [];
    return [url.host, String(scheme?.signingRegion)];
  } catch (error) {
    if (error instanceof NoEndpointError) return null;
    throw error;
  }
}

describe('an address of the environment', () => {
  test('comes before the rules, with its path, and is signed for the region that is called', () => {
    const { url, properties } = endpointOf(serviceTable('iam')?.service as never, {
      Region: 'eu-west-1',
      Endpoint: 'http://localhost:4566/aws',
    });
    expect(url.href).toBe('http://localhost:4566/aws');
    expect(properties?.authSchemes).toMatchObject([{ signingName: 'iam', signingRegion: 'eu-west-1' }]);
  });
});

test.each(['evil.example/', 'eu-west-1.evil.example', '', 'eu-west-1#', '../eu-west-1', 'EU-WEST-1'])(
  'a region %j, which would be part of a host, is none',
  (Region) => {
    for (const name of serviceNames()) {
      expect(() => endpointOf(serviceTable(name)?.service as never, { Region })).toThrow(NoEndpointError);
    }
  },
);

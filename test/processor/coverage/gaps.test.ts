/** `npm run catalogue -- gaps`, on service models of the kind that botocore has, which are written here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { creatingCallsOf } from '../../../processor/coverage/gaps.ts';
import { serviceModels } from '../../../processor/coverage/service-model.ts';
import { runCommand } from '../../helpers/command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gaps-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const catalogue = (...args: string[]) =>
  runCommand(process.execPath, ['processor/catalogue.ts', ...args], {});

/** A model in which each call takes the members that are named, `tags` as a list and all others as text. */
function model(serviceId: string, endpointPrefix: string, calls: Readonly<Record<string, string[]>>) {
  const entries = Object.entries(calls);
  return {
    version: '2.0',
    metadata: { serviceId, endpointPrefix, protocol: 'json', apiVersion: '2026-01-01' },
    operations: Object.fromEntries(
      entries.map(([name]) => [name, { name, http: { method: 'POST' }, input: { shape: `${name}Request` } }]),
    ),
    shapes: {
      Text: { type: 'string' },
      TagList: { type: 'list', member: { shape: 'Text' } },
      Holder: { type: 'structure', members: { Tags: { shape: 'TagList' }, Name: { shape: 'Text' } } },
      ...Object.fromEntries(
        entries.map(([name, members]) => [
          `${name}Request`,
          {
            type: 'structure',
            members: Object.fromEntries(members.map((member) => [member, { shape: shapeOf(member) }])),
          },
        ]),
      ),
    },
  };
}

function shapeOf(member: string): string {
  if (/tag/i.test(member) && !member.startsWith('Copy')) return 'TagList';
  return member === 'Config' ? 'Holder' : 'Text';
}

/** A folder of models by their paths. */
function dataOf(name: string, files: Readonly<Record<string, object | string>>): string {
  const data = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    const file = join(data, path);
    mkdirSync(dirname(file), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(file, file.endsWith('.gz') ? gzipSync(text) : text);
  }
  return data;
}

function gapsIn(data: string): string[] {
  const models = [...serviceModels(data)].map((each) => {
    if ('problem' in each) throw new Error(each.problem);
    return each;
  });
  const gaps = models.flatMap(creatingCallsOf).filter(({ isKnown }) => !isKnown);
  return gaps.map(({ eventSource, eventName }) => `${eventSource} ${eventName}`);
}

describe('a call is a gap when', () => {
  test('it creates, takes tags and has no row', () => {
    const data = dataOf('plain', {
      'sqs/2012-11-05/service-2.json': model('SQS', 'sqs', {
        CreateQueue: ['QueueName', 'tags'], // has a row
        CreateQueueFleet: ['Name', 'tags'],
        CreateQueueView: ['Name'], // takes no tags
        CreateQueueCopy: ['Name', 'CopyTags'], // says whether to copy tags
        DescribeQueueFleet: ['Tags'],
        TagQueue: ['QueueUrl', 'Tags'],
        AddTagsToQueue: ['Tags'],
        PutQueueTagging: ['TagSet'],
        CreateTags: ['Tags'],
      }),
    });
    expect(gapsIn(data)).toEqual(['sqs.amazonaws.com CreateQueueFleet']);
  });

  test.each([
    'Tags',
    'tagList',
    'TagSet',
    'TagSpecifications',
    'TagSpecification',
    'HostedZoneTags',
    'Config',
  ])('its tags are called %s', (member) => {
    const data = dataOf(member, {
      'sqs/2012-11-05/service-2.json': model('SQS', 'sqs', { CreateQueueFleet: [member] }),
    });
    expect(gapsIn(data)).toEqual(['sqs.amazonaws.com CreateQueueFleet']);
  });

  test('it makes a thing with tags from the start', () => {
    const data = dataOf('with-tags', {
      'cloudfront/2020-05-31/service-2.json': model('CloudFront', 'cloudfront', {
        CreateDistributionWithTags: ['Config'], // has a row
        CreateGardenWithTags: ['Config'],
      }),
    });
    expect(gapsIn(data)).toEqual(['cloudfront.amazonaws.com CreateGardenWithTags']);
  });

  test('it is of a service that has no row at all', () => {
    const data = dataOf('new', {
      'garden/2026-01-01/service-2.json': model('Garden', 'api.garden', { CreateTree: ['Tags'] }),
    });
    expect(gapsIn(data)).toEqual(['api.garden.amazonaws.com CreateTree']);
  });

  test('not when it is left out, and has its reason there', () => {
    const data = dataOf('left-out', {
      'codebuild/2016-10-06/service-2.json': model('CodeBuild', 'codebuild', { CreateProject: ['tags'] }),
    });
    expect(gapsIn(data)).toEqual([]);
  });

  test('not when its records have another source than its requests are signed for', () => {
    const data = dataOf('sources', {
      'amp/2020-08-01/service-2.json': model('amp', 'aps', { CreateWorkspace: ['tags'] }),
      'docdb/2014-10-31/service-2.json': model('DocDB', 'rds', { CreateDBCluster: ['Tags'] }),
      'elbv2/2015-12-01/service-2.json': model('Elastic Load Balancing v2', 'elasticloadbalancing', {
        CreateLoadBalancer: ['Tags'],
      }),
      'mq/2017-11-27/service-2.json': model('mq', 'mq', { CreateBroker: ['tags'] }),
    });
    expect(gapsIn(data)).toEqual([]);
  });
});

test('of several versions of a service the newest counts, deflated or not; other files are passed over', () => {
  const old = model('SQS', 'sqs', { CreateOld: ['Tags'] });
  const data = dataOf('versions', {
    'sqs/2012-11-05/service-2.json': old,
    'sqs/2026-01-02/service-2.json.gz': model('SQS', 'sqs', { CreateNew: ['Tags'] }),
    'sqs/2026-02-01/paginators-1.json': '{}',
    'endpoints.json': '{}',
  });
  expect(gapsIn(data)).toEqual(['sqs.amazonaws.com CreateNew']);
});

test('for people it is a table and a sum', async () => {
  const data = dataOf('people', {
    'sqs/2012-11-05/service-2.json': model('SQS', 'sqs', { CreateFleet: ['Tags'], CreateQueue: ['tags'] }),
  });
  const run = await catalogue('gaps', data);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(run.stdout.split('\n')).toEqual([
    'model           event source       call         tags',
    'sqs/2012-11-05  sqs.amazonaws.com  CreateFleet  Tags',
    '',
    '1 creating call without a row, of 2 that take tags in 1 model',
    '',
  ]);
});

test('--json prints an object for each gap, and the summary', async () => {
  const data = dataOf('lines', {
    'sqs/2012-11-05/service-2.json': model('SQS', 'sqs', { CreateFleet: ['Tags'], CreateQueue: ['tags'] }),
  });
  const run = await catalogue('gaps', '--json', data);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  const lines = run.stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      kind: 'gap',
      model: 'sqs/2012-11-05',
      eventSource: 'sqs.amazonaws.com',
      eventName: 'CreateFleet',
      tags: 'Tags',
    },
    { kind: 'summary', gaps: 1, calls: 2, models: 1, unreadable: 0 },
  ]);
});

test('a model that cannot be read is named, and the others are done', async () => {
  const data = dataOf('broken', {
    'a/2026-01-01/service-2.json': '{"metadata":',
    'b/2026-01-01/service-2.json': { metadata: { serviceId: 'B' } },
    'sqs/2012-11-05/service-2.json': model('SQS', 'sqs', { CreateFleet: ['Tags'] }),
  });
  writeFileSync(join(data, 'a/2026-01-01/service-2.json.gz'), 'x');
  const run = await catalogue('gaps', data);
  expect(run.exitCode).toBe(1);
  const [first = '', second = '', ...more] = run.stderr.trimEnd().split('\n');
  expect(first).toContain(`auto-tagger: ${join(data, 'a/2026-01-01/service-2.json')}: cannot be read: `);
  expect(second).toContain(`${join(data, 'b/2026-01-01/service-2.json')}: is no service model: `);
  expect(more).toEqual([]);
  expect(run.stdout).toContain(
    '1 creating call without a row, of 1 that take tags in 3 models; 2 models could not be read',
  );
});

test.each(['nowhere', 'empty', 'file'])('a folder without models (%s) gets what was expected', (name) => {
  mkdirSync(join(folder, 'empty'), { recursive: true });
  writeFileSync(join(folder, 'file'), '');
  const path = join(folder, name);
  expect(() => serviceModels(path)).toThrow(
    `${path}: no service models there; expected the folder botocore/data, which holds files such as sqs/2012-11-05/service-2.json.gz`,
  );
});

test('which is one line on stderr, and exit code 1', async () => {
  const run = await catalogue('gaps', join(folder, 'nowhere'));
  expect(run).toMatchObject({ exitCode: 1, stdout: '' });
  expect(run.stderr).toMatch(/^auto-tagger: .*nowhere: no service models there; expected [^\n]*\n$/);
});

test.each([[['gaps']], [['nonsense', '.']], [['gaps', '--nonsense', '.']]])(
  'wrong usage, %j, exits with 2 and says how it is used',
  async (args) => {
    const run = await catalogue(...args);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toMatch(/usage: npm run catalogue -- gaps \[--json\] BOTOCORE-DATA\n$/);
  },
);

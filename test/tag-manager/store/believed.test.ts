/** Whatever a row of the catalogue finds in a record, the store believes it when it comes back from the table. */
import { describe, expect, test } from '@jest/globals';
import { recordOfRow } from '../../../fixtures/record-of-row.ts';
import { catalogue } from '../../../parser/catalogue/catalogue.ts';
import { readEvent } from '../../../parser/event/event.ts';
import { canHaveCreated } from '../../../parser/event/possible-resource.ts';
import { canBeParent } from '../../../parser/parents/possible-parent.ts';
import { partitionOf } from '../../../parser/partition.ts';
import type { CreationEvent } from '../../../tag-manager/ownership/name-event.ts';
import { believed } from '../../../tag-manager/store/believed.ts';
import {
  attributesOfEvent,
  keyOfEvent,
  readEvent as readItem,
} from '../../../tag-manager/store/event-items.ts';
import { makersOf, requestsOf } from '../../../tag-manager/tag-request.ts';
import { compileTagSettings } from '../../../tag-manager/tags/tag-settings.ts';
import { size } from '../../helpers/runs.ts';
import { createStack } from '../../helpers/stacks.ts';
import { created } from '../ownership/events.ts';
import { launchCreation } from '../parents/families.ts';
import { OPTIONS } from '../tagging.ts';

const settings = compileTagSettings({ ...OPTIONS, extra: [['Team', '{creator.name}']] }, {});

test.each(size(['cn-north-1'], ['eu-west-1', 'cn-north-1', 'us-gov-west-1']))(
  'of every row in %s',
  (region) => {
    const rows = catalogue().filter(
      ({ regions }) => regions === undefined || (partitionOf(region)?.name ?? '') in regions,
    );
    for (const row of rows) {
      const { record } = recordOfRow(row, { region });
      const verdict = readEvent(
        { index: 0, record },
        { origin: 'log', account: undefined },
        { upserts: 'tag' },
      );
      const requests = verdict.kind === 'creation' ? requestsOf(verdict.creation, settings) : [];
      expect(requests.length).toBeGreaterThan(0);
      for (const { name, event } of requests) {
        const item = { ...keyOfEvent(name, event), ...attributesOfEvent(event) };
        expect(believed(name, readItem(name, item), { settings, canHaveCreated, canBeParent })).toEqual(
          event,
        );
      }
    }
  },
);

test('a stack is believed, and what is said of it that its call cannot have made is not', () => {
  const record = createStack('web');
  const verdict = readEvent({ index: 0, record }, { origin: 'log', account: undefined });
  const [made] = 'creation' in verdict ? makersOf(verdict.creation, settings) : [];
  if (made === undefined) throw new Error('no stack');
  const { name, event } = made;
  const item = { ...keyOfEvent(name, event), ...attributesOfEvent(event) };
  const by = { settings, canHaveCreated, canBeParent };
  expect(believed(name, readItem(name, item), by)).toEqual(event);
  for (const forged of [{ api: 'sns:TagResource' }, { id: 'web' }, { type: 'sns:topic' }]) {
    const other = { ...event, resource: { ...event.resource, ...forged } };
    expect(() => believed(name, other, by)).toThrow('which no such call of that name creates');
  }
});

const ACCOUNT = '111122223333';
const arnOf = (rest: string) => `arn:aws:${rest.replace('$', `eu-west-1:${ACCOUNT}`)}`;

interface Sound {
  readonly source: string;
  readonly call: string;
  readonly name?: string;
  readonly resource: CreationEvent['resource'];
}

const TOPIC: Sound = {
  source: 'sns',
  call: 'CreateTopic',
  resource: {
    arn: arnOf('sns:$:news-of-today'),
    id: 'news-of-today',
    type: 'sns:topic',
    region: 'eu-west-1',
    api: 'sns:TagResource',
  },
};
const PARAMETER: Sound = {
  source: 'ssm',
  call: 'PutParameter',
  resource: {
    arn: arnOf('ssm:$:parameter/app/key'),
    id: 'app/key',
    tagId: '/app/key',
    type: 'ssm:parameter',
    region: 'eu-west-1',
    api: 'ssm:AddTagsToResource:parameter',
  },
};
const KEY_PAIR: Sound = {
  source: 'ec2',
  call: 'CreateKeyPair',
  name: arnOf('ec2:$:key-pair/laptop/key-0123456789abcdef0'),
  resource: {
    arn: arnOf('ec2:$:key-pair/laptop'),
    id: 'laptop',
    tagId: 'key-0123456789abcdef0',
    type: 'ec2:key-pair',
    region: 'eu-west-1',
    api: 'ec2:CreateTags',
  },
};
const ROLE: Sound = {
  source: 'iam',
  call: 'CreateRole',
  name: `arn:aws:iam::${ACCOUNT}:role/reader`,
  resource: {
    arn: `arn:aws:iam::${ACCOUNT}:role/team/reader`,
    id: 'team/reader',
    tagId: 'reader',
    type: 'iam:role',
    region: 'us-east-1',
    api: 'iam:TagRole',
  },
};
const BUCKET: Sound = {
  source: 's3',
  call: 'CreateBucket',
  resource: {
    arn: 'arn:aws:s3:::news-of-today',
    id: 'news-of-today',
    type: 's3:bucket',
    region: 'eu-west-1',
    api: 's3control:TagResource:bucket',
  },
};

function readBack({ source, call, name, resource }: Sound, forged: Partial<CreationEvent['resource']> = {}) {
  const event = created(0, 'alice', {
    eventSource: `${source}.amazonaws.com`,
    eventName: call,
    resource: { ...resource, ...forged },
  });
  const own = { account: ACCOUNT, arn: name ?? resource.arn };
  return believed(own, event, { settings, canHaveCreated, canBeParent });
}

test.each([TOPIC, PARAMETER, KEY_PAIR, ROLE, BUCKET])('what $call creates is believed', (sound) => {
  expect(readBack(sound)).toMatchObject({ resource: sound.resource });
});

test.each<[string, Sound, Partial<CreationEvent['resource']>]>([
  ['an id that is not in the ARN', TOPIC, { id: 'news-of-tomorrow' }],
  ['an id that is another one in the ARN', TOPIC, { id: 'news' }],
  ['no id', TOPIC, { id: '' }],
  ['an id for the tag call, where that takes none', TOPIC, { tagId: 'news' }],
  ['another region', TOPIC, { region: 'eu-central-1' }],
  ['another ARN', TOPIC, { arn: arnOf('sns:$:news-of-today-2') }],
  ['an API that is none', TOPIC, { api: 'sns:Publish' }],
  ['an API of another service', TOPIC, { api: 'ec2:CreateTags' }],
  ['an API of the same service for another type', PARAMETER, { api: 'ssm:AddTagsToResource:document' }],
  ['another type', TOPIC, { type: 'sqs:queue' }],
  ['another parameter', PARAMETER, { tagId: '/app' }],
  ['no id for the tag call', PARAMETER, { tagId: undefined }],
  ['another key pair', KEY_PAIR, { tagId: 'key-0fedcba9876543210' }],
  ['the id of something else', KEY_PAIR, { tagId: 'i-0123456789abcdef0' }],
  ['another role', ROLE, { tagId: 'team' }],
  ['a role of another name', ROLE, { arn: `arn:aws:iam::${ACCOUNT}:role/reader/writer` }],
  ['a role in a region that the partition does not have it in', ROLE, { region: 'eu-west-1' }],
  ['another bucket', BUCKET, { id: 'news' }],
  ['a bucket in a region of another partition', BUCKET, { region: 'cn-north-1' }],
  ['a bucket in what is no region', BUCKET, { region: 'evil.example/#' }],
])('%s is not believed', (_, sound, forged) => {
  expect(() => readBack(sound, forged)).toThrow('which no such call of that name creates');
});

test.each<[string, Partial<Sound>]>([
  ['another call', { call: 'CreateQueue' }],
  ['a call of another service', { source: 'sqs' }],
])('the resource of %s is not believed', (_, call) => {
  expect(() => readBack({ ...TOPIC, ...call })).toThrow('which no such call of that name creates');
});

function missing(): never {
  throw new Error('the record of the test names no parent');
}

describe('what something was made for', () => {
  const asking = compileTagSettings({ ...OPTIONS, createdBy: 'person' }, {});
  const [request] = requestsOf(launchCreation('web', 'i-0a1b2c3d4e5f60718'), asking);
  const { name, event } = request ?? missing();
  const madeFor = event.madeFor ?? missing();

  const readBackAs = (forged: Readonly<Record<string, unknown>>) => {
    const attributes = { ...attributesOfEvent(event), MadeFor: { S: JSON.stringify(forged) } };
    const item = { ...keyOfEvent(name, event), ...attributes };
    return believed(name, readItem(name, item), { settings: asking, canHaveCreated, canBeParent });
  };

  test('is believed as the record tells it', () => {
    expect(readBackAs({ ...madeFor })).toEqual(event);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['nothing', {}],
    ['another account', { ...madeFor, parent: { ...madeFor.parent, account: '444455556666' } }],
    ['another type', { ...madeFor, parent: { ...madeFor.parent, resourceType: 'eks:cluster' } }],
    [
      'another API',
      { ...madeFor, parent: { ...madeFor.parent, resource: { id: 'web', api: 's3:PutObject' } } },
    ],
    [
      'another id',
      { ...madeFor, parent: { ...madeFor.parent, resource: { ...madeFor.parent.resource, id: 'x' } } },
    ],
    ['an endless wait', { ...madeFor, parent: { ...madeFor.parent, graceSeconds: 1e9 } }],
    ['a proof that there is not', { ...madeFor, parent: { ...madeFor.parent, proof: 'toString' } }],
    ['another event', { ...madeFor, creation: { ...madeFor.creation, eventID: 'x' } }],
    ['another resource', { ...madeFor, resource: { ...madeFor.resource, arn: 'arn:aws:sns:::x' } }],
    ['a creator that is none', { ...madeFor, creation: { ...madeFor.creation, creator: 7 } }],
  ])('is not believed with %s', (_, forged) => {
    expect(() => readBackAs(forged)).toThrow(/MadeFor|which no record of that call tells/);
  });
});

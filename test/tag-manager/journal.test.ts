/** The journal hears of each write before it is on the wire, and how it ended: seen from the wire, for every tagger. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Journal, mayBeWritten, type WriteIntent, type WriteResult } from '../../tag-manager/journal.ts';
import {
  ACCOUNT,
  ALICE,
  creationOf,
  EVENT_TIME,
  KINDS,
  type KindName,
  minutesLater,
  REGION,
  readOrThrow,
  TAGGED_KINDS,
} from './creations.ts';
import { isWrite, ours, putResource, startTagging, type Tagging } from './tagging.ts';

let tagging: Tagging;

beforeAll(async () => {
  tagging = await startTagging();
});
afterAll(() => tagging.close());

const isChange = (request: Parameters<typeof isWrite>[0]) =>
  isWrite(request) || /^(DeleteTags|UntagResource|RemoveTagsFromResource)$/.test(request.operation);

interface Heard extends Journal {
  readonly intents: WriteIntent[];
  readonly results: WriteResult[];
  /** Changes that had been on the wire when an intent came, by its id. */
  readonly changesBefore: Map<string, number>;
}

function listen(): Heard {
  const heard: Heard = {
    intents: [],
    results: [],
    changesBefore: new Map(),
    async intend(intents) {
      await new Promise((resolve) => setImmediate(resolve)); // whoever does not wait would be seen
      const changes = tagging.sandbox.requests.filter(isChange).length;
      for (const each of intents) heard.changesBefore.set(each.id, changes);
      heard.intents.push(...intents);
    },
    async end(results) {
      heard.results.push(...results);
    },
  };
  return heard;
}

/** Every change since `from` is one of which an intent had been told before. */
function expectToldFirst({ intents, changesBefore }: Heard, from: number): void {
  const changes = tagging.sandbox.requests.filter(isChange);
  for (const [at, { input, host }] of changes.entries()) {
    if (at < from) continue;
    const said = decodeURIComponent(JSON.stringify(input)) + host;
    const told = intents.filter(
      ({ id, arn, resourceId }) =>
        (changesBefore.get(id) ?? Number.POSITIVE_INFINITY) <= at &&
        [arn, resourceId].some((name) => said.includes(name)),
    );
    expect([at, told.length > 0]).toEqual([at, true]);
  }
}

const changesSoFar = () => tagging.sandbox.requests.filter(isChange).length;

let resources = 0;
const newId = (kind: KindName) => KINDS[kind].id(70_000 + resources++);

describe.each(TAGGED_KINDS)('of a %s', (kind) => {
  test('the journal hears what stood there and what comes before it is written, and then that it was', async () => {
    const id = newId(kind);
    const arn = putResource(tagging.sandbox, kind, id, { tags: { Team: 'blue', ManagedBy: 'auto-tagger' } });
    const creation = creationOf(kind, id);
    const journal = listen();
    const from = changesSoFar();
    const [outcome] = await tagging.tag([creation], { journal });
    expect(outcome?.outcome).toBe('tagged');
    expect(journal.intents).toMatchObject([
      {
        arn,
        type: creation.resources[0]?.row.resourceType,
        account: ACCOUNT,
        region: REGION,
        api: creation.resources[0]?.row.api,
        event: { id: creation.eventID, name: creation.eventName, time: EVENT_TIME },
        creator: ALICE,
        before: { ManagedBy: 'auto-tagger' },
        after: ours(ALICE, EVENT_TIME),
      },
    ]);
    expect(journal.results).toEqual([{ id: journal.intents[0]?.id }]);
    expect(changesSoFar()).toBe(from + 1);
    expectToldFirst(journal, from);
  });

  test('nothing is written that the journal cannot keep, and it is deferred with the reason', async () => {
    const id = newId(kind);
    const arn = putResource(tagging.sandbox, kind, id, {});
    const journal: Journal = {
      intend: () => Promise.reject(new Error('no space left on device')),
      end: () => Promise.reject(new Error('nothing was intended')),
    };
    const from = changesSoFar();
    const [outcome] = await tagging.tag([creationOf(kind, id)], { journal });
    expect(outcome).toMatchObject({
      outcome: 'deferred',
      failure: { message: 'not written, because the journal was not: no space left on device' },
    });
    expect(changesSoFar()).toBe(from);
    expect(tagging.sandbox.tagsOf(arn)).toEqual({});
  });
});

test('many resources in one call are one message to the journal, with an answer each', async () => {
  const [here, gone] = [newId('volume'), newId('volume')];
  putResource(tagging.sandbox, 'volume', here, {});
  const creations = [here, gone].map((id) => creationOf('volume', id));
  const journal = listen();
  const from = changesSoFar();
  const outcomes = await tagging.tag(creations, { journal });
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['tagged', 'gone']);
  const [first, second] = journal.intents;
  expect(journal.results).toEqual([
    { id: first?.id },
    { id: second?.id, failure: expect.objectContaining({ class: 'not-found' }) },
  ]);
  expectToldFirst(journal, from);
});

test('what is written again, without what the service may have refused, is another intent', async () => {
  const id = newId('topic');
  putResource(tagging.sandbox, 'topic', id, {});
  const by = `arn:aws:sts::${ACCOUNT}:assumed-role/dev/alice@example.com`;
  const creation = creationOf('topic', id, { by });
  const refusing = tagging.sandbox.faults.add({
    service: 'sns',
    operation: 'TagResource',
    times: 1,
    effect: { error: { code: 'InvalidParameter', status: 400, message: 'a value is not valid' } },
  });
  const journal = listen();
  const from = changesSoFar();
  const [outcome] = await tagging.tag([creation], { journal });
  refusing();
  expect(outcome?.outcome).toBe('tagged');
  expect(journal.intents.map(({ after }) => after.CreatedBy)).toEqual([by, by.replace('@', '_')]);
  expect(journal.results.map(({ failure }) => failure?.class)).toEqual(['invalid-tags', undefined]);
  expectToldFirst(journal, from);
});

test('of tags of ours that are written over, the journal hears', async () => {
  const id = newId('function');
  putResource(tagging.sandbox, 'function', id, { tags: { ...ours('bob', minutesLater(-60)), Team: 'red' } });
  const journal = listen();
  await tagging.tag([creationOf('function', id)], { journal });
  expect(journal.intents).toMatchObject([{ before: ours('bob', minutesLater(-60)) }]);
  expect(journal.intents[0]?.before).not.toHaveProperty('Team');
});

test('a dry run tells nothing', async () => {
  const id = newId('topic');
  putResource(tagging.sandbox, 'topic', id, {});
  const journal = listen();
  await tagging.tag([creationOf('topic', id)], { journal, options: { dryRun: true } });
  expect([journal.intents, journal.results]).toEqual([[], []]);
});

test('members that the service writes the tags on too are told of, and so is what is put back on them', async () => {
  const { sandbox } = tagging;
  const arnOf = (type: string, id: string) => `arn:aws:elasticache:${REGION}:${ACCOUNT}:${type}:${id}`;
  const [group, node, bare] = [
    arnOf('replicationgroup', 'group'),
    arnOf('cluster', 'node'),
    arnOf('cluster', 'bare'),
  ];
  const createdAt = Date.parse(EVENT_TIME);
  sandbox.putResource({ arn: node, tags: ours('bob', minutesLater(-60)), createdAt });
  sandbox.putResource({ arn: bare, createdAt });
  sandbox.putResource({ arn: group, members: [node, bare], createdAt });
  const journal = listen();
  const from = changesSoFar();
  const creation = readOrThrow({
    ...creationOf('cache cluster', 'x').record,
    eventName: 'CreateReplicationGroup',
    requestParameters: { replicationGroupId: 'group', primaryClusterId: 'bare' },
    responseElements: { aRN: group, memberClusters: ['bare'] },
  });
  const [outcome] = await tagging.tag([creation], { journal });
  expect(outcome?.outcome).toBe('tagged');
  const wanted = ours(ALICE, EVENT_TIME);
  const bobs = ours('bob', minutesLater(-60));
  expect(
    journal.intents.map(({ arn, memberOf, before, after, removed }) => ({
      arn,
      memberOf,
      before,
      after,
      removed,
    })),
  ).toEqual([
    { arn: group, memberOf: undefined, before: {}, after: wanted, removed: undefined },
    { arn: node, memberOf: group, before: bobs, after: wanted, removed: undefined },
    { arn: bare, memberOf: group, before: {}, after: wanted, removed: undefined },
    {
      arn: node,
      memberOf: group,
      before: { CreatedBy: ALICE, CreatedDate: EVENT_TIME },
      after: { CreatedBy: 'bob', CreatedDate: minutesLater(-60) },
      removed: undefined,
    },
    { arn: bare, memberOf: group, before: wanted, after: {}, removed: Object.keys(wanted) },
  ]);
  expect(journal.results.map(({ id }) => id)).toEqual(journal.intents.map(({ id }) => id));
  expect(sandbox.tagsOf(node)).toEqual(bobs);
  expect(sandbox.tagsOf(bare)).toEqual({});
  expectToldFirst(journal, from);
});

test('no other file of the program asks a tagger to write or to remove', () => {
  const root = join(import.meta.dirname, '../..');
  const asking = globSync('{tag-manager,processor}/**/*.ts', { cwd: root }).filter((file) =>
    /\btagger(For\([^)]*\))?\.(write|remove)\(/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(asking).toEqual(['tag-manager/told-writes.ts']);
});

test('a write whose answer was lost may be there; one that was refused is not', () => {
  const isMaybe = (failureClass: Parameters<typeof mayBeWritten>[0]['class']) =>
    mayBeWritten({ class: failureClass, error: 'X', message: '' });
  expect(
    (['network', 'broken-answer', 'stopped', 'busy', 'throttled', 'unknown'] as const).every(isMaybe),
  ).toBe(true);
  expect((['denied', 'not-found', 'invalid-tags', 'too-many-tags'] as const).some(isMaybe)).toBe(false);
});

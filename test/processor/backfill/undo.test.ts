/** A run undone, from its journal to the tags that are read back: every service, what others changed, kills, the store. */
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Creation } from '../../../parser/event/creation.ts';
import { createRun } from '../../../processor/backfill/run/run-writer.ts';
import { changesFor, keyStates } from '../../../processor/backfill/undo/undo-keys.ts';
import type { UndoOutcome, UndoTotals } from '../../../processor/backfill/undo/undo-outcome.ts';
import { type UndoOptions, undoRun } from '../../../processor/backfill/undo/undo-run.ts';
import { apiNamed } from '../../../tag-manager/apis/apis.ts';
import { type Calls, createCalls } from '../../../tag-manager/calls/calls.ts';
import { createTaggers } from '../../../tag-manager/taggers/taggers.ts';
import { runInfo, runsFolder } from '../../helpers/run-info.ts';
import { size } from '../../helpers/runs.ts';
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
} from '../../tag-manager/creations.ts';
import { openStore, putTable } from '../../tag-manager/store/stores.ts';
import {
  type ManagerOptions,
  NOW,
  operationsOf,
  ours,
  putResource,
  startTagging,
  type Tagging,
  taggerOf,
  UNENDING,
} from '../../tag-manager/tagging.ts';
import { randomOf } from './simulated-run.ts';

let tagging: Tagging;
let calls: Calls;
const base = runsFolder('undo');

beforeAll(async () => {
  tagging = await startTagging();
  calls = createCalls({
    credentialsFor: (account) => async () => tagging.sandbox.credentials(taggerOf(account ?? ACCOUNT)),
    concurrency: 16,
    limits: { maxAttempts: 1, connectionTimeoutMs: 1_000, requestTimeoutMs: 5_000 },
  });
});
afterAll(async () => {
  calls.destroy();
  await tagging.close();
  rmSync(base, { recursive: true, force: true });
});

/** A run that tags these; gives its folder. */
async function tagIn(creations: readonly Creation[], options: ManagerOptions = {}): Promise<string> {
  const onLost = (problem: string) => {
    throw new Error(problem);
  };
  const run = await createRun(base, runInfo(), { rowOf: () => ({}), onLost, now: () => NOW });
  for (const creation of creations)
    await tagging.manager({ ...options, journal: run.journal }).tag({ creations: [creation] }, UNENDING);
  await run.close();
  return run.folder;
}

interface Undid {
  readonly outcomes: readonly UndoOutcome[];
  readonly totals: UndoTotals;
}

async function undo(folder: string, options: Partial<UndoOptions> = {}): Promise<Undid> {
  const outcomes: UndoOutcome[] = [];
  const totals = await undoRun(folder, {
    calls,
    signal: UNENDING,
    taggerFor: createTaggers(),
    undone: undefined,
    dryRun: false,
    closed: () => undefined,
    batchesAtOnce: 8,
    onOutcome: (outcome) => outcomes.push(outcome),
    onStop: () => {},
    onLost: () => {},
    now: () => NOW,
    ...options,
  });
  return { outcomes, totals };
}

let numbers = 0;
const newId = (kind: KindName) => KINDS[kind].id(80_000 + numbers++);

const tagsOf = (arn: string) => tagging.sandbox.tagsOf(arn);

function make(kind: KindName, tags: Readonly<Record<string, string>> = {}, at = EVENT_TIME) {
  const id = newId(kind);
  return {
    id,
    arn: putResource(tagging.sandbox, kind, id, { tags }),
    creation: creationOf(kind, id, { at }),
  };
}

test('of every service: what was not there is taken away, what was there comes back, and the rest is as it was', async () => {
  const before = { Team: 'blue', 'aws:cloudformation:stack-name': 'web' };
  const taken = { ...before, CreatedBy: 'the platform team', CreatedDate: 'long ago' };
  const bare = TAGGED_KINDS.map((kind) => make(kind, before));
  const written = TAGGED_KINDS.map((kind) => make(kind, taken));
  const more = make('instance', before);
  const all = [...bare, ...written, more];
  const folder = await tagIn(
    all.map(({ creation }) => creation),
    { options: { onExisting: 'overwrite' } },
  );
  for (const { arn } of all) expect(tagsOf(arn)).toMatchObject(ours(ALICE, EVENT_TIME));

  const looked = await undo(folder, { dryRun: true });
  expect(looked.totals).toMatchObject({ resources: all.length, outcomes: { 'would-undo': all.length } });
  for (const { arn } of all) expect(tagsOf(arn)).toMatchObject(ours(ALICE, EVENT_TIME));
  expect(existsSync(join(folder, 'undo.ndjson'))).toBe(false);

  const requests = await tagging.requestsOf(async () => {
    const { totals } = await undo(folder);
    expect(totals).toEqual({
      resources: all.length,
      outcomes: { undone: all.length },
      restoredTags: 2 * written.length,
      removedTags: 3 * (bare.length + 1) + written.length,
      keptTags: {},
      failures: {},
    });
  });
  for (const { arn } of [...bare, more]) expect(tagsOf(arn)).toEqual(before);
  for (const { arn } of written) expect(tagsOf(arn)).toEqual(taken);
  // Two instances of which three keys go, and one of which one goes and two come back.
  const ofEc2 = operationsOf(requests).filter((operation) => operation.startsWith('ec2 '));
  expect(ofEc2.toSorted()).toEqual([
    'ec2 CreateTags',
    'ec2 DeleteTags',
    'ec2 DeleteTags',
    'ec2 DescribeTags',
  ]);
});

test('what others have changed since stays, key by key, and is counted by what they did', async () => {
  const kinds = ['topic', 'topic', 'topic', 'topic', 'queue', 'topic'] as const;
  const made = kinds.map((kind) => make(kind));
  const [corrected, bereft, foreign, gone, denied, whole] = made;
  const folder = await tagIn(made.map(({ creation }) => creation));
  const { sandbox } = tagging;
  if (!corrected || !bereft || !foreign || !gone || !denied || !whole) throw new Error('there are six');
  sandbox.putTags(corrected.arn, { CreatedBy: 'bob, in truth' });
  sandbox.removeTags(bereft.arn, ['CreatedBy', 'CreatedDate', 'ManagedBy']);
  sandbox.putTags(foreign.arn, { CreatedBy: 'x', CreatedDate: 'y', ManagedBy: 'z' });
  sandbox.removeResource(gone.arn);
  const mend = sandbox.deny.add({ service: 'sqs', operation: 'UntagQueue' });
  const outcomeOf = ({ outcomes }: Undid, { arn }: { readonly arn: string }) =>
    outcomes.find((each) => each.arn === arn);
  const first = await undo(folder);
  expect(outcomeOf(first, corrected)).toMatchObject({
    outcome: 'partly-undone',
    removed: ['CreatedDate', 'ManagedBy'],
    kept: [{ key: 'CreatedBy', why: 'changed' }],
  });
  expect(outcomeOf(first, bereft)).toMatchObject({ outcome: 'unchanged' });
  expect(outcomeOf(first, foreign)).toMatchObject({ outcome: 'kept' });
  expect(outcomeOf(first, gone)).toMatchObject({ outcome: 'gone', failure: { class: 'not-found' } });
  expect(outcomeOf(first, denied)).toMatchObject({ outcome: 'failed', failure: { class: 'denied' } });
  expect(tagsOf(corrected.arn)).toEqual({ CreatedBy: 'bob, in truth' });
  expect(tagsOf(foreign.arn)).toEqual({ CreatedBy: 'x', CreatedDate: 'y', ManagedBy: 'z' });
  mend();
  const again = await undo(folder);
  expect(again.outcomes.map(({ arn }) => arn).toSorted()).toEqual([denied.arn, foreign.arn].toSorted());
  expect(again.totals).toMatchObject({
    resources: 6,
    outcomes: { undone: 2, 'partly-undone': 1, unchanged: 1, kept: 1, gone: 1 },
    keptTags: { changed: 4 },
  });
  for (const { arn } of [denied, whole]) expect(tagsOf(arn)).toEqual({});
});

test('of tags that the run wrote twice, what was there before the first comes back', async () => {
  const id = newId('function');
  const before = ours('someone', minutesLater(-60));
  const arn = putResource(tagging.sandbox, 'function', id, { tags: before });
  const folder = await tagIn([
    creationOf('function', id),
    creationOf('function', id, { at: minutesLater(30), by: 'bob' }),
  ]);
  expect(tagsOf(arn).CreatedDate).toBe(minutesLater(30));
  await undo(folder);
  expect(tagsOf(arn)).toEqual(before);
});

describe('members of a group', () => {
  const arnOf = (type: string, id: string) => `arn:aws:elasticache:${REGION}:${ACCOUNT}:${type}:${id}`;

  async function tagGroup(name: string) {
    const { sandbox } = tagging;
    const [group, node, made] = [
      arnOf('replicationgroup', name),
      arnOf('cluster', `${name}-node`),
      arnOf('cluster', `${name}-002`),
    ];
    const createdAt = Date.parse(EVENT_TIME);
    sandbox.putResource({ arn: node, tags: ours('bob', minutesLater(-60)), createdAt });
    sandbox.putResource({ arn: made, createdAt });
    sandbox.putResource({ arn: group, members: [node, made], createdAt });
    const creation = readOrThrow({
      ...creationOf('cache cluster', 'x').record,
      eventName: 'CreateReplicationGroup',
      requestParameters: { replicationGroupId: name },
      responseElements: { aRN: group, memberClusters: [`${name}-node`] },
    });
    const folder = await tagIn([creation]);
    expect(tagsOf(made)).toEqual(ours(ALICE, EVENT_TIME));
    return { folder, group, node, made };
  }

  test('keep what they bore, though the service takes away from them too', async () => {
    const { folder, group, node, made } = await tagGroup('undo');
    await undo(folder);
    expect(tagsOf(node)).toEqual(ours('bob', minutesLater(-60)));
    expect([tagsOf(group), tagsOf(made)]).toEqual([{}, {}]);
  });

  test('get it back also where the undo was killed between the two', async () => {
    const { folder, group, node, made } = await tagGroup('killed');
    const { sandbox } = tagging;
    await undo(folder);
    const path = join(folder, 'undo.ndjson');
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.slice(0, 3).map((line) => JSON.parse(line).arn)).toEqual([group, node, made]);
    writeFileSync(path, `${lines.slice(0, 3).join('\n')}\n`); // what it intended for the group, and no more
    sandbox.removeTags(node, ['CreatedBy', 'CreatedDate', 'ManagedBy']);
    await undo(folder);
    expect(tagsOf(node)).toEqual(ours('bob', minutesLater(-60)));
    expect([tagsOf(group), tagsOf(made)]).toEqual([{}, {}]);
  });
});

test('stopped at any moment and gone on with, it ends as if nobody had stopped it; in parts as in one', async () => {
  const made = Array.from({ length: size(24, 120) }, (_, at) =>
    make(TAGGED_KINDS[at % TAGGED_KINDS.length] ?? 'topic'),
  );
  const folder = await tagIn(made.map(({ creation }) => creation));
  const random = randomOf(7);
  const { totals: looked } = await undo(folder, { dryRun: true });
  for (let stop = 0; stop < size(6, 40); stop++) {
    const stopping = new AbortController();
    let left = random(6);
    const onOutcome = () => {
      if (left-- === 0) stopping.abort(new Error('stopped'));
    };
    await undo(folder, { signal: stopping.signal, onOutcome, partBytes: stop % 2 === 0 ? 2_000 : 1_000_000 });
    const path = join(folder, 'undo.ndjson');
    const text = readFileSync(path, 'utf8');
    const lastIntent = text.lastIndexOf('{"kind":"intent"');
    const from = lastIntent < 0 ? 0 : text.indexOf('\n', lastIntent) + 1;
    truncateSync(path, from + random(text.length - from + 1)); // as a kill may leave it
  }
  const { totals } = await undo(folder, { partBytes: 2_000 });
  expect(totals).toEqual({ ...looked, outcomes: { undone: made.length } });
  for (const { arn } of made) expect(tagsOf(arn)).toEqual({});
  expect(existsSync(join(folder, 'undo-parts'))).toBe(false);
  const requests = await tagging.requestsOf(async () => expect((await undo(folder)).totals).toEqual(totals));
  expect(requests).toEqual([]); // all is done
  expect(JSON.parse(readFileSync(join(folder, 'undo.json'), 'utf8'))).toMatchObject({ totals });
});

test('the store keeps that it was undone before anything is taken away; redelivery tags nothing', async () => {
  await putTable(tagging);
  const { arn, creation } = make('topic');
  const { ledger, undone } = openStore(tagging);
  const folder = await tagIn([creation], { ledger });
  let tagsThen: object = {};
  const told: typeof undone = {
    put(...event) {
      tagsThen = tagsOf(arn);
      return undone.put(...event);
    },
  };
  await undo(folder, { undone: told });
  expect(tagsThen).toEqual(ours(ALICE, EVENT_TIME));
  const [outcome] = await tagging.tag([creation], { ledger: openStore(tagging).ledger });
  expect(outcome).toMatchObject({
    outcome: 'kept',
    reason: 'its tags were taken away again, by undoing a run',
  });
  expect(tagsOf(arn)).toEqual({});
});

test('where the store cannot be told, nothing is taken away', async () => {
  const { arn, creation } = make('topic');
  const folder = await tagIn([creation]);
  const undone = { put: () => Promise.reject(new Error('no table')) };
  const { outcomes } = await undo(folder, { undone });
  expect(outcomes).toMatchObject([{ outcome: 'failed', failure: { message: 'no table' } }]);
  expect(tagsOf(arn)).toEqual(ours(ALICE, EVENT_TIME));
});

test('an account without a role, or a place that denies all, is said and not tried on and on', async () => {
  const made = Array.from({ length: 25 }, () => make('topic'));
  const folder = await tagIn(made.map(({ creation }) => creation));
  const closed = await undo(folder, { closed: (account) => `there is no role for ${account}`, dryRun: true });
  expect(closed.totals.failures).toEqual({ NoRole: 25 });
  const mend = tagging.sandbox.deny.add({ service: 'sns', operation: 'UntagResource' });
  const stops: string[] = [];
  const requests = await tagging.requestsOf(() =>
    undo(folder, { batchesAtOnce: 1, onStop: ({ place }) => stops.push(place ?? '') }),
  );
  mend();
  expect(stops).toEqual([`sns:TagResource ${ACCOUNT} ${REGION}`]);
  expect(operationsOf(requests).filter((operation) => operation === 'sns UntagResource')).toHaveLength(10);
});

describe('key by key', () => {
  const api = apiNamed('sns:TagResource');
  const caseless = { keys: { ...api.keys, areCaseless: true } };
  type Step = readonly [
    isWritten: 'yes' | 'maybe' | 'no',
    before: object,
    after: object,
    removed?: readonly string[],
  ];
  const changes = (steps: readonly Step[], present: object, of = api as Pick<typeof api, 'keys'>) => {
    const writes = steps.map(([isWritten, before, after, removed = []], number) => ({
      number,
      isWritten,
      intent: { before, after, removed } as never,
    }));
    const { restore, remove, kept } = changesFor(keyStates(writes, of), new Map(Object.entries(present)), of);
    return { restore: Object.fromEntries(restore), remove: [...remove.keys()], kept };
  };
  const nothing = { restore: {}, remove: [], kept: [] };

  test.each<readonly [string, readonly Step[], object, object]>([
    [
      'a write of which nobody knows is undone where its value stands',
      [['maybe', {}, { A: '1' }]],
      { A: '1' },
      { ...nothing, remove: ['A'] },
    ],
    [
      'and is no change by others where it does not',
      [['maybe', { A: '0' }, { A: '1' }]],
      { A: '0' },
      nothing,
    ],
    ['a write that was refused changed nothing', [['no', {}, { A: '1' }]], { A: '1' }, nothing],
    [
      'what others left between two writes comes back',
      [
        ['yes', {}, { A: '1' }],
        ['yes', { A: '9' }, { A: '2' }],
      ],
      { A: '2' },
      { ...nothing, restore: { A: '9' } },
    ],
    [
      'either of two values may be ours',
      [
        ['yes', { A: '0' }, { A: '1' }],
        ['maybe', { A: '1' }, { A: '2' }],
      ],
      { A: '1' },
      { ...nothing, restore: { A: '0' } },
    ],
    [
      'what was taken away comes back',
      [['yes', { A: '0' }, {}, ['A']]],
      {},
      { ...nothing, restore: { A: '0' } },
    ],
    [
      'but not over what came in its place',
      [['yes', { A: '0' }, {}, ['A']]],
      { A: '5' },
      { ...nothing, kept: [{ key: 'A', why: 'changed' }] },
    ],
    [
      'what was put back at once is nothing to undo',
      [
        ['yes', { A: '0' }, { A: '1' }],
        ['yes', { A: '1' }, { A: '0' }],
      ],
      { A: '0' },
      nothing,
    ],
    [
      'what others took away stays away',
      [['yes', { A: '0' }, { A: '1' }]],
      {},
      { ...nothing, kept: [{ key: 'A', why: 'removed' }] },
    ],
    [
      'a key like a property of objects is one like others',
      [['yes', {}, JSON.parse('{"__proto__":"1"}')]],
      JSON.parse('{"__proto__":"1"}'),
      { ...nothing, remove: ['__proto__'] },
    ],
  ])('%s', (_, steps, present, expected) => {
    expect(changes(steps, present)).toEqual(expected);
  });

  test('where keys are the same in any case, the old spelling comes back, and the present one goes', () => {
    const step: Step = ['yes', { createdby: 'x' }, { CreatedBy: 'y' }];
    expect(changes([step], { CREATEDBY: 'y' }, caseless)).toEqual({
      ...nothing,
      restore: { createdby: 'x' },
    });
    expect(changes([['yes', {}, { CreatedBy: 'y' }]], { CREATEDBY: 'y' }, caseless)).toEqual({
      ...nothing,
      remove: ['CREATEDBY'],
    });
  });
});

/** Names that are judged again where nobody takes them for later: by the tag manager itself, once all else is done. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { NameAgain } from '../../../tag-manager/name-work.ts';
import { createMemory } from '../../../tag-manager/store/memory.ts';
import { taggingTable } from '../../helpers/tagging-table.ts';
import { ACCOUNT, minutesLater } from '../creations.ts';
import { openStore, putTable, settingsWith } from '../store/stores.ts';
import { type ManagerOptions, startTagging, type Tagging, UNENDING } from '../tagging.ts';
import {
  groupArn,
  groupCreation,
  instanceArn,
  launchCreation,
  nodeGroupCreation,
  putFamily,
} from './families.ts';

const PERSONS = { createdBy: 'person' } as const;
const LATER = Date.parse(minutesLater(120));

let tagging: Tagging;
beforeAll(async () => {
  tagging = await startTagging({ tagging: await taggingTable() });
  await putTable(tagging);
});
afterAll(() => tagging.close());

let ids = 0;
const next = () => String(ids++).padStart(4, '0');

const store = () => openStore(tagging, settingsWith(PERSONS)).ledger;
const ledgers = { memory: createMemory, store };

const managerOf = (ledger = createMemory(), options: ManagerOptions = {}) =>
  tagging.manager({ options: PERSONS, ledger, now: LATER, ...options });

/** A group of so many instances that were launched for it. */
function family(size = 1) {
  const group = `web-again-${next()}`;
  putFamily(tagging.sandbox, groupArn(group, '0a1b2c3d-0000-4000-8000-000000000000'), { id: group });
  const arns = Array.from({ length: size }, () =>
    putFamily(tagging.sandbox, instanceArn(`i-1000000000000${next()}`)),
  );
  const launches = arns.map((arn) =>
    launchCreation(group, arn.split('/').at(-1) ?? '', { at: minutesLater(1) }),
  );
  return { group, arns, launches };
}

const creatorsOf = (arns: readonly string[]) =>
  new Set(arns.map((arn) => tagging.sandbox.tagsOf(arn)?.CreatedBy));
const outcomesOf = async (tagged: ReturnType<ReturnType<typeof managerOf>['tag']>) =>
  (await tagged).outcomes.map(({ outcome, failure }) => (failure ? `${outcome}: ${failure.error}` : outcome));
const failing = (operation: string, code: string, more: object = {}) =>
  tagging.sandbox.faults.add({
    operation,
    effect: { error: { code, status: 400, message: 'of the test' } },
    ...more,
  });

describe.each(['memory', 'store'] as const)('with the %s', (kind) => {
  test('all instances of a group are named anew, and nothing the second time', async () => {
    const { group, arns, launches } = family(3);
    const manager = managerOf(ledgers[kind]());
    await manager.tag({ creations: launches }, UNENDING);
    expect(creatorsOf(arns)).toEqual(new Set(['AWSServiceRoleForAutoScaling']));
    const creations = [groupCreation(group)];
    expect(await manager.tag({ creations }, UNENDING)).toMatchObject({ namedAnew: 3, undoneNames: [] });
    expect(creatorsOf(arns)).toEqual(new Set(['alice']));
    const made = await tagging.requestsOf(async () => {
      expect(await manager.tag({ creations }, UNENDING)).toMatchObject({ namedAnew: 0 });
    });
    expect(made.filter(({ service }) => service === 'ec2')).toEqual([]);
  });

  test('the chain is gone down, from the node group to its instances', async () => {
    const id = `1b1c2d3e-4f50-6172-8394-a5b6c7d8${next()}`;
    const group = `eks-workers-${id}`;
    const instance = `i-2000000000000${next()}`;
    putFamily(tagging.sandbox, groupArn(group, '0a1b2c3d-0000-4000-8000-000000000001'), { id: group });
    const arn = putFamily(tagging.sandbox, instanceArn(instance));
    const nodes = nodeGroupCreation(id, { by: 'bob' });
    putFamily(tagging.sandbox, nodes.resources[0]?.arn ?? '');
    const manager = managerOf(ledgers[kind]());
    const launch = launchCreation(group, instance, { at: minutesLater(2) });
    await manager.tag({ creations: [launch] }, UNENDING);
    await manager.tag({ creations: [groupCreation(group, { by: 'eks', at: minutesLater(1) })] }, UNENDING);
    expect(await manager.tag({ creations: [nodes] }, UNENDING)).toMatchObject({ namedAnew: 2 });
    expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'bob' });
  });

  test('while one may be named later, the parent is not done with, and finds it again', async () => {
    const { group, arns, launches } = family(2);
    const manager = managerOf(ledgers[kind]());
    await manager.tag({ creations: launches }, UNENDING);
    const remove = failing('CreateTags', 'RequestLimitExceeded');
    const creations = [groupCreation(group)];
    expect(await outcomesOf(manager.tag({ creations }, UNENDING))).toEqual(['deferred: ChildrenNotNamed']);
    remove();
    expect(await outcomesOf(manager.tag({ creations }, UNENDING))).toEqual(['unchanged']);
    expect(creatorsOf(arns)).toEqual(new Set(['alice']));
  });

  test('what never can be named is told, and the rest goes on', async () => {
    const { group, launches, arns } = family();
    const manager = managerOf(ledgers[kind]());
    await manager.tag({ creations: launches }, UNENDING);
    const remove = failing('CreateTags', 'UnauthorizedOperation');
    const { outcomes, undoneNames } = await manager.tag({ creations: [groupCreation(group)] }, UNENDING);
    remove();
    expect(outcomes).toMatchObject([{ outcome: 'tagged' }]);
    expect(undoneNames).toMatchObject([
      { end: 'never', name: { arn: arns[0] }, failure: { class: 'denied' } },
    ]);
  });

  test('a name that is brought tells whether it must come again', async () => {
    const { group, launches, arns } = family();
    const taken: NameAgain[] = [];
    const judgeAgain = async (names: readonly NameAgain[]) => {
      taken.push(...names);
    };
    const manager = managerOf(ledgers[kind](), { judgeAgain });
    await manager.tag({ creations: launches }, UNENDING);
    await manager.tag({ creations: [groupCreation(group)] }, UNENDING);
    expect(taken).toMatchObject([{ account: ACCOUNT, arn: arns[0] }]);
    const events = { creations: [], again: taken };
    const remove = failing('DescribeTags', 'RequestLimitExceeded');
    expect(await manager.tag(events, UNENDING)).toMatchObject({
      namedAnew: 0,
      undoneNames: [{ end: 'later' }],
    });
    remove();
    expect(await manager.tag(events, UNENDING)).toMatchObject({ namedAnew: 1, undoneNames: [] });
    expect(await manager.tag(events, UNENDING)).toMatchObject({ namedAnew: 0, undoneNames: [] });
  });
});

test('what is broken off between the ledger and the tags is found again by another process', async () => {
  const { group, launches, arns } = family(2);
  await managerOf(store()).tag({ creations: launches }, UNENDING);
  const interruption = new AbortController();
  const remove = failing('CreateTags', 'InternalError', {
    match: () => {
      interruption.abort(new Error('Ctrl-C'));
      return true;
    },
  });
  const creations = [groupCreation(group)];
  expect(await outcomesOf(managerOf(store()).tag({ creations }, interruption.signal))).toEqual([
    expect.stringMatching(/^deferred/),
  ]);
  remove();
  expect(await managerOf(store()).tag({ creations }, UNENDING)).toMatchObject({ namedAnew: 2 });
  expect(creatorsOf(arns)).toEqual(new Set(['alice']));
});

test('DynamoDB that is throttled while children are listed brings the parent again', async () => {
  const { group, launches, arns } = family(2);
  await managerOf(store()).tag({ creations: launches }, UNENDING);
  const creations = [groupCreation(group)];
  const remove = failing('Query', 'ProvisionedThroughputExceededException', {
    match: ({ input }: { input: unknown }) => JSON.stringify(input).includes('children:'),
  });
  expect(await outcomesOf(managerOf(store()).tag({ creations }, UNENDING))).toEqual([
    'deferred: ProvisionedThroughputExceededException',
  ]);
  remove();
  expect(await managerOf(store()).tag({ creations }, UNENDING)).toMatchObject({ namedAnew: 2 });
  expect(creatorsOf(arns)).toEqual(new Set(['alice']));
});

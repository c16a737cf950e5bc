/** Who is behind what services make, from the records of a family to the tags of its youngest. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { NameAgain } from '../../../tag-manager/name-work.ts';
import { createMemory } from '../../../tag-manager/store/memory.ts';
import { taggingTable } from '../../helpers/tagging-table.ts';
import { minutesLater } from '../creations.ts';
import { openStore, putTable, settingsWith } from '../store/stores.ts';
import { type ManagerOptions, ours, startTagging, type Tagging, UNENDING } from '../tagging.ts';
import {
  groupArn,
  groupCreation,
  instanceArn,
  launchCreation,
  nodeGroupCreation,
  putFamily,
} from './families.ts';

const PERSONS = { createdBy: 'person' } as const;

let tagging: Tagging;
beforeAll(async () => {
  tagging = await startTagging({ tagging: await taggingTable() });
  await putTable(tagging);
});
afterAll(() => tagging.close());

let ids = 0;
const next = () => String(ids++).padStart(4, '0');

function family() {
  const [group, instance] = [`web-${next()}`, `i-0000000000000${next()}`];
  const arns = [groupArn(group, '0a1b2c3d-0000-4000-8000-000000000000'), instanceArn(instance)];
  putFamily(tagging.sandbox, arns[0] ?? '', { id: group });
  putFamily(tagging.sandbox, arns[1] ?? '', { id: instance });
  return { group, groupArn: arns[0] ?? '', instance, arn: arns[1] ?? '' };
}

const ledgers = {
  memory: () => createMemory(),
  store: () => openStore(tagging, settingsWith(PERSONS)).ledger,
};

/** A manager that judges again at once what it is told to. */
function managerOf(kind: keyof typeof ledgers, options: ManagerOptions = {}) {
  const again: NameAgain[] = [];
  const judgeAgain = async (names: readonly NameAgain[]) => {
    again.push(...names);
  };
  const now = Date.parse(minutesLater(120));
  const manager = tagging.manager({ options: PERSONS, ledger: ledgers[kind](), judgeAgain, now, ...options });
  return {
    again,
    async tag(...creations: Parameters<typeof manager.tag>[0]['creations'][number][]) {
      const { outcomes } = await manager.tag({ creations }, UNENDING);
      while (again.length > 0) await manager.tag({ creations: [], again: again.splice(0) }, UNENDING);
      return outcomes.map(({ outcome, failure }) =>
        failure ? `${outcome}: ${failure.error} ${failure.message}` : outcome,
      );
    },
  };
}

describe.each(['memory', 'store'] as const)('with the %s', (kind) => {
  test('the creator of the group is behind its instances, in one file', async () => {
    const { group, instance, arn } = family();
    const { tag } = managerOf(kind);
    expect(await tag(launchCreation(group, instance, { at: minutesLater(1) }), groupCreation(group))).toEqual(
      ['tagged', 'tagged'],
    );
    expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'alice', CreatedDate: minutesLater(1) });
  });

  test('a young instance waits for its group; an old one is named as far as is known, and anew once more is', async () => {
    const { group, instance, arn } = family();
    const launch = launchCreation(group, instance, { at: minutesLater(1) });
    const young = managerOf(kind, { now: Date.parse(minutesLater(5)) });
    const waits = ['ParentNotKnown', 'NotShown']; // the second for the volumes of the launch
    expect(await young.tag(launch)).toEqual(
      waits.map((error) => expect.stringContaining(`deferred: ${error}`)),
    );
    expect(tagging.sandbox.tagsOf(arn)).toEqual({});
    const old = managerOf(kind);
    expect(await old.tag(launch)).toEqual(['tagged']);
    expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'AWSServiceRoleForAutoScaling' });
    expect(await old.tag(groupCreation(group))).toEqual(['tagged']);
    expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'alice', CreatedDate: minutesLater(1) });
  });

  test('the chain goes on to who made the node group, in any order', async () => {
    const id = `0b1c2d3e-4f50-6172-8394-a5b6c7d8${next()}`;
    const group = `eks-workers-${id}`;
    const instance = `i-0000000000000${next()}`;
    putFamily(tagging.sandbox, groupArn(group, '0a1b2c3d-0000-4000-8000-000000000001'), { id: group });
    const arn = putFamily(tagging.sandbox, instanceArn(instance));
    const nodes = nodeGroupCreation(id, { by: 'bob' });
    putFamily(tagging.sandbox, nodes.resources[0]?.arn ?? '');
    const { tag } = managerOf(kind);
    await tag(launchCreation(group, instance, { at: minutesLater(2) }));
    await tag(groupCreation(group, { by: 'eks', at: minutesLater(1) }));
    await tag(nodes);
    expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'bob', CreatedDate: minutesLater(2) });
  });

  test('what a person has corrected since stays', async () => {
    const { group, instance, arn } = family();
    const { tag } = managerOf(kind);
    await tag(launchCreation(group, instance, { at: minutesLater(1) }));
    tagging.sandbox.putTags(arn, { CreatedBy: 'eve' });
    await tag(groupCreation(group));
    expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'eve' });
  });

  test('the group of that time is asked, whoever had its name before and after', async () => {
    const { group, instance, arn } = family();
    const { tag } = managerOf(kind);
    await tag(groupCreation(group, { by: 'carol', at: minutesLater(30) }));
    await tag(groupCreation(group, { by: 'alice', at: minutesLater(-30) }));
    await tag(groupCreation(group, { by: 'bob', at: minutesLater(0) }));
    await tag(launchCreation(group, instance, { at: minutesLater(10) }));
    expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'bob' });
  });
});

test('whom the tags of a group told of is no correction, also where nobody could keep that it was written', async () => {
  const { group, groupArn: ofGroup, instance, arn } = family();
  const launch = launchCreation(group, instance, { at: minutesLater(1) });
  tagging.sandbox.putTags(ofGroup, ours('erin', minutesLater(0)));
  const { ledger } = openStore(tagging, settingsWith(PERSONS));
  const settle = () => Promise.reject(new Error('the function died'));
  await managerOf('store', { ledger: { ...ledger, settle } }).tag(launch);
  expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'erin' });
  await managerOf('store').tag(groupCreation(group));
  await managerOf('store').tag(launch);
  expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'alice' });
});

test('without a store the tags of the group tell', async () => {
  const { group, instance, arn } = family();
  await managerOf('memory').tag(groupCreation(group));
  await managerOf('memory').tag(launchCreation(group, instance, { at: minutesLater(1) }));
  expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'alice' });
});

test('settings that name no person ask nobody', async () => {
  const { group, instance } = family();
  const ledger = openStore(tagging).ledger;
  const made = await tagging.requestsOf(() =>
    tagging.manager({ ledger }).tag({ creations: [launchCreation(group, instance)] }, UNENDING),
  );
  expect(made.map(({ operation }) => operation).toSorted()).toEqual(
    ['CreateTags', 'DescribeTags', 'DescribeVolumes', 'PutItem', 'Query', 'Query', 'UpdateItem'].toSorted(),
  );
});

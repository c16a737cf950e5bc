/**
 * What holds of the person behind a creation whatever comes in which order and how often: families of four, brought in all
 * orders, split and again, to one process without a store and to a process each with it.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Creation } from '../../../parser/event/creation.ts';
import { createMemory } from '../../../tag-manager/store/memory.ts';
import { readOnly } from '../../../tag-manager/store/read-only.ts';
import type { TagManager } from '../../../tag-manager/tag-manager.ts';
import type { TagOptions } from '../../../tag-manager/tags/tag-settings.ts';
import { runs, size } from '../../helpers/runs.ts';
import { taggingTable } from '../../helpers/tagging-table.ts';
import { ACCOUNT, minutesLater } from '../creations.ts';
import { itemsOfPartition, openStore, putTable, settingsWith } from '../store/stores.ts';
import { isWrite, type ManagerOptions, startTagging, type Tagging, UNENDING } from '../tagging.ts';
import {
  groupArn,
  groupCreation,
  instanceArn,
  launchCreation,
  nodeGroupCreation,
  putFamily,
} from './families.ts';

const PERSONS: Partial<TagOptions> = { createdBy: 'person', skipKey: 'NoTags' };
const ROLE = 'AWSServiceRoleForAutoScaling';
/** Nobody waits for a parent any more. */
const LATER = Date.parse(minutesLater(120));

let tagging: Tagging;
beforeAll(async () => {
  tagging = await startTagging({ tagging: await taggingTable() });
  await putTable(tagging);
});
afterAll(() => tagging.close());

let ids = 0;
const next = () => String(ids++).padStart(4, '0');

/** Bob makes a node group, EKS its group, and Auto Scaling launches two instances, which others tag too. */
function family() {
  const id = `2b1c2d3e-4f50-6172-8394-a5b6c7d8${next()}`;
  const group = `eks-workers-${id}`;
  const nodes = nodeGroupCreation(id, { by: 'bob' });
  const instances = [next(), next()].map((each) => `i-3000000000000${each}`);
  const arns = [
    putFamily(tagging.sandbox, nodes.resources[0]?.arn ?? ''),
    putFamily(tagging.sandbox, groupArn(group, '0a1b2c3d-0000-4000-8000-000000000002'), { id: group }),
    ...instances.map((each) => putFamily(tagging.sandbox, instanceArn(each), { tags: { Team: 'blue' } })),
  ];
  const creations = [
    nodes,
    groupCreation(group, { by: 'eks', at: minutesLater(1) }),
    ...instances.map((each, at) => launchCreation(group, each, { at: minutesLater(2 + at) })),
  ];
  return { arns, creations };
}

type Family = ReturnType<typeof family>;

const tagsOf = ({ arns }: Family) => arns.map((arn) => tagging.sandbox.tagsOf(arn));
const creatorsOf = (of: Family) => tagsOf(of).map(({ CreatedBy }) => CreatedBy);

const store = (options = PERSONS) => openStore(tagging, settingsWith(options));

/** Brings calls to the tag manager: of one process that remembers, or each to a process of its own that has the store. */
const WAYS = {
  memory: (more: ManagerOptions = {}) => {
    const manager = tagging.manager({ options: PERSONS, ledger: createMemory(), now: LATER, ...more });
    return (creations: readonly Creation[]) => tagWith(manager, creations);
  },
  store: (more: ManagerOptions = {}) => {
    const { ledger } = store(more.options);
    return (creations: readonly Creation[]) =>
      tagWith(tagging.manager({ options: PERSONS, ledger, now: LATER, ...more }), creations);
  },
};

async function tagWith(manager: TagManager, creations: readonly Creation[]): Promise<readonly string[]> {
  const { outcomes } = await manager.tag({ creations }, UNENDING);
  return outcomes.map(({ outcome }) => outcome);
}

const ORDERS = [0, 1, 2, 3].flatMap((first) =>
  [0, 1, 2, 3].flatMap((second) =>
    [0, 1, 2, 3].flatMap((third) => {
      const order = [first, second, third, 6 - first - second - third];
      return new Set(order).size === 4 && order.every((each) => each in [0, 1, 2, 3]) ? [order] : [];
    }),
  ),
);

/** Each of the four is the first twice. */
const SOME_ORDERS = ORDERS.filter((_, at) => at % 3 === 0);

/** Files of calls, some of them brought again. */
const DELIVERIES = fc
  .tuple(fc.constantFrom(...ORDERS), fc.array(fc.nat(3), { maxLength: 4 }), fc.array(fc.boolean()))
  .map(([order, repeats, ends]) => {
    const files: number[][] = [[]];
    for (const [at, each] of [...order, ...repeats].entries()) {
      files.at(-1)?.push(each);
      if (ends[at] ?? true) files.push([]);
    }
    return files.filter((file) => file.length > 0);
  });

describe.each(['memory', 'store'] as const)('with the %s', (kind) => {
  test('all orders end the same', async () => {
    expect(ORDERS).toHaveLength(24);
    // With the store each takes a tenth of a second.
    for (const order of kind === 'store' ? size(SOME_ORDERS, ORDERS) : ORDERS) {
      const of = family();
      const tag = WAYS[kind]();
      for (const each of order) await tag(of.creations.slice(each, each + 1));
      const named = of.creations.map(({ eventTime }, at) => ({
        CreatedBy: 'bob',
        CreatedDate: eventTime,
        ManagedBy: 'auto-tagger',
        ...(at > 1 && { Team: 'blue' }),
      }));
      expect({ order, tags: tagsOf(of) }).toEqual({ order, tags: named });
    }
  });

  test('split and again all ends the same, and a person gives way to no service on the way', async () => {
    await fc.assert(
      fc.asyncProperty(DELIVERIES, async (files) => {
        const of = family();
        const tag = WAYS[kind]();
        const persons = new Set<string>();
        for (const file of files) {
          await tag(file.flatMap((each) => of.creations[each] ?? []));
          for (const [at, creator] of creatorsOf(of).entries()) {
            if (creator === 'bob') persons.add(of.arns[at] ?? '');
            else expect(persons).not.toContain(of.arns[at]);
          }
        }
        expect(creatorsOf(of)).toEqual(['bob', 'bob', 'bob', 'bob']);
      }),
      runs(6),
    );
  });

  test('whoever is behind it, the ARN stays what AWS vouches for', async () => {
    const options: Partial<TagOptions> = { extra: [['Owner', '{creator.person}']] };
    const of = family();
    const tag = WAYS[kind]({ options });
    await tag(of.creations.slice(2));
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${ROLE}/AutoScaling`;
    expect(tagsOf(of).slice(2)).toMatchObject(Array(2).fill({ CreatedBy: arn, Owner: ROLE }));
    await tag(of.creations.slice(0, 2));
    expect(tagsOf(of).slice(2)).toMatchObject(Array(2).fill({ CreatedBy: arn, Owner: 'bob' }));
  });

  test('what others wrote stays, before and after', async () => {
    const of = family();
    const [, , one = '', other = ''] = of.arns;
    const tag = WAYS[kind]();
    tagging.sandbox.putTags(one, { CreatedBy: 'finance' });
    await tag(of.creations.slice(2));
    tagging.sandbox.putTags(other, { CreatedBy: 'carol', Team: 'red' });
    await tag(of.creations.slice(0, 2));
    expect(tagging.sandbox.tagsOf(one)).toEqual({ CreatedBy: 'finance', Team: 'blue' });
    expect(tagging.sandbox.tagsOf(other)).toMatchObject({ CreatedBy: 'carol', Team: 'red' });
  });

  test('ON_EXISTING=overwrite takes a correction back', async () => {
    const of = family();
    const tag = WAYS[kind]({ options: { ...PERSONS, onExisting: 'overwrite' } });
    await tag(of.creations.slice(2));
    tagging.sandbox.putTags(of.arns[2] ?? '', { CreatedBy: 'carol' });
    await tag(of.creations.slice(0, 2));
    expect(creatorsOf(of)).toEqual(['bob', 'bob', 'bob', 'bob']);
  });

  test('an owner who keeps us off a child, or off a parent, is heard; the parent tells all the same', async () => {
    const of = family();
    const [, group = '', child = ''] = of.arns;
    for (const arn of [group, child]) tagging.sandbox.putTags(arn, { NoTags: '' });
    const tag = WAYS[kind]();
    await tag(of.creations.slice(2));
    await tag(of.creations.slice(0, 2));
    expect(creatorsOf(of)).toEqual(['bob', undefined, undefined, 'bob']);
  });

  test('a dry run writes nothing and keeps no children', async () => {
    const of = family();
    const options = { ...PERSONS, dryRun: true };
    const ledger = kind === 'store' ? readOnly(store(options).ledger) : createMemory();
    const tag = WAYS[kind]({ options, ledger });
    const made = await tagging.requestsOf(async () => {
      expect(await tag(of.creations)).toEqual(Array(4).fill('would-tag'));
    });
    expect(made.filter((each) => isWrite(each) || /^(Put|Update)Item$/.test(each.operation))).toEqual([]);
    expect(creatorsOf(of)).toEqual(Array(4).fill(undefined));
  });
});

describe('what was undone', () => {
  const undo = async (of: Family, at: number) => {
    const { eventID, eventTime, eventName, resources } = of.creations[at] ?? ({} as Creation);
    const { arn = '', id = '', region = '' } = resources[0] ?? {};
    const name = { account: ACCOUNT, arn: resources[0]?.name ?? arn };
    await store().undone.put(
      name,
      { eventID, eventTime, eventName, user: ROLE, resource: { id, region } },
      UNENDING,
    );
    const ours = ['CreatedBy', 'CreatedDate', 'ManagedBy'];
    tagging.sandbox.removeTags(of.arns[at] ?? '', ours);
  };

  test('is not tagged again by a parent that comes to be known, nor by what comes again', async () => {
    const of = family();
    const tag = WAYS.store();
    await tag(of.creations.slice(2));
    await undo(of, 2);
    await tag(of.creations.slice(0, 2));
    await tag(of.creations);
    expect(creatorsOf(of)).toEqual(['bob', 'bob', undefined, 'bob']);
  });

  test('of a parent leaves its children as they are, and their person', async () => {
    const of = family();
    const tag = WAYS.store();
    await tag(of.creations.toSpliced(2, 1));
    await undo(of, 1);
    await tag(of.creations);
    expect(creatorsOf(of)).toEqual(['bob', undefined, 'bob', 'bob']);
  });
});

test('what was written while another maker was the last that is known is ours, though nobody could keep that', async () => {
  const [group, instance] = [`web-laws-${next()}`, `i-4000000000000${next()}`];
  putFamily(tagging.sandbox, groupArn(group, '0a1b2c3d-0000-4000-8000-000000000003'), { id: group });
  const arn = putFamily(tagging.sandbox, instanceArn(instance));
  const launch = launchCreation(group, instance, { at: minutesLater(30) });
  const tag = WAYS.store();
  await tag([groupCreation(group, { by: 'alice', at: minutesLater(1) })]);
  let isWritten = false;
  const remove = tagging.sandbox.faults.add({
    match: ({ service, operation }) => {
      isWritten ||= operation === 'CreateTags';
      return isWritten && service === 'dynamodb';
    },
    effect: { reset: true },
  });
  expect(await tag([launch])).toEqual(['deferred']);
  remove();
  expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'alice' });
  await tag([groupCreation(group, { by: 'bob', at: minutesLater(20) })]);
  await tag([launch]);
  expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ CreatedBy: 'bob' });
});

test('what a child keeps below its parent expires', async () => {
  const of = family();
  await WAYS.store()(of.creations.slice(2));
  const [, group] = of.creations;
  const name = group?.resources[0]?.name ?? group?.resources[0]?.arn ?? '';
  const children = await itemsOfPartition(tagging, `children:${name}`);
  expect(children).toHaveLength(2);
  for (const child of children) expect(child).toHaveProperty('ExpiresAt');
});

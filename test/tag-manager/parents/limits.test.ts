/** Parents of very many, and parents that name one another: what is held, asked and sent stays bounded. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { NameAgain } from '../../../tag-manager/name-work.ts';
import type { Name } from '../../../tag-manager/ownership/name-event.ts';
import type { Ledger } from '../../../tag-manager/store/ledger.ts';
import { createMemory } from '../../../tag-manager/store/memory.ts';
import { longer, size } from '../../helpers/runs.ts';
import { taggingTable } from '../../helpers/tagging-table.ts';
import { ACCOUNT, minutesLater } from '../creations.ts';
import { openStore, putTable, settingsWith } from '../store/stores.ts';
import { startTagging, type Tagging, UNENDING } from '../tagging.ts';
import { clusterArn, clusterCreation, groupArn, groupCreation, instanceArn, putFamily } from './families.ts';

const PERSONS = { createdBy: 'person' } as const;

let tagging: Tagging;
beforeAll(async () => {
  tagging = await startTagging({ tagging: await taggingTable() });
  await putTable(tagging);
});
afterAll(() => tagging.close());

const ledgers: Readonly<Record<'memory' | 'store', () => Ledger>> = {
  memory: () => createMemory(),
  store: () => openStore(tagging, settingsWith(PERSONS)).ledger,
};

const CHILDREN = size(1_200, 100_000);

/** So many are told of at once, whoever told them. */
const A_PAGE = 1_000;

describe.each([
  ['memory', Math.min(CHILDREN, 20_000)], // it forgets those who asked the longest ago
  ['store', CHILDREN],
] as const)('with the %s', (kind, count) => {
  test(
    `${CHILDREN} children are called page by page, and nobody the second time`,
    async () => {
      const ledger = ledgers[kind]();
      const parent: Name = { account: ACCOUNT, arn: groupArn(`large-${kind}`) };
      putFamily(tagging.sandbox, groupArn(`large-${kind}`, '0a1b2c3d-0000-4000-8000-00000000000a'), {
        id: `large-${kind}`,
      });
      const children = Array.from({ length: CHILDREN }, (_, at) => ({
        account: ACCOUNT,
        arn: instanceArn(`i-${at.toString(16).padStart(17, '0')}`),
        eventID: `event-${at}`,
        eventTime: minutesLater(1),
      }));
      await inHundreds(children, (child) => ledger.kin.ask(parent, child, UNENDING));
      const pages: number[] = [];
      const told: string[] = [];
      const judgeAgain = async (names: readonly NameAgain[]) => {
        pages.push(names.length);
        for (const { arn } of names) told.push(arn);
      };
      const manager = tagging.manager({
        options: PERSONS,
        ledger,
        judgeAgain,
        now: Date.parse(minutesLater(120)),
      });
      const tag = () => manager.tag({ creations: [groupCreation(`large-${kind}`)] }, UNENDING);
      const requests = await tagging.requestsOf(tag);

      expect(new Set(told).size).toBe(count);
      expect(told).toHaveLength(count);
      expect(Math.max(...pages)).toBeLessThanOrEqual(A_PAGE);
      const queries = requests.filter(({ operation }) => operation === 'Query').length;
      expect(queries).toBeLessThanOrEqual(CHILDREN / A_PAGE + 10);

      const called = new Set(told.splice(0));
      await inHundreds(
        children.filter(({ arn }) => called.has(arn)),
        (child) => ledger.kin.tell(parent, child, 'alice', UNENDING),
      );
      await tag();
      expect(told).toEqual([]);
    },
    longer(120_000),
  );

  test('clusters that name one another come to an end, however often they are brought', async () => {
    const [one, other] = [`ring-${kind}-a`, `ring-${kind}-b`];
    for (const name of [one, other]) putFamily(tagging.sandbox, clusterArn(name));
    const creations = [clusterCreation(one, { of: other }), clusterCreation(other, { of: one })];
    const manager = tagging.manager({
      options: PERSONS,
      ledger: ledgers[kind](),
      now: Date.parse(minutesLater(120)),
    });
    const first = await manager.tag({ creations: creations.slice(0, 1) }, UNENDING);
    const second = await manager.tag({ creations: creations.slice(1) }, UNENDING);
    expect([...first.outcomes, ...second.outcomes].map(({ outcome }) => outcome)).toEqual([
      'tagged',
      'tagged',
    ]);
    const tags = [one, other].map((name) => tagging.sandbox.tagsOf(clusterArn(name)));
    const again = await tagging.requestsOf(async () => {
      for (let times = 0; times < 3; times++) {
        const { namedAnew } = await manager.tag({ creations }, UNENDING);
        expect(namedAnew).toBe(0);
      }
    });
    expect([one, other].map((name) => tagging.sandbox.tagsOf(clusterArn(name)))).toEqual(tags);
    expect(again.filter(({ operation }) => operation === 'TagResource')).toEqual([]);
    expect(again.length).toBeLessThan(150);
  });
});

async function inHundreds<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += 100) await Promise.all(items.slice(at, at + 100).map(work));
}

/** Stacks bear no tags of ours: who made one is kept, and is behind what CloudFormation makes for it with a role of its own. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Creation } from '../../../parser/event/creation.ts';
import { readEvent } from '../../../parser/event/event.ts';
import type { CloudTrailRecord } from '../../../parser/record.ts';
import type { NameAgain } from '../../../tag-manager/name-work.ts';
import { createMemory } from '../../../tag-manager/store/memory.ts';
import type { Events } from '../../../tag-manager/tag-manager.ts';
import { fixture, withValues } from '../../helpers/fixtures.ts';
import { createStack, stackArn } from '../../helpers/stacks.ts';
import { readOrThrow } from '../creations.ts';
import { openStore, putTable, settingsWith } from '../store/stores.ts';
import { operationsOf, startTagging, type Tagging, UNENDING } from '../tagging.ts';

const PERSONS = { createdBy: 'person' } as const;

let tagging: Tagging;
beforeAll(async () => {
  tagging = await startTagging();
  await putTable(tagging);
});
afterAll(() => tagging.close());

let names = 0;

function makerOf(record: CloudTrailRecord): Creation {
  const verdict = readEvent({ index: 0, record }, { origin: 'log', account: undefined });
  if (!('creation' in verdict)) throw new Error(`expected a maker, got ${verdict.kind}`);
  return verdict.creation;
}

const QUEUE = fixture('sqs-CreateQueue.service-role');

/** Made by CloudFormation, with a role of the stack. */
function queueOf(stack: string) {
  const name = `queue-${names++}`;
  const arn = `arn:aws:sqs:eu-west-1:111122223333:${name}`;
  tagging.sandbox.putResource({ arn, createdAt: Date.parse(String(QUEUE.eventTime)) });
  const creation = readOrThrow(
    withValues(QUEUE, {
      eventID: `event-of-${name}`,
      'requestParameters.queueName': name,
      'requestParameters.tags': { 'aws:cloudformation:stack-id': stackArn(stack) },
      'responseElements.queueUrl': `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`,
    }),
  );
  return { creation, person: () => tagging.sandbox.tagsOf(arn).CreatedBy };
}

/** Made by CloudFormation for another one. */
const nested = (name: string, root: string) =>
  createStack(name, 'nobody', {
    userIdentity: QUEUE.userIdentity,
    requestParameters: {
      stackName: name,
      tags: [{ key: 'aws:cloudformation:stack-id', value: stackArn(root) }],
    },
  });

const LEDGERS = {
  memory: () => createMemory(),
  store: () => openStore(tagging, settingsWith(PERSONS)).ledger,
};

describe.each(['memory', 'store'] as const)('with the %s', (kind) => {
  function manager() {
    const again: NameAgain[] = [];
    const judgeAgain = async (more: readonly NameAgain[]) => {
      again.push(...more);
    };
    const made = tagging.manager({ options: PERSONS, ledger: LEDGERS[kind](), judgeAgain });
    return async (events: Partial<Events>) => {
      const tagged = await made.tag({ creations: [], ...events }, UNENDING);
      while (again.length > 0) await made.tag({ creations: [], again: again.splice(0) }, UNENDING);
      return tagged;
    };
  }

  test.each([
    ['in one call', (stack: Events, queue: Events) => [{ ...queue, ...stack, creations: queue.creations }]],
    ['the stack first', (stack: Events, queue: Events) => [stack, queue]],
    ['the queue first', (stack: Events, queue: Events) => [queue, stack]],
  ])('who made the stack is behind its queue: %s', async (_, inOrder) => {
    const name = `web-${names++}`;
    const { creation, person } = queueOf(name);
    const stack = { creations: [], makers: [makerOf(createStack(name))] };
    const tag = manager();
    for (const events of inOrder(stack, { creations: [creation] })) await tag(events);
    expect(person()).toBe('anna');
  });

  test('who made the outer stack is behind the queue of a nested one', async () => {
    const [root, inner] = [`root-${names++}`, `inner-${names++}`];
    const { creation, person } = queueOf(inner);
    const tag = manager();
    await tag({ creations: [creation] });
    await tag({ makers: [makerOf(nested(inner, root))] });
    await tag({ makers: [makerOf(createStack(root, 'bob'))] });
    expect(person()).toBe('bob');
  });

  test('a stack is neither read nor tagged, nor when it is judged again', async () => {
    const name = `web-${names++}`;
    const maker = makerOf(createStack(name));
    const { account, partition } = maker;
    const tag = manager();
    const requests = await tagging.requestsOf(async () => {
      expect(await tag({ makers: [maker] })).toMatchObject({ outcomes: [], undone: [], passedOver: [] });
      await tag({ again: [{ account, arn: stackArn(name), partition }] });
    });
    expect(operationsOf(requests).filter((each) => !each.startsWith('dynamodb'))).toEqual([]);
  });
});

test('a stack that could not be kept is told, to be brought again', async () => {
  const maker = makerOf(createStack(`web-${names++}`));
  const mend = tagging.sandbox.faults.add({ service: 'dynamodb', effect: { reset: true } });
  const { undone } = await tagging
    .manager({ options: PERSONS, ledger: LEDGERS.store() })
    .tag({ creations: [], makers: [maker] }, UNENDING);
  mend();
  expect(undone).toMatchObject([
    {
      kind: 'maker',
      event: maker,
      name: maker.resources[0]?.arn,
      end: 'later',
      failure: { class: 'network' },
    },
  ]);
});

test('a stack is brought again where the time was up', async () => {
  const { undone } = await tagging
    .manager({ options: PERSONS })
    .tag(
      { creations: [], makers: [makerOf(createStack('web'))] },
      AbortSignal.abort(new Error('time is up')),
    );
  expect(undone).toMatchObject([{ kind: 'maker', end: 'later', failure: { class: 'stopped' } }]);
});

test('settings that name no person keep no stack', async () => {
  const requests = await tagging.requestsOf(() =>
    tagging
      .manager({ ledger: openStore(tagging).ledger })
      .tag({ creations: [], makers: [makerOf(createStack('web'))] }, UNENDING),
  );
  expect(requests).toEqual([]);
});

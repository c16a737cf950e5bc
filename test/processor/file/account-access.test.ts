/** A file with records of several accounts, some of which refuse: what is of those is counted, and nothing else lost. */
import { expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import type { Creation } from '../../../parser/event/creation.ts';
import type { LogFile } from '../../../processor/file/log-file.ts';
import { MAX_HELD, type PassedOver } from '../../../processor/file/plan-file.ts';
import { createFileProcessor } from '../../../processor/file/process-file.ts';
import { readServices } from '../../../processor/file/services.ts';
import { readSettings } from '../../../processor/runtime/settings.ts';
import { createPlanner } from '../../../tag-manager/planner.ts';
import { ACCOUNT, OTHER_ACCOUNT, volume } from '../../helpers/events.ts';
import { createStack } from '../../helpers/stacks.ts';

const THIRD_ACCOUNT = '123456789012';

async function processed(accountOf: (number: number) => string, count: number) {
  const [one, other] = [volume(1), volume(2)];
  const records = Array.from({ length: count }, (_, number) => ({
    ...(number === 0 ? one : other),
    recipientAccountId: accountOf(number),
  }));
  const file: LogFile = {
    name: 'organization.json',
    location: { kind: 'path', path: 'organization.json' },
    open: async () => ({ records, source: { origin: 'log', account: undefined } }),
  };
  const asked: string[] = [];
  const tagged: Creation[] = [];
  const passedOver: PassedOver[] = [];
  const planner = createPlanner(readSettings({}, 'command-line').tags);
  const files = createFileProcessor({
    bounds: DEFAULT_BOUNDS,
    services: readServices('all'),
    upserts: 'leave',
    requiresAccount: false,
    refuse: () => undefined,
    accounts: {
      closed: (account) => (account === THIRD_ACCOUNT ? 'no role' : undefined),
      async refused(account) {
        asked.push(account);
        return account === OTHER_ACCOUNT ? 'access denied' : undefined;
      },
    },
    tagManager: {
      tag(events, signal) {
        tagged.push(...events.creations);
        return planner.tag(events, signal);
      },
    },
  });
  const report = await files.process(file, new AbortController().signal, {
    onPassedOver: (record) => passedOver.push(record),
  });
  return { report, asked, tagged, passedOver };
}

test.each([4, MAX_HELD + 1_000])('%i records of three accounts', async (count) => {
  const accountOf = (number: number) =>
    number === 0 || number === count - 1 ? ACCOUNT : number === 1 ? THIRD_ACCOUNT : OTHER_ACCOUNT;
  const { report, asked, tagged, passedOver } = await processed(accountOf, count);
  expect(report).toMatchObject({
    complete: true,
    records: count,
    ignored: { 'no-role': count - 2 },
    creations: 2,
    resources: 2,
  });
  expect(asked.toSorted()).toEqual([ACCOUNT, OTHER_ACCOUNT]);
  expect(tagged.map(({ index }) => index)).toEqual([0, count - 1]);
  expect(new Set(passedOver.map(({ index }) => index)).size).toBe(count - 2);
  expect(passedOver.find(({ index }) => index === 1)?.detail).toBe('no role');
  expect(passedOver.every(({ index, detail }) => index === 1 || detail === 'access denied')).toBe(true);
});

test('whoever holds files back while others are tagged hears of all that is held, stacks too', async () => {
  const heard: number[] = [];
  const files = createFileProcessor({
    bounds: DEFAULT_BOUNDS,
    services: readServices('all'),
    upserts: 'leave',
    requiresAccount: false,
    refuse: () => undefined,
    tagManager: createPlanner(readSettings({}, 'command-line').tags),
    keepsMakers: true,
  });
  const file: LogFile = {
    name: 'stacks.json',
    location: { kind: 'path', path: 'stacks.json' },
    open: async () => ({
      records: [createStack('web'), volume(1), createStack('app')],
      source: { origin: 'log', account: undefined },
    }),
  };
  const { signal } = new AbortController();
  await files.process(file, signal, { onRead: (events) => heard.push(events) });
  expect(heard).toEqual([3]);
});

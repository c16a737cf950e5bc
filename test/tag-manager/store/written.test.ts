/** What the store knows that the tags do not tell: who was named by hand, and what was changed after we wrote. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Ledger } from '../../../tag-manager/store/ledger.ts';
import { ACCOUNT, creationOf, deletionOf, minutesLater, OTHER_ACCOUNT } from '../creations.ts';
import { isWrite, KEYS, ours, putResource, startTagging, type Tagging, UNENDING } from '../tagging.ts';
import { itemsOf, openStore, putTable, settingsWith, stateOf } from './stores.ts';

let tagging: Tagging;
beforeAll(async () => {
  tagging = await startTagging();
  await putTable(tagging);
});
afterAll(() => tagging.close());

const user = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;

/** By a function that knows nothing but the store. */
async function tag(...creations: ReturnType<typeof creationOf>[]) {
  const manager = tagging.manager({ ledger: openStore(tagging).ledger });
  return (await manager.tag({ creations }, UNENDING)).outcomes.map(({ outcome }) => outcome);
}

test.each(['function', 'topic', 'volume'] as const)(
  'who is named by hand gives way to the creator of a %s, whose event comes later or came before',
  async (kind) => {
    const id = kind === 'volume' ? 'vol-0000000000000000a' : 'by-hand';
    const arn = putResource(tagging.sandbox, kind, id);
    const real = creationOf(kind, id, { by: 'alice' });
    const named = creationOf(kind, id, { at: minutesLater(60), by: 'admin' });
    const byHand = { ...named, origin: 'by-hand' as const, eventID: 'by-hand' };
    expect(await tag(byHand)).toEqual(['tagged']);
    expect(await tag(byHand)).toEqual(['kept']);
    expect(await tag(real)).toEqual(['tagged']);
    expect(await tag(byHand)).toEqual(['kept']);
    expect(tagging.sandbox.tagsOf(arn)).toEqual(ours(user('alice'), real.eventTime));
  },
);

test('a correction of creator and time stays also on a copy that bears our tags', async () => {
  const id = 'snap-0000000000000000a';
  const arn = putResource(tagging.sandbox, 'snapshot', id, { tags: ours(user('bob'), minutesLater(-90)) });
  const creation = creationOf('snapshot', id, { by: 'alice' });
  expect(await tag(creation)).toEqual(['tagged']);
  const corrected = ours(user('carol'), minutesLater(-60));
  tagging.sandbox.putTags(arn, corrected);
  expect(await tag(creation)).toEqual(['kept']);
  expect(await tag(creation)).toEqual(['kept']);
  expect(tagging.sandbox.tagsOf(arn)).toEqual(corrected);
});

test('what is written while another event comes in between is tagged, and not found as it was', async () => {
  const arn = putResource(tagging.sandbox, 'topic', 'between');
  const first = creationOf('topic', 'between', { by: 'alice' });
  const later = creationOf('topic', 'between', { at: minutesLater(1), by: 'bob' });
  // Somebody else records the later one between our write and our look.
  const { ledger } = openStore(tagging);
  const news: Ledger = {
    kin: ledger.kin,
    record: ledger.record,
    async settle(name, known, settled, signal) {
      if (settled.written !== undefined && !settled.isSeen) await tag(later);
      return ledger.settle(name, known, settled, signal);
    },
  };
  const { outcomes } = await tagging.manager({ ledger: news }).tag({ creations: [first] }, UNENDING);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['tagged']);
  const name = { account: ACCOUNT, arn };
  expect(await stateOf(tagging, name)).toMatchObject({
    WrittenFor: { S: first.eventID },
    EventId: { S: first.eventID },
  });
});

test.each(['ours', 'with a character that the service refuses', 'of other settings'] as const)(
  'tags %s are known as ours though the function died before it told the store',
  async (which) => {
    const id = `died-${which.length}`;
    const arn = putResource(tagging.sandbox, 'table', id);
    const by =
      which === 'with a character that the service refuses'
        ? `arn:aws:sts::${ACCOUNT}:assumed-role/dev/alice@example.com`
        : 'alice';
    const creation = creationOf('table', id, { by });
    const { ledger } = openStore(tagging);
    const dying: Ledger = { ...ledger, settle: () => Promise.reject(new Error('out of memory')) };
    if (which === 'with a character that the service refuses') refuseOnce('@');
    const { outcomes } = await tagging.manager({ ledger: dying }).tag({ creations: [creation] }, UNENDING);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['deferred']);
    const left = tagging.sandbox.tagsOf(arn);
    expect(Object.keys(left)).toHaveLength(3);
    const options = which === 'of other settings' ? { createdBy: 'name' as const } : {};
    const next = await tagging
      .manager({ ledger: openStore(tagging, settingsWith(options)).ledger, options })
      .tag({ creations: [creation] }, UNENDING);
    expect(next.outcomes).toMatchObject([{ outcome: 'unchanged' }]);
    expect(next.outcomes[0]).not.toHaveProperty('isRemarkable');
    expect(tagging.sandbox.tagsOf(arn)).toEqual(left);
    expect(await stateOf(tagging, { account: ACCOUNT, arn })).toMatchObject({
      User: { S: expect.any(String) },
    });
  },
);

/** The service takes no such character, the first time. */
function refuseOnce(character: string): void {
  const forget = tagging.sandbox.faults.add({
    operation: 'TagResource',
    match: ({ input }) => {
      const isRefused = JSON.stringify(input).includes(character);
      if (isRefused) forget();
      return isRefused;
    },
    effect: { error: { code: 'ValidationException', status: 400, message: 'invalid tag value' } },
  });
}

test('what is read back under keys of another name names the creator as it did', async () => {
  const arn = putResource(tagging.sandbox, 'topic', 'renamed');
  const byName = { createdBy: 'name' as const };
  const before = tagging.manager({
    ledger: openStore(tagging, settingsWith(byName)).ledger,
    options: byName,
  });
  const fails = tagging.sandbox.faults.add({
    service: 'sns',
    effect: { error: { code: 'InternalError', status: 500, message: 'sorry' } },
  });
  await before.tag({ creations: [creationOf('topic', 'renamed', { by: 'alice' })] }, UNENDING);
  fails();
  const renamed = { ...byName, keys: { ...KEYS, createdBy: 'Owner' } };
  const after = tagging.manager({
    ledger: openStore(tagging, settingsWith(renamed)).ledger,
    options: renamed,
  });
  await after.tag(
    { creations: [creationOf('topic', 'renamed', { at: minutesLater(1), by: 'bob' })] },
    UNENDING,
  );
  expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ Owner: 'alice', CreatedDate: minutesLater(0) });
});

test('a bucket of which another account has hundreds of events is its owner’s', async () => {
  const { ledger } = openStore(tagging);
  const theirs = Array.from({ length: 250 }, (_, at) =>
    creationOf('bucket', 'moved', { at: minutesLater(at), by: 'app', account: OTHER_ACCOUNT }),
  );
  const others = tagging.manager({ ledger });
  await others.tag({ creations: theirs }, UNENDING);
  const arn = putResource(tagging.sandbox, 'bucket', 'moved');
  const own = [3, 1, 2].map((at) =>
    creationOf('bucket', 'moved', { at: minutesLater(-at), by: `user-${at}`, region: 'us-east-1' }),
  );
  tagging.sandbox.putBucket({ name: 'moved', account: ACCOUNT, region: 'us-east-1' });
  for (const creation of own) await tag(creation);
  expect(tagging.sandbox.tagsOf(arn)).toEqual(ours(user('user-3'), minutesLater(-3)));
});

test('ON_EXISTING=overwrite takes corrections and tags of others back, and compares times as ever', async () => {
  const arn = putResource(tagging.sandbox, 'topic', 'overwritten', { tags: { CreatedBy: 'team-blue' } });
  const options = { onExisting: 'overwrite' as const };
  const overwrite = async (creation: ReturnType<typeof creationOf>) => {
    const { ledger } = openStore(tagging, settingsWith(options));
    const { outcomes } = await tagging.manager({ ledger, options }).tag({ creations: [creation] }, UNENDING);
    return outcomes.map(({ outcome }) => outcome);
  };
  const alices = creationOf('topic', 'overwritten', { at: minutesLater(5), by: 'alice' });
  const repeat = creationOf('topic', 'overwritten', { at: minutesLater(9), by: 'bob' });
  const earlier = creationOf('topic', 'overwritten', { at: minutesLater(0), by: 'carol' });
  const tagsAre = (by: string, minute: number) =>
    expect(tagging.sandbox.tagsOf(arn)).toEqual(ours(user(by), minutesLater(minute)));
  expect(await overwrite(alices)).toEqual(['tagged']); // rule 1: tags of others
  tagsAre('alice', 5);
  tagging.sandbox.putTags(arn, { CreatedBy: 'team-blue' });
  expect(await overwrite(alices)).toEqual(['tagged']); // rule 2: corrected beside our time
  tagsAre('alice', 5);
  tagging.sandbox.putTags(arn, ours('team-blue', minutesLater(7)));
  expect(await overwrite(repeat)).toEqual(['unchanged']); // rule 7: corrected as a whole; the repeat wins nothing
  tagsAre('alice', 5);
  expect(await overwrite(earlier)).toEqual(['tagged']);
  tagsAre('carol', 0);
  expect(await overwrite(alices)).toEqual(['unchanged']);
  tagsAre('carol', 0);
});

test('after a deletion the state says so, and names nobody', async () => {
  const arn = putResource(tagging.sandbox, 'topic', 'gone');
  const name = { account: ACCOUNT, arn };
  await tag(creationOf('topic', 'gone', { by: 'last-creator' }));
  const by = (who: string) => itemsOf(tagging, 'by-creator', 'User', user(who));
  expect(await by('last-creator')).toHaveLength(1);
  const deletion = deletionOf('topic', 'gone', minutesLater(10));
  const deliver = () =>
    tagging
      .manager({ ledger: openStore(tagging).ledger })
      .tag({ creations: [], deletions: [deletion] }, UNENDING);
  await deliver();
  const state = await stateOf(tagging, name);
  expect(state).toMatchObject({
    Outcome: { S: 'deleted' },
    Action: { S: 'DeleteTopic' },
    EventId: { S: deletion.eventID },
    EventTime: { S: minutesLater(10) },
    ShortId: { S: 'gone' },
    Region: { S: 'eu-west-1' },
  });
  expect(state).not.toHaveProperty('User');
  expect(await by('last-creator')).toEqual([]);
  await deliver();
  await tag(creationOf('topic', 'gone', { at: minutesLater(5), by: 'last-creator' }));
  expect(await stateOf(tagging, name)).toEqual(state);
  await tag(creationOf('topic', 'gone', { at: minutesLater(20), by: 'next-creator' }));
  expect(await stateOf(tagging, name)).toMatchObject({
    Outcome: { S: 'tagged' },
    User: { S: user('next-creator') },
  });
});

test('a deletion of a name that we never had to do with leaves no state', async () => {
  const deletion = deletionOf('topic', 'never-seen', minutesLater(10));
  const manager = tagging.manager({ ledger: openStore(tagging).ledger });
  const requests = await tagging.requestsOf(() =>
    manager.tag({ creations: [], deletions: [deletion] }, UNENDING),
  );
  expect(requests.filter((request) => isWrite(request) || request.operation === 'PutItem')).toEqual([]);
});

/** What the store knows that the tags do not tell: who was named by hand, and what was changed after we wrote. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, creationOf, minutesLater } from '../creations.ts';
import { ours, putResource, startTagging, type Tagging, UNENDING } from '../tagging.ts';
import { openStore, putTable } from './stores.ts';

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

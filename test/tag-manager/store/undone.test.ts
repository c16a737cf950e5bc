/** What was undone is not tagged again by whatever brings its events once more, in any order; what is created later is. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Events } from '../../../tag-manager/tag-manager.ts';
import { ACCOUNT, creationOf, deletionOf, minutesLater } from '../creations.ts';
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
async function deliver(events: Partial<Events>, tagsUndone = false) {
  const manager = tagging.manager({ ledger: openStore(tagging).ledger, tagsUndone });
  return (await manager.tag({ creations: [], ...events }, UNENDING)).outcomes.map(({ outcome }) => outcome);
}

/** As undoing a run does: it is kept, and the tags are taken away. */
async function undo(arn: string, { eventID, eventTime, eventName }: ReturnType<typeof creationOf>) {
  const event = { eventID, eventTime, eventName, user: user('alice') };
  const resource = { id: arn.split(':').at(-1) ?? '', region: 'eu-west-1' };
  await openStore(tagging).undone.put({ account: ACCOUNT, arn }, { ...event, resource }, UNENDING);
  tagging.sandbox.removeTags(arn, ['CreatedBy', 'CreatedDate', 'ManagedBy']);
}

let names = 0;

describe.each(['function', 'topic'] as const)('a %s whose tags were undone', (kind) => {
  const made = () => {
    const id = `undone-${kind}-${names++}`;
    const arn = putResource(tagging.sandbox, kind, id);
    const at = (minutes: number, by: string) => creationOf(kind, id, { at: minutesLater(minutes), by });
    return { id, arn, at, first: at(0, 'alice') };
  };

  test('is kept when its event comes again, alone and with others of its life, however often', async () => {
    const { arn, at, first } = made();
    expect(await deliver({ creations: [first] })).toEqual(['tagged']);
    await undo(arn, first);
    expect(await deliver({ creations: [first] })).toEqual(['kept']);
    expect(await deliver({ creations: [at(-5, 'carol')] })).toEqual(['kept']); // heard of only now
    expect(await deliver({ creations: [first, first] })).toEqual(['kept', 'kept']);
    expect(tagging.sandbox.tagsOf(arn)).toEqual({});
  });

  test('is tagged by whoever creates it anew, in whatever order deletion and creation come', async () => {
    for (const isDeletionFirst of [true, false]) {
      const { id, arn, at, first } = made();
      await deliver({ creations: [first] });
      await undo(arn, first);
      const later = { creations: [at(20, 'bob')] };
      const deletion = { deletions: [deletionOf(kind, id, minutesLater(10))] };
      for (const each of isDeletionFirst ? [deletion, later] : [later, deletion]) await deliver(each);
      await deliver({ creations: [first] });
      expect(tagging.sandbox.tagsOf(arn)).toEqual(ours(user('bob'), minutesLater(20)));
    }
  });

  test('stays so while somebody else has a tag there, and afterwards', async () => {
    const { arn, first } = made();
    await deliver({ creations: [first] });
    await undo(arn, first);
    tagging.sandbox.putTags(arn, { CreatedBy: 'the platform team' });
    expect(await deliver({ creations: [first] })).toEqual(['kept']);
    tagging.sandbox.removeTags(arn, ['CreatedBy']);
    expect(await deliver({ creations: [first] })).toEqual(['kept']);
    expect(tagging.sandbox.tagsOf(arn)).toEqual({});
  });

  test('is tagged by who asks for it anew, and then it is no longer undone', async () => {
    const { arn, first } = made();
    await undo(arn, first); // by a run that knew of no store
    expect(await deliver({ creations: [first] })).toEqual(['kept']);
    expect(await deliver({ creations: [first] }, true)).toEqual(['tagged']);
    expect(await deliver({ creations: [first] })).toEqual(['unchanged']);
    expect(tagging.sandbox.tagsOf(arn)).toEqual(ours(user('alice'), first.eventTime));
  });
});

/** What a plan says of events of one name that it holds together: the same as what the real tag manager would do. */
import { expect, test } from '@jest/globals';
import type { Creation } from '../../parser/event/creation.ts';
import type { Deletion } from '../../parser/event/deletion.ts';
import { createPlanner } from '../../tag-manager/planner.ts';
import { compileTagSettings } from '../../tag-manager/tags/tag-settings.ts';
import { creationOf, deletionOf, type KindName, minutesLater } from './creations.ts';
import { OPTIONS, UNENDING } from './tagging.ts';

const planner = createPlanner(compileTagSettings(OPTIONS, {}));

const idOf = (kind: KindName) => (kind === 'instance' ? 'i-0000000000000000a' : 'news');

const made = (kind: KindName, by: string, minute: number) =>
  creationOf(kind, idOf(kind), { by, at: minutesLater(minute) });
const gone = (kind: 'topic', minute: number) => deletionOf(kind, 'news', minutesLater(minute));

const DELETED = 'kept: it was deleted since';
const REPEATED = 'unchanged: an earlier call created it, and this one repeated it';

test.each<[string, readonly Creation[], readonly Deletion[], readonly string[]]>([
  ['a creation', [made('topic', 'alice', 0)], [], ['would-tag']],
  ['what is deleted again', [made('topic', 'alice', 0)], [gone('topic', 5)], [DELETED]],
  ['what was deleted before', [made('topic', 'alice', 5)], [gone('topic', 0)], ['would-tag']],
  [
    'two lives',
    [made('topic', 'bob', 9), made('topic', 'alice', 0)],
    [gone('topic', 5)],
    ['would-tag', DELETED],
  ],
  ['a repeat', [made('topic', 'app', 5), made('topic', 'alice', 0)], [], [REPEATED, 'would-tag']],
  [
    'two lives without the deletion between them',
    [made('table', 'alice', 0), made('table', 'bob', 5)],
    [],
    ['kept: its tags name a later creation of this name', 'would-tag'],
  ],
  [
    'a repeated client token',
    [made('instance', 'bob', 5), made('instance', 'alice', 0)],
    [],
    [REPEATED, 'would-tag'],
  ],
  [
    'what another deletes',
    [made('topic', 'alice', 0)],
    [deletionOf('topic', 'others', minutesLater(5))],
    ['would-tag'],
  ],
])('%s', async (_, creations, deletions, expected) => {
  const { outcomes, undone } = await planner.tag({ creations, deletions }, UNENDING);
  const said = outcomes.map(({ outcome, reason }) => (reason === '' ? outcome : `${outcome}: ${reason}`));
  expect(said).toEqual(expected);
  expect(outcomes.map(({ creation }) => creation)).toEqual(creations);
  expect(undone).toEqual([]);
});

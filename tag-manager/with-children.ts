/**
 * Names that are dealt with, after that: their children and members are judged, where nobody takes these for later, and they
 * count as told.
 */

import { childrenOf, type Judged, judgePages } from './call-children.ts';
import { readFailure } from './calls/call-failure.ts';
import type { ParentWork } from './family.ts';
import { keyOf, type NameAgain } from './name-work.ts';
import type { PassedOverItems, UndoneName } from './outcome.ts';
import type { Run } from './run.ts';
import type { Over } from './state.ts';
import { failureOf } from './tag-batch.ts';

export interface WithChildren extends Judged {
  readonly states: readonly Over[];
}

/** A name whose children could not all be judged is not done with, and so comes again: it finds those that are left. */
export async function withChildren(
  states: readonly Over[],
  run: Run,
  judge: (names: readonly NameAgain[]) => Promise<Judged>,
): Promise<WithChildren> {
  const ended: Over[] = [];
  const undoneNames: UndoneName[] = [];
  const passedOver: PassedOverItems[] = [];
  let namedAnew = 0;
  for (const state of states) {
    const key = keyOf(state.work.name);
    const [parent, members] = [run.family.parents.get(key), run.family.members.get(key)];
    if (parent === undefined && members === undefined) {
      ended.push(state);
      continue;
    }
    const judged = await judgePages(pagesOf(parent, members, run), run, judge);
    namedAnew += judged.namedAnew;
    for (const undone of judged.undoneNames) undoneNames.push(undone);
    for (const items of judged.passedOver) passedOver.push(items);
    const { failure } = judged;
    ended.push(failure === undefined ? state : { ...state, ended: { kind: 'not-recorded', failure } });
  }
  const told = await Promise.all(ended.map((state) => tell(state, run)));
  return { states: told, namedAnew, undoneNames, passedOver };
}

async function* pagesOf(
  parent: ParentWork | undefined,
  members: readonly NameAgain[] | undefined,
  run: Run,
): AsyncGenerator<readonly NameAgain[]> {
  if (parent !== undefined) yield* childrenOf(parent, run);
  if (members === undefined) return;
  if (run.judgeAgain === undefined) yield members;
  else await run.judgeAgain(members, run.signal);
}

/** Not before its tags are as they shall be: whoever is broken off before that is to be found again. */
async function tell(state: Over, { ledger, family, signal, settings }: Run): Promise<Over> {
  if (settings.dryRun || failureOf(state.ended)?.end === 'later') return state;
  try {
    const answers = family.answers.get(keyOf(state.work.name)) ?? [];
    await Promise.all(
      answers.map(({ parent, child, person }) => ledger.kin.tell(parent, child, person, signal)),
    );
    return state;
  } catch (error) {
    return { ...state, ended: { kind: 'not-recorded', failure: readFailure(error) } };
  }
}

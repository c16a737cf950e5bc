/** Names that are dealt with, after that: their children are judged where nobody takes these for later, and they count as told. */

import { type Judged, judgeChildren } from './call-children.ts';
import { readFailure } from './calls/call-failure.ts';
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
    const parent = run.family.parents.get(keyOf(state.work.name));
    if (parent === undefined) {
      ended.push(state);
      continue;
    }
    const judged = await judgeChildren(parent, run, judge);
    namedAnew += judged.namedAnew;
    for (const undone of judged.undoneNames) undoneNames.push(undone);
    for (const items of judged.passedOver) passedOver.push(items);
    const { failure } = judged;
    ended.push(failure === undefined ? state : { ...state, ended: { kind: 'not-recorded', failure } });
  }
  const told = await Promise.all(ended.map((state) => tell(state, run)));
  return { states: told, namedAnew, undoneNames, passedOver };
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

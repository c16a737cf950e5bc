/** Whoever was made for a parent, and was told of another person than is known now, is judged again. */

import type { NameWork } from './name-work.ts';
import { timeOf } from './ownership/lives.ts';
import type { NameEvent } from './ownership/name-event.ts';
import { chainBehind, makerAt } from './parents/chain.ts';
import { type Asking, answerOf } from './persons.ts';

/** `events` are those of the parent's name. Children are gone through page by page. Throws what keeping them throws. */
export async function callChildren(
  { name, partition }: NameWork,
  events: readonly NameEvent[],
  asking: Asking,
): Promise<void> {
  const { ledger, judgeAgain, signal, settings, mayBeParent } = asking.run;
  const isParent = events.some((event) => event.kind === 'creation' && mayBeParent(event.resource.type));
  if (!isParent || judgeAgain === undefined || settings.dryRun) return;
  const answerAt = answers(events, asking);
  for await (const children of ledger.kin.childrenOf(name, signal)) {
    const told = await Promise.all(
      children.map(async (child) => ((await answerAt(timeOf(child))) === child.told ? [] : [child])),
    );
    const again = told.flat().map(({ account, arn }) => ({ account, arn, partition }));
    if (again.length > 0) await judgeAgain(again, signal);
  }
}

/** What each would be told now; nothing is known where no life of the name had begun. */
function answers(events: readonly NameEvent[], asking: Asking): (at: number) => Promise<string | undefined> {
  const known = new Map<string, Promise<string>>();
  return async (at) => {
    const maker = makerAt(events, at);
    if (maker === undefined) return undefined;
    const answer = known.get(maker.eventID) ?? chainBehind(maker, asking).then(answerOf);
    known.set(maker.eventID, answer);
    return answer;
  };
}

/**
 * Whoever was made for a parent, and was told of another person than is known now, is judged again: by whoever takes names
 * for later, else here, once all else is done. Children are gone through page by page, whatever their number.
 */
import { type CallFailure, readFailure, stopFailure } from './calls/call-failure.ts';
import { chunks } from './calls/chunks.ts';
import type { ParentWork } from './family.ts';
import { keyOf, type NameAgain, type NameWork } from './name-work.ts';
import type { PassedOverItems, UndoneName } from './outcome.ts';
import { timeOf } from './ownership/lives.ts';
import type { NameEvent } from './ownership/name-event.ts';
import { chainBehind, makerAt } from './parents/chain.ts';
import { type Asking, answerOf, readOnce } from './persons.ts';
import type { Run } from './run.ts';
import type { ToldChild } from './store/kin.ts';

/** `events` are those of the parent's name. Throws what keeping the children throws. */
export async function callChildren(
  work: NameWork,
  events: readonly NameEvent[],
  asking: Asking,
): Promise<void> {
  const { judgeAgain, signal, settings, mayBeParent, family } = asking.run;
  const isParent = events.some((event) => event.kind === 'creation' && mayBeParent(event.resource.type));
  if (!isParent || settings.dryRun) return;
  if (judgeAgain === undefined) family.parents.set(keyOf(work.name), { work, events });
  else for await (const names of toldOtherwise(work, events, asking)) await judgeAgain(names, signal);
}

/** What came of names that were judged again. */
export interface Judged {
  readonly namedAnew: number;
  readonly undoneNames: readonly UndoneName[];
  readonly passedOver: readonly PassedOverItems[];
}

export interface JudgedPages extends Judged {
  /** Why some of them must be found again by whatever called them: then that is not done with. */
  readonly failure?: CallFailure;
}

/** Of a parent that was registered by `callChildren`. Throws CallError. */
export function childrenOf({ work, events }: ParentWork, run: Run): AsyncIterable<readonly NameAgain[]> {
  return toldOtherwise(work, events, { eventsOf: readOnce(run), run, partition: work.partition });
}

/** All pages are judged here. What never can be done is named; does not throw. */
export async function judgePages(
  pages: AsyncIterable<readonly NameAgain[]>,
  run: Run,
  judge: (names: readonly NameAgain[]) => Promise<Judged>,
): Promise<JudgedPages> {
  const undoneNames: UndoneName[] = [];
  const passedOver: PassedOverItems[] = [];
  const later = { count: 0, first: undefined as CallFailure | undefined };
  let namedAnew = 0;
  try {
    for await (const names of pages) {
      const judged = await judge(names);
      namedAnew += judged.namedAnew;
      for (const items of judged.passedOver) passedOver.push(items);
      for (const undone of judged.undoneNames) {
        if (undone.end === 'never') {
          undoneNames.push(undone);
          continue;
        }
        later.count++;
        later.first ??= undone.failure;
      }
      run.signal.throwIfAborted();
    }
  } catch (error) {
    const failure = run.signal.aborted ? stopFailure(run.signal.reason) : readFailure(error);
    return { namedAnew, undoneNames, passedOver, failure };
  }
  const { count, first } = later;
  if (first === undefined) return { namedAnew, undoneNames, passedOver };
  const message = `${count} of what was made for it, or is part of it, could not be judged again, the first: ${first.error}: ${first.message}`;
  const failure = { class: first.class, error: 'ChildrenNotNamed', message };
  return { namedAnew, undoneNames, passedOver, failure };
}

/** Names of a page, few enough to be held with all that is known of them. */
const MAX_NAMES_AT_ONCE = 1_000;

async function* toldOtherwise(
  { name, partition }: NameWork,
  events: readonly NameEvent[],
  asking: Asking,
): AsyncGenerator<readonly NameAgain[]> {
  const { ledger, signal, judgedNow, family } = asking.run;
  const answerAt = answers(events, asking);
  for await (const page of ledger.kin.childrenOf(name, signal)) {
    const [example] = page.passedOver;
    if (example !== undefined)
      family.passedOver.push({ name: name.arn, count: page.passedOver.length, example });
    for (const children of chunks(page.children, MAX_NAMES_AT_ONCE)) {
      const names = new Map<string, NameAgain>();
      for (const child of children) {
        const key = keyOf(child);
        if (judgedNow.has(key) || isToldSo(child, await answerAt(timeOf(child)))) continue;
        names.set(key, { account: child.account, arn: child.arn, partition });
      }
      if (names.size > 0) yield [...names.values()];
    }
  }
}

/** Of whom no maker is known any more, it was told of none. */
function isToldSo({ told }: ToldChild, answer: string | undefined): boolean {
  return answer === undefined ? (told ?? '') === '' : told === answer;
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

/**
 * What the metadata store tells of a question: of a resource the events of its name and what became of it, of somebody what the tags name
 * them for. What it cannot be asked is said, and the other sources are still asked.
 */
import { CallError, readFailure } from '../../../tag-manager/calls/call-failure.ts';
import type { TaggingRuntime } from '../../runtime/runtime.ts';
import { compileCreator } from '../../who/creator-match.ts';
import { accountOf, type Home } from '../../who/places.ts';
import {
  type CreatorQuestion,
  isEventId,
  type Question,
  type ResourceQuestion,
  type WhyQuestion,
} from '../../who/question.ts';
import type { Made, Sighting } from '../../who/sighting.ts';
import { sightingsOf } from '../../who/stored.ts';
import { findingsInStore } from '../../who/stored-findings.ts';
import { callersOf, madeByState } from '../../who/stored-states.ts';
import type { Subject } from '../../who/subjects.ts';
import type { Finding } from '../../who/why.ts';
import { type Ending, endingOfError } from '../endings.ts';
import type { Progress } from '../progress.ts';

/** Each takes what is told of one kind of question. */
export interface StoreListener {
  readonly onStored?: (sightings: readonly Sighting[]) => void;
  readonly onStoredMade?: (made: readonly Made[]) => void;
  readonly onStoredFindings?: (findings: readonly Finding[]) => void;
}

export interface AskStoreOptions extends StoreListener {
  readonly runtime: Pick<TaggingRuntime, 'ledger' | 'lookUp'>;
  readonly home: Home;
  readonly complain: (problem: string, ending: Ending) => void;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

interface Asking extends AskStoreOptions {
  readonly ledger: NonNullable<TaggingRuntime['ledger']>;
  readonly lookUp: NonNullable<TaggingRuntime['lookUp']>;
}

/** Where there is none nothing is asked. */
export async function askStore(question: Question, options: AskStoreOptions): Promise<void> {
  const { ledger, lookUp } = options.runtime;
  if (ledger === undefined || lookUp === undefined) return;
  const asking = { ...options, ledger, lookUp };
  try {
    if (question.kind === 'creator') await askForCreator(question, asking);
    else await askForResource(question, asking);
  } catch (error) {
    if (options.signal.aborted || !(error instanceof CallError)) throw error;
    const what = question.kind === 'creator' ? question.patterns.join(', ') : question.text;
    options.complain(`${what}: ${wordsOf(error)}`, endingOf(error));
  }
}

async function askForResource(question: ResourceQuestion | WhyQuestion, asking: Asking): Promise<void> {
  const { ledger, lookUp, home, complain, signal, onStored, onStoredFindings } = asking;
  for (const name of await namesOf(question, asking)) {
    const history = await ledger.record(name, [], signal);
    for (const each of history.passedOver ?? []) complain(`not believed: ${each}`, 'done');
    const sightings = sightingsOf(name, history);
    if (question.kind === 'resource') {
      onStored?.(sightings);
      continue;
    }
    const state = await lookUp.stateOf(name, signal);
    onStoredFindings?.(findingsInStore({ name, sightings, leftOut: 0 }, state, home));
  }
}

async function namesOf(
  question: ResourceQuestion | WhyQuestion,
  { lookUp, home, complain, signal }: Asking,
): Promise<readonly Subject['name'][]> {
  const { text, arns } = question.kind === 'why' ? question.resource : question;
  const account = accountOf(text, home);
  if (arns.length > 0) return arns.map((arn) => ({ account, arn }));
  const { names, isAll } = await lookUp.namesOf(text, signal);
  if (!isAll)
    complain(`the metadata store knows more than ${names.length} of ${text}: ask by ARN`, 'incomplete');
  if (names.length === 0 && question.kind === 'why' && isEventId(text)) {
    complain(
      `the metadata store keeps events by the name of their resource, and cannot be asked for one by its id: ask by the ARN, the id or the name of the resource`,
      'done',
    );
  }
  return names;
}

async function askForCreator(question: CreatorQuestion, asking: Asking): Promise<void> {
  const { home, complain } = asking;
  for (const pattern of question.patterns) {
    const callers = callersOf(pattern, home);
    if (callers.length === 0) {
      complain(
        `the metadata store is not asked for ${pattern}: it finds callers by their whole ARN, and by no pattern`,
        'incomplete',
      );
      continue;
    }
    for (const caller of callers) await askForCaller(caller, question, asking);
    const [first, ...others] = callers;
    if (others.length > 0) {
      complain(
        `the metadata store finds callers by their whole ARN: of ${pattern} it was asked for ${first}, and for no user of another account, no role and no session`,
        'done',
      );
    }
  }
}

/** `--to` is not inside, and the range of the store takes it in. */
async function askForCaller(caller: string, question: CreatorQuestion, asking: Asking): Promise<void> {
  const { lookUp, home, complain, progress, signal, onStoredMade } = asking;
  const isAsked = compileCreator({ ...question, patterns: [caller] });
  const pages = lookUp.madeBy(caller, { first: question.from, last: question.to }, signal);
  let read = 0;
  for (;;) {
    const { done, value } = await pages.next();
    if (done) {
      if (value === 'cut')
        complain(
          `the metadata store knows more than ${read} resources of ${caller}: the earlier ones were not read; ask for them with --to`,
          'incomplete',
        );
      return;
    }
    read += value.length;
    progress.update(`${read} resources in the metadata store`);
    onStoredMade?.(
      value
        .map((state) => madeByState(state, home))
        .filter(({ creator, eventTime }) => creator !== undefined && isAsked({ creator, eventTime })),
    );
    signal.throwIfAborted();
  }
}

function wordsOf({ message }: CallError): string {
  return message.startsWith('the metadata store') ? message : `the metadata store: ${message}`;
}

/** What the store itself says, whatever that means for whoever tags. */
function endingOf(error: CallError): Ending {
  const { class: what } = readFailure(error.cause);
  return what === 'denied' || what === 'credentials' ? 'access' : endingOfError(error);
}

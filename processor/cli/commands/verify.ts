/** `verify`: whether a deployment works, the whole way from the trail to the tags, and what to do where it does not. */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { type Calls, createCalls } from '../../../tag-manager/calls/calls.ts';
import { onAbort } from '../../../tag-manager/calls/on-abort.ts';
import { createAsker } from '../../verify/asker.ts';
import type { Facts } from '../../verify/facts/facts.ts';
import { lookUp } from '../../verify/facts/look-up.ts';
import { unknown } from '../../verify/finding.ts';
import { testLive } from '../../verify/live/live.ts';
import { LIVE } from '../../verify/live/live-row.ts';
import { judge, type NamedFinding } from '../../verify/rows.ts';
import type { CommandCall } from '../command.ts';
import type { Ending } from '../endings.ts';
import { withRegion } from '../environment.ts';
import { startProgress } from '../progress.ts';
import { readVerifyOptions, type VerifyOptions } from '../verify/verify-options.ts';
import { verifyPrinter } from '../verify/verify-printer.ts';

/** All answers of AWS come within seconds; where a network swallows what is sent, none does. */
const LOOK_UP_MS = 120_000;

/** AWS does not answer, or not in time. */
class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Of the live test. */
const POLL_MS = 10_000;

export async function run(call: CommandCall): Promise<Ending> {
  const { options, terminal, signal } = call;
  const wanted = readVerifyOptions(options, await withRegion(process.env));
  const printer = verifyPrinter(options.json === true, terminal);
  const credentials = defaultProvider();
  const calls = createCalls({ credentialsFor: () => credentials, concurrency: 16 });
  try {
    const facts = await whileShown('asking AWS', signal, () => lookUpInTime(calls, wanted, signal));
    const findings = judge(facts);
    printer.place(facts.place);
    printer.findings(findings);
    const live = wanted.isLive ? [await runLive(facts, findings, calls, wanted, call)] : [];
    printer.findings(live);
    printer.summary(false);
    // Without the function there was next to nothing to check.
    const isWell = facts.function.configuration.kind === 'found' && ![...findings, ...live].some(isMissing);
    return isWell ? 'done' : 'failed';
  } catch (error) {
    if (signal.aborted) printer.summary(true);
    throw error;
  } finally {
    calls.destroy();
  }
}

const isMissing = ({ outcome }: NamedFinding) => outcome === 'missing';

async function lookUpInTime(
  calls: Calls,
  { functionName, region, accounts }: VerifyOptions,
  signal: AbortSignal,
): Promise<Facts> {
  const late = new AbortController();
  const why = new NoAnswerError(`there was no answer within ${LOOK_UP_MS / 1000} seconds`);
  const timer = setTimeout(() => late.abort(why), LOOK_UP_MS);
  try {
    const asker = createAsker({ calls, region, signal: withoutGrace(signal), deadline: late.signal });
    return await lookUp(asker, { calls, functionName, accounts });
  } finally {
    clearTimeout(timer);
  }
}

/** What only reads can be cut off at once: calls that write get some time to end. */
function withoutGrace(signal: AbortSignal): AbortSignal {
  const cut = new AbortController();
  onAbort(signal, () => cut.abort(new Error('stopped', { cause: signal.reason })));
  return cut.signal;
}

/** What must be well before a test can say anything. */
const BEFORE_LIVE = /^function\.(state|settings|running)$/;

async function runLive(
  facts: Facts,
  findings: readonly NamedFinding[],
  calls: Calls,
  { waitMs }: VerifyOptions,
  { terminal: { complain }, signal }: CommandCall,
): Promise<NamedFinding> {
  const check = LIVE.name;
  const { place, settings } = facts;
  const isBroken = findings.some((each) => isMissing(each) && BEFORE_LIVE.test(each.check));
  if (settings.kind !== 'read' || isBroken) {
    const cause = { why: 'the function cannot tag as it is', todo: 'mend it, and run this again' };
    return { check, ...unknown('the live test was not made', cause) };
  }
  const finding = await whileShown('waiting for the tags, which takes some ten minutes', signal, () =>
    testLive({
      place,
      settings: settings.settings,
      calls,
      signal,
      waitMs,
      pollMs: POLL_MS,
      onMake: (arn) => complain(`making ${arn}, which is removed again`),
      onLeft: complain,
    }),
  );
  return { check, ...finding };
}

async function whileShown<Value>(
  what: string,
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<Value> {
  const progress = startProgress(signal);
  progress.update(what);
  try {
    return await work();
  } finally {
    progress.stop();
  }
}

/**
 * The live test: something is made, waited for until it bears our tags, and removed again, however that ends. Only then is
 * it known that the whole way works.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import type { Settings } from '../../runtime/settings.ts';
import { createAsker } from '../asker.ts';
import type { PlaceFacts } from '../facts/facts.ts';
import { counted, type Finding, missing, ok, unknown } from '../finding.ts';
import { LIVE_NAME } from './live-row.ts';
import { TEST_RESOURCES, type TestResource } from './test-resources.ts';

export interface LiveOptions {
  readonly place: PlaceFacts;
  /** Of the function. */
  readonly settings: Settings;
  readonly calls: Calls;
  /** The user's: the test ends, and what it made is removed. */
  readonly signal: AbortSignal;
  readonly waitMs: number;
  /** Between two looks. */
  readonly pollMs: number;
  /** Hears what is made, before it is. */
  readonly onMake: (arn: string) => void;
  /** Hears what could not be removed. */
  readonly onLeft: (problem: string) => void;
}

/** Throws the signal's reason, after it has removed what it made. */
export async function testLive(options: LiveOptions): Promise<Finding> {
  const { place, settings } = options;
  if (settings.tags.dryRun) {
    const what = 'the live test was not made: DRY_RUN is true, so nothing is tagged';
    return missing(what, 'deploy without DRY_RUN');
  }
  const chosen = TEST_RESOURCES.find(({ service }) => settings.planning.services(service));
  if (chosen === undefined) {
    const names = TEST_RESOURCES.map(({ service }) => service).join(' nor ');
    const todo = 'create something of a service that it has, and look at its tags after ten minutes';
    return missing(`the live test was not made: SERVICES has neither ${names}`, todo);
  }
  const { partition, region, account } = place;
  const name = LIVE_NAME + randomUUID().slice(0, 8);
  const arn = `arn:${partition}:${chosen.service}:${region}:${account}:${name}`;
  options.onMake(arn);
  try {
    return await makeAndWait(chosen, arn, options);
  } finally {
    await removeAgain(chosen, arn, options);
  }
}

async function makeAndWait(
  { noun, make, tags: tagsOf }: TestResource,
  arn: string,
  { place, settings, calls, signal, waitMs, pollMs }: LiveOptions,
): Promise<Finding> {
  const { createdBy, createdDate } = settings.tags.keys;
  const beganAt = Date.now();
  const deadline = AbortSignal.timeout(waitMs);
  const asker = createAsker({ calls, region: place.region, signal, deadline });
  const made = await make(asker, arn);
  if (made.kind === 'unknown') return unknown(`the live test: no ${noun} was made`, made);
  let why = `it has no tag ${createdBy}`;
  while (!deadline.aborted) {
    await pause(pollMs, undefined, { signal: AbortSignal.any([signal, deadline]) }).catch(() => {});
    signal.throwIfAborted();
    const answer = await tagsOf(asker, arn);
    if (answer.kind === 'unknown' && !deadline.aborted) why = answer.why;
    const tags = answer.kind === 'found' ? answer.value : {};
    if (tags[createdBy] === undefined || tags[createdDate] === undefined) continue;
    const seconds = Math.round((Date.now() - beganAt) / 1000);
    return ok(`a ${noun} was made, and tagged after ${seconds} s: ${createdBy} is ${tags[createdBy]}`);
  }
  return missing(
    `a ${noun} was made, and not tagged within ${counted(Math.ceil(waitMs / 60_000), 'minute')}: ${why}`,
    `mend what is missing above; else see whether filters (INCLUDE_…, EXCLUDE_…) leave it out, and what the function says: aws logs tail /aws/lambda/${place.functionName} --since 30m`,
  );
}

/** The user waits for it, also after Ctrl-C. */
const REMOVE_MS = 30_000;

async function removeAgain({ remove }: TestResource, arn: string, options: LiveOptions): Promise<void> {
  const { calls, place, onLeft } = options;
  const asker = createAsker({
    calls,
    region: place.region,
    signal: new AbortController().signal, // the user's may be aborted
    deadline: AbortSignal.timeout(REMOVE_MS),
  });
  const removed = await remove(asker, arn);
  if (removed.kind === 'unknown') onLeft(`${arn} could not be removed, please do it: ${removed.why}`);
}

/**
 * How far a run is: on a terminal a line that is always there, elsewhere one every half minute. How many files there are is
 * known only where they were estimated: the listing is never far ahead of who reads.
 */
import type { SlowedLine } from '../../../tag-manager/calls/pace.ts';
import type { Totals } from '../../file/totals.ts';
import { bytes, counted, duration, number } from '../../report/view/words.ts';
import type { Write } from '../printer.ts';
import { startProgress } from '../progress.ts';

export interface RunState {
  /** Since this process began, in seconds. */
  readonly seconds: number;
  /** That this process is done with. */
  readonly files: number;
  readonly bytes: number;
  /** That were done before it. */
  readonly filesBefore: number;
  readonly bytesBefore: number;
  readonly branches: number;
  /** All files of which have been begun. */
  readonly branchesListed: number;
  readonly outcomes: Totals['outcomes'];
  readonly slowed: readonly SlowedLine[];
  /** About how many files there are in the run. */
  readonly expected?: { readonly files: number; readonly bytes: number } | undefined;
}

/** Before that a rate says little. */
const MIN_SECONDS = 2;

const MOST_SLOWED = 3;

export function progressText(state: RunState): string {
  const { seconds, outcomes, slowed, branches, branchesListed, expected } = state;
  const files = state.filesBefore + state.files;
  const rate = seconds < MIN_SECONDS ? 0 : state.files / seconds;
  const left = expected === undefined ? 0 : Math.max(0, expected.files - files);
  const ofFiles = expected === undefined ? '' : ` of about ${number(Math.max(files, expected.files))}`;
  const ofBytes = expected === undefined ? '' : ` of about ${bytes(Math.max(expected.bytes, state.bytes))}`;
  const counts = Object.entries(outcomes).map(([name, count = 0]) => `${number(count)} ${name}`);
  return [
    `${number(files)}${ofFiles} files, ${bytes(state.bytesBefore + state.bytes)}${ofBytes}`,
    ...(expected === undefined
      ? [`${branchesListed} of ${counted(branches, 'account and region', 'accounts and regions')} listed`]
      : []),
    ...(rate > 0 ? [`${number(Math.round(rate))} files/s`] : []),
    ...(rate > 0 && left > 0 ? [`${duration(left / rate)} left`] : []),
    ...(counts.length > 0 ? [counts.join(', ')] : []),
    ...(slowed.length > 0 ? [`throttled: ${slowedText(slowed)}`] : []),
  ].join('; ');
}

/** `sns TagResource in 111122223333 eu-west-1`: of a line's calls, the first stands for the others. */
function slowedText(slowed: readonly SlowedLine[]): string {
  const names = slowed.slice(0, MOST_SLOWED).map(({ name, account = 'our account', region }) => {
    const call = name.split(' ').slice(0, 2).join(' ');
    return `${call} in ${[account, region].filter(Boolean).join(' ')}`;
  });
  return slowed.length > MOST_SLOWED
    ? `${names.join(', ')}, and ${slowed.length - MOST_SLOWED} more`
    : names.join(', ');
}

/** How far a run in AWS is. */
export interface BulkState {
  readonly seconds: number;
  readonly done: number;
  readonly failed: number;
  /** Done or failed when this process began to watch. */
  readonly atFirst: number;
  readonly total: number | undefined;
  readonly state: string;
}

export function bulkProgressText({ seconds, done, failed, atFirst, total, state }: BulkState): string {
  const files = done + failed;
  const rate = seconds < MIN_SECONDS ? 0 : (files - atFirst) / seconds;
  return [
    `${number(files)}${total === undefined ? '' : ` of ${number(total)}`} files`,
    ...(state === '' ? [] : [state]),
    ...(rate > 0 ? [`${number(Math.round(rate))} files/s`] : []),
    ...(rate > 0 && total !== undefined && total > files ? [`${duration((total - files) / rate)} left`] : []),
    ...(failed > 0 ? [`${number(failed)} not done`] : []),
  ].join('; ');
}

export interface ProgressOptions {
  readonly say: Write;
  readonly isTerminal: boolean;
  readonly signal: AbortSignal;
}

export interface RunProgressOptions extends ProgressOptions {
  readonly state: () => RunState;
}

const ON_TERMINAL_MS = 200;
const ELSEWHERE_MS = 30_000;

/** Returns what ends it. */
export function startRunProgress({ state, ...options }: RunProgressOptions): () => void {
  return startProgressOf(() => progressText(state()), options);
}

/** The same of any text. */
export function startProgressOf(
  text: () => string,
  { say, isTerminal, signal }: ProgressOptions,
): () => void {
  const line = isTerminal ? startProgress(signal) : undefined;
  const tell = () => (line === undefined ? say(text()) : line.update(text()));
  const timer = setInterval(tell, isTerminal ? ON_TERMINAL_MS : ELSEWHERE_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    line?.stop();
  };
}

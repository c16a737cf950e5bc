/** The lines of a journal: each write that was intended, how it ended, and what was found to have been carried out after all. */

import { printableJson } from '../../../parser/printable.ts';
import type { CallFailure } from '../../../tag-manager/calls/call-failure.ts';
import { mayBeWritten, type WriteIntent, type WriteResult } from '../../../tag-manager/journal.ts';
import { readLines } from './line-reader.ts';

export type JournalLine =
  | ({ readonly kind: 'intent'; readonly at: string } & WriteIntent)
  | {
      readonly kind: 'result';
      /** Of the intent. */
      readonly id: string;
      readonly outcome: 'written' | 'failed';
      readonly failure?: CallFailure;
    }
  /** A write that nobody had told the end of, or whose answer was lost, was found carried out. */
  | { readonly kind: 'confirmed'; readonly id: string };

/** `now` in epoch milliseconds. */
export function intentLines(intents: readonly WriteIntent[], now: number): string {
  const at = new Date(now).toISOString();
  return linesOf(intents.map((intent) => ({ kind: 'intent', at, ...intent })));
}

export function resultLines(results: readonly WriteResult[]): string {
  return linesOf(
    results.map(({ id, failure }) => ({
      kind: 'result',
      id,
      outcome: failure === undefined ? 'written' : 'failed',
      ...(failure && { failure }),
    })),
  );
}

export function confirmedLine(id: string): string {
  return linesOf([{ kind: 'confirmed', id }]);
}

function linesOf(lines: readonly JournalLine[]): string {
  return linesOfJson(lines);
}

/** One object a line. */
export function linesOfJson(values: readonly object[]): string {
  return values.map((value) => `${printableJson(value)}\n`).join('');
}

/** What is known of a write, once the whole journal is read. */
export interface JournalledWrite {
  readonly intent: WriteIntent;
  /** Place among all intents: those of one resource were made in this order. */
  readonly number: number;
  /** `maybe`: the run was killed, or the answer was lost; `no`: AWS refused it. */
  readonly isWritten: 'yes' | 'maybe' | 'no';
  readonly failure?: CallFailure;
}

/**
 * All writes, each once it is told how it ended, in batches: what is held is what was under way at any time. Of those that a
 * kill left without an end nobody is told before the last batch, unless they were confirmed. Lines of other kinds are passed
 * over. Throws RunError.
 */
export async function* readWrites(path: string): AsyncGenerator<readonly JournalledWrite[]> {
  const open = new Map<string, JournalledWrite>();
  let number = 0;
  for await (const lines of readLines(path)) {
    const ended: JournalledWrite[] = [];
    for (const { value } of lines) {
      const line = value as JournalLine;
      if (line.kind === 'intent') {
        const { kind, at, ...intent } = line;
        open.set(intent.id, { intent, number: number++, isWritten: 'maybe' });
        continue;
      }
      const write = line.kind === 'result' || line.kind === 'confirmed' ? open.get(line.id) : undefined;
      if (write === undefined) continue;
      open.delete(line.id);
      ended.push(withEnd(write, line));
    }
    if (ended.length > 0) yield ended;
  }
  if (open.size > 0) yield [...open.values()];
}

function withEnd(write: JournalledWrite, line: Exclude<JournalLine, { kind: 'intent' }>): JournalledWrite {
  if (line.kind === 'confirmed' || line.failure === undefined) return { ...write, isWritten: 'yes' };
  const { failure } = line;
  return { ...write, failure, isWritten: mayBeWritten(failure) ? 'maybe' : 'no' };
}

/** The lines of undo.ndjson: those of any journal, and what became of each resource. */
import { printableJson } from '../../../parser/printable.ts';
import type { JournalLine } from '../run/journal-file.ts';
import type { UndoOutcome } from './undo-outcome.ts';

export type UndoLine = JournalLine | UndoOutcomeLine;

type UndoOutcomeLine = { readonly kind: 'undone'; readonly at: string } & UndoOutcome;

/** `now` in epoch milliseconds. */
export function outcomeLine(outcome: UndoOutcome, now: number): string {
  return `${printableJson({ kind: 'undone', at: new Date(now).toISOString(), ...outcome })}\n`;
}

export function isOutcomeLine(line: UndoLine): line is UndoOutcomeLine {
  return line.kind === 'undone';
}

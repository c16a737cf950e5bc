/** What an undo came to, kept beside its journal: `undo.json`. */
import { join } from 'node:path';
import { printableJson } from '../../../parser/printable.ts';
import { RUN_VERSION, refuseNewer } from '../run/run-info.ts';
import { readWhole, writeWhole } from '../run/whole-file.ts';
import type { UndoTotals } from './undo-outcome.ts';

export interface UndoSummary {
  readonly version: typeof RUN_VERSION;
  readonly at: string;
  readonly totals: UndoTotals;
  /** It was stopped before its end. */
  readonly interrupted?: true;
}

const UNDO_FILE = 'undo.json';

export function writeUndoSummary(folder: string, summary: Omit<UndoSummary, 'version'>): Promise<void> {
  return writeWhole(join(folder, UNDO_FILE), `${printableJson({ version: RUN_VERSION, ...summary })}\n`);
}

/** `undefined` where none has ended. Throws RunError. */
export async function readUndoSummary(folder: string): Promise<UndoSummary | undefined> {
  const path = join(folder, UNDO_FILE);
  const found = await readWhole(path);
  refuseNewer(path, found);
  return found as UndoSummary | undefined;
}

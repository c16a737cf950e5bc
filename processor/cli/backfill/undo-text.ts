/** What an undo came to, in lines for people. */
import type { UndoTotals } from '../../backfill/undo/undo-outcome.ts';

/** Counts by name, in one line; none where there are none. */
export function countsText(
  what: string,
  counts: Readonly<Partial<Record<string, number>>>,
): readonly string[] {
  const texts = Object.entries(counts).map(([name, count = 0]) => `${name} ${count.toLocaleString('en')}`);
  return texts.length === 0 ? [] : [`${what}: ${texts.join(', ')}`];
}

export function undoTexts(totals: UndoTotals): readonly string[] {
  const { resources, outcomes, removedTags, restoredTags, keptTags, failures } = totals;
  return [
    `${resources.toLocaleString('en')} resources were written by the run`,
    ...countsText('resources', outcomes),
    `tags: taken away ${removedTags.toLocaleString('en')}, put back ${restoredTags.toLocaleString('en')}`,
    ...countsText('tags that stay, by what others did', keptTags),
    ...countsText('failures', failures),
  ];
}

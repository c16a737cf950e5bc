/** The two sums that every report of a file must hold. */
import type { FileReport } from '../../processor/file/file-report.ts';

type Counts = Readonly<Record<string, number>>;

export const sumOf = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** How the sums of the reports do not add up; empty when they do. */
export function unbalanced(reports: readonly FileReport[]): readonly string[] {
  return reports.flatMap(({ file, records, ignored, creations, malformed, resources, outcomes }) => [
    ...(records === sumOf(ignored) + creations + malformed ? [] : [`${file}: records`]),
    ...(resources === sumOf(outcomes) ? [] : [`${file}: resources`]),
  ]);
}

/** The three sums that every report of a file must hold. */
import { IGNORED_REASONS, type IgnoredReason } from '../../parser/event/ignored-reason.ts';
import type { FileReport } from '../../processor/file/file-report.ts';
import { countOf } from '../../processor/file/warnings.ts';

type Counts = Readonly<Record<string, number>>;

export const sumOf = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** How the sums of the reports do not add up; empty when they do. */
export function unbalanced(reports: readonly FileReport[]): readonly string[] {
  return reports.flatMap(
    ({ file, records, ignored, creations, malformed, warnings, resources, outcomes }) => {
      const reasons = Object.entries(ignored) as [IgnoredReason, number][];
      const warned = Object.fromEntries(reasons.filter(([reason]) => IGNORED_REASONS[reason].isWarning));
      return [
        ...(records === sumOf(ignored) + creations + malformed ? [] : [`${file}: records`]),
        ...(countOf(warnings) === sumOf(warned) ? [] : [`${file}: warnings`]),
        ...(resources === sumOf(outcomes) ? [] : [`${file}: resources`]),
      ];
    },
  );
}

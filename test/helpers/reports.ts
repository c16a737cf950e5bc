/** The three sums that every report of a file must hold. */
import type { FileReport } from '../../processor/file/file-report.ts';
import { countOf } from '../../processor/file/warnings.ts';

type Counts = Readonly<Record<string, number>>;

export const sumOf = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** How the sums of the reports do not add up; empty when they do. */
export function unbalanced(reports: readonly FileReport[]): readonly string[] {
  return reports.flatMap(
    ({ file, records, ignored, creations, malformed, warnings, resources, outcomes }) => {
      const { invalid = 0, 'response-omitted': omitted = 0, 'no-resource': withoutResource = 0 } = ignored;
      return [
        ...(records === sumOf(ignored) + creations + malformed ? [] : [`${file}: records`]),
        ...(countOf(warnings) === invalid + omitted + withoutResource ? [] : [`${file}: warnings`]),
        ...(resources === sumOf(outcomes) ? [] : [`${file}: resources`]),
      ];
    },
  );
}

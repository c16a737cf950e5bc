/** What `verify` says: lines for people, by what they are about, each complaint with what to do; or a JSON object a line. */
import { printable, printableJson } from '../../../parser/printable.ts';
import type { PlaceFacts } from '../../verify/facts/facts.ts';
import { FINDING_OUTCOMES, type FindingOutcome } from '../../verify/finding.ts';
import type { NamedFinding } from '../../verify/rows.ts';
import { type Line, linesText } from '../coverage/lines.ts';
import type { Terminal } from '../terminal.ts';

export interface VerifyPrinter {
  place(place: PlaceFacts): void;
  findings(findings: readonly NamedFinding[]): void;
  /** Of all that was printed. */
  summary(isInterrupted: boolean): void;
}

type Counts = Record<FindingOutcome, number>;

export function verifyPrinter(isJson: boolean, terminal: Terminal): VerifyPrinter {
  const counts: Counts = { ok: 0, missing: 0, unknown: 0, hint: 0 };
  const count = (findings: readonly NamedFinding[]) => {
    for (const { outcome } of findings) counts[outcome] += 1;
  };
  const json = (kind: string, fields: object) => terminal.print(`${printableJson({ kind, ...fields })}\n`);
  const text = (lines: readonly Line[]) => terminal.print(linesText(lines, terminal.columns));
  if (isJson) {
    return {
      place: (place) => json('place', place),
      findings(findings) {
        count(findings);
        for (const finding of findings) json('check', finding);
      },
      summary: (isInterrupted) => json('summary', { ...counts, ...(isInterrupted && { interrupted: true }) }),
    };
  }
  return {
    place({ functionName, region, account, caller }) {
      text([
        { indent: 0, text: printable(`${functionName} in ${region}, account ${account}, seen by ${caller}`) },
      ]);
    },
    findings(findings) {
      count(findings);
      text([...Map.groupBy(findings, ({ check }) => check.split('.')[0] ?? '')].flatMap(sectionLines));
    },
    summary: (isInterrupted) => text([EMPTY, { indent: 0, text: summaryText(counts, isInterrupted) }]),
  };
}

const EMPTY: Line = { indent: 0, text: '' };

/** Wide enough for each outcome. */
const OUTCOME_WIDTH = Math.max(...FINDING_OUTCOMES.map(({ length }) => length)) + 2;

function sectionLines([section, findings]: [string, readonly NamedFinding[]]): readonly Line[] {
  return [EMPTY, { indent: 0, text: section }, ...findings.flatMap(findingLines)];
}

function findingLines({ outcome, message, todo }: NamedFinding): readonly Line[] {
  const indent = 2;
  return [
    { indent, text: outcome.padEnd(OUTCOME_WIDTH) + printable(message), hanging: OUTCOME_WIDTH },
    ...(todo === undefined ? [] : [{ indent: indent + OUTCOME_WIDTH, text: `do: ${printable(todo)}` }]),
  ];
}

function summaryText(counts: Counts, isInterrupted: boolean): string {
  const shown = FINDING_OUTCOMES.filter((outcome) => counts[outcome] > 0).map(
    (outcome) => `${counts[outcome]} ${outcome}`,
  );
  return [...shown, ...(isInterrupted ? ['stopped before the end'] : [])].join(', ');
}

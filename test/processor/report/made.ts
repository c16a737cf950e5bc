/** Made-up resources, files and sums for the tests of reports. */
import fc from 'fast-check';
import { CREATOR_KINDS } from '../../../parser/event/creator-kind.ts';
import type { FileReport } from '../../../processor/file/file-report.ts';
import type { ResourceRow } from '../../../processor/file/resource-row.ts';
import { dayOf } from '../../../processor/report/sums/days.ts';
import { addReport, addResource, type ReportSums, startSums } from '../../../processor/report/sums/sums.ts';
import { type Report, reportOf, type Subject } from '../../../processor/report/view/report.ts';
import { OUTCOMES, type OutcomeName } from '../../../tag-manager/outcome.ts';

export const ACCOUNTS = ['111122223333', '444455556666', '123456789012'] as const;

export const LAST_DAY = dayOf('2026-11-26');

/** What a log may hold: markup, marks of direction, controls, half a letter, formulas. */
export const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</td></table><style>*{display:none}</style>',
  '<!--',
  ']]>',
  '</style><script src="https://evil.example/x.js"></script>',
  '&lt;b&gt;&amp;',
  '\u202egnp.exe',
  '\u2066x\u2069',
  'مرحبا',
  '\u0000\u001b[2J\r\n\t',
  '\ud800',
  '{{constructor.constructor("alert(1)")()}}',
  'javascript:alert(1)',
  '=HYPERLINK("https://evil.example")',
  'x'.repeat(5_000),
  ['`$', '{alert(1)}`'].join(''),
];

/** Of a file that CloudTrail delivered for this day. */
export function fileName(account: string, region: string, day: string, number = 0): string {
  const folder = `AWSLogs/${account}/CloudTrail/${region}/${day.replaceAll('-', '/')}`;
  const unique = String(number).padStart(16, 'aBxdEygHzjKwmNvp');
  return `${folder}/${account}_CloudTrail_${region}_${day.replaceAll('-', '')}T1040Z_${unique}.json.gz`;
}

export function row(over: Partial<ResourceRow> = {}): ResourceRow {
  const account = ACCOUNTS[0];
  return {
    arn: `arn:aws:ec2:eu-west-1:${account}:volume/vol-0123456789abcdef0`,
    type: 'ec2:volume',
    service: 'ec2',
    account,
    region: 'eu-west-1',
    outcome: 'would-tag',
    reason: '',
    creator: `arn:aws:iam::${account}:user/anna`,
    creatorKind: 'person',
    person: 'anna',
    eventName: 'CreateVolume',
    eventTime: '2025-03-04T10:17:05Z',
    eventID: '902354f9-2110-4c4d-a206-000000000001',
    file: fileName(account, 'eu-west-1', '2025-03-04'),
    ...over,
  };
}

/** A file and what it created. */
export interface MadeFile {
  readonly file: string;
  readonly rows: readonly ResourceRow[];
  /** Records that created nothing. */
  readonly ignored: number;
  readonly malformed: number;
}

export function reportOfFile({ file, rows, ignored, malformed }: MadeFile): FileReport {
  const outcomes: Partial<Record<OutcomeName, number>> = {};
  for (const { outcome } of rows) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return {
    file,
    complete: true,
    compressedBytes: 100,
    bytes: 1_000,
    records: rows.length + ignored + malformed,
    ignored: ignored > 0 ? { 'not-in-catalogue': ignored } : {},
    servicesLeftOut: {},
    outside: { 'quicksight CreateIngestion': 1 },
    creations: rows.length,
    malformed,
    warnings: [],
    resources: rows.length,
    outcomes,
    adjusted: 0,
    failures: [],
    readMs: 1,
    tagMs: 0,
  };
}

export function sumsOf(files: readonly MadeFile[]): ReportSums {
  const sums = startSums(LAST_DAY);
  for (const made of files) {
    addReport(sums, reportOfFile(made));
    for (const each of made.rows) addResource(sums, { ...each, file: made.file });
  }
  return sums;
}

export const SUBJECT: Subject = {
  title: 'Log files',
  about: ['logs'],
  facts: [],
  isPartial: false,
  speed: { seconds: 2 },
};

export function reportOfSums(sums: ReportSums, subject: Subject = SUBJECT): Report {
  return reportOf(sums, subject, { at: '2026-11-26T14:30:12Z', version: '0.1.0' });
}

const text = fc.oneof(
  fc.constantFrom('anna', 'ben', 'deploy'),
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary' }),
);

const day = fc
  .integer({ min: dayOf('2013-11-01'), max: LAST_DAY + 30 })
  .map((number) => new Date(number * 86_400_000).toISOString().slice(0, 10));

const rows = fc.record({
  arn: text,
  type: text,
  service: fc.oneof(fc.constantFrom('ec2', 's3', 'lambda'), text),
  account: fc.constantFrom(...ACCOUNTS),
  region: fc.constantFrom('eu-west-1', 'us-east-1'),
  outcome: fc.constantFrom(...(Object.keys(OUTCOMES) as OutcomeName[])),
  reason: fc.oneof(fc.constant(''), text),
  creator: text,
  creatorKind: fc.constantFrom(...CREATOR_KINDS),
  person: text,
  eventName: text,
  eventTime: day.map((date) => `${date}T10:17:05Z`),
  eventID: fc.uuid(),
  file: fc.constant(''),
});

/** Any files, with what only a forged log holds among them. */
export const anyFiles: fc.Arbitrary<readonly MadeFile[]> = fc.array(
  fc.record({
    file: fc.oneof(
      fc
        .tuple(fc.constantFrom(...ACCOUNTS), fc.constantFrom('eu-west-1', 'us-east-1'), day)
        .map(([account, region, date]) => fileName(account, region, date)),
      text,
    ),
    rows: fc.array(rows, { maxLength: 6 }),
    ignored: fc.nat(20),
    malformed: fc.nat(2),
  }),
  { maxLength: 12 },
);

/**
 * Log files that nobody on this project wrote, beside the repository in `../shared/real-logs`: what is planned for
 * them is what two independent scripts found in them: for the first services (`expected.tsv`), for all (`expected-all.tsv`).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { localLogFile } from '../../../processor/file/log-file.ts';
import { planFile } from '../../../processor/file/plan-file.ts';
import { createFileProcessor } from '../../../processor/file/process-file.ts';
import { readSettings } from '../../../processor/runtime/settings.ts';
import type { Outcome } from '../../../tag-manager/outcome.ts';
import { createPlanner } from '../../../tag-manager/planner.ts';
import { autoTagger } from '../../helpers/command.ts';
import { unbalanced } from '../../helpers/reports.ts';

const FOLDER = fileURLToPath(new URL('../../../../shared/real-logs/', import.meta.url));

interface ExpectedRecord {
  readonly file: string;
  readonly index: number;
  readonly eventID: string;
  readonly outcome: string;
  readonly arns: readonly string[];
}

/** The types that `expected.tsv` lists; other rows of the catalogue are not its business. */
const LISTED = new Set([
  ...[
    'ec2:instance',
    'ec2:volume',
    'ec2:snapshot',
    'ec2:security-group',
    's3:bucket',
    'rds:db',
    'rds:cluster',
  ],
  ...['lambda:function', 'dynamodb:table', 'sns:topic', 'sqs:queue'],
  ...['elasticache:cluster', 'elasticache:replicationgroup'],
]);

/** Where `plan` and `expected-all.tsv` differ, and who is right. */
const EXCEPTIONS: readonly {
  readonly why: string;
  readonly pairs: readonly string[];
  readonly planned: boolean;
}[] = [
  {
    why: 'The publisher masked the account of these records: 00000 and 0000 are none, and what no account owns is invalid. The table puts them into ARNs that stand in no record, or in one of no account.',
    planned: false,
    pairs: [
      '3fa01fd9-3537-4cc0-88b0-a2dc297b5839 arn:aws:appmesh:eu-west-2:00000:mesh/m1',
      '2d10d78e-05c4-4069-8d7b-dec836faf67d arn:aws:appmesh:eu-west-2:0000:mesh/m1/virtualGateway/g1',
    ],
  },
  {
    why: 'Network interfaces that the launch itself made: the table lists the instances alone.',
    planned: true,
    pairs: [
      '6589a9eb-59b7-4895-b7ab-962ed3cc257c arn:aws:ec2:us-east-1:644160558196:network-interface/eni-a4b20ca1',
      '6da8b953-741f-4273-be3f-289b92b4d1fc arn:aws:ec2:us-west-1:619193117841:network-interface/eni-6a08d837',
      '6da8b953-741f-4273-be3f-289b92b4d1fc arn:aws:ec2:us-west-1:619193117841:network-interface/eni-6508d838',
      '6c4c7930-81f5-47d8-9815-7bfd2f342c37 arn:aws:ec2:ap-northeast-2:000000000000:network-interface/eni-01b2a3f446746578f',
      '6c4c7930-81f5-47d8-9815-7bfd2f342c37 arn:aws:ec2:ap-northeast-2:000000000000:network-interface/eni-0d80ee85b99e3c1c2',
      'ceff93e3-2d59-4fc1-abbc-6eedc9cfa6b9 arn:aws:ec2:ap-northeast-2:000000000000:network-interface/eni-0b1b2c3d4e5f60001',
    ],
  },
  {
    why: 'The id in the ARN of an Auto Scaling group stands in no record, so the table says `absent`; its tag call takes the name, which is there.',
    planned: true,
    pairs: [
      '305bd268-899d-46e3-9d5b-282aa5f6e6fc arn:aws:autoscaling:us-east-1:974349055189:autoScalingGroup:*:autoScalingGroupName/as-group-171',
    ],
  },
];

/** Left out unless they are named. */
const OF_ACCESS = ['cassandra', 'iam', 'organizations', 'sso'];

function readExpected(table: string, columns: { outcome: string; arns: string }): ExpectedRecord[] {
  const [header = '', ...lines] = readFileSync(join(FOLDER, table), 'utf8').trim().split('\n');
  const names = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (name: string) => cells[names.indexOf(name)] ?? '';
    const arns = cell(columns.arns)
      .split(',')
      .filter((arn) => arn !== '');
    return {
      file: cell('file'),
      index: Number(cell('index')),
      eventID: cell('eventID'),
      outcome: cell(columns.outcome),
      arns,
    };
  });
}

function logFiles(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.gz'))
    .sort();
}

/** Everything that is planned for a file, and its report. */
async function plan(file: string) {
  const outcomes: Outcome[] = [];
  const processor = createFileProcessor({
    bounds: DEFAULT_BOUNDS,
    refuse: () => undefined,
    tagManager: createPlanner(readSettings({}, 'command-line').tags),
    requiresAccount: false,
  });
  const report = await processor.process(localLogFile(join(FOLDER, file)), new AbortController().signal, {
    onOutcomes: (more) => {
      outcomes.push(...more);
    },
  });
  const all = outcomes.map(({ creation, resource, tags }) => ({
    file,
    index: creation.index,
    eventID: creation.eventID,
    resourceType: resource.row.resourceType,
    arn: resource.arn,
    tags,
  }));
  return { report, all, planned: all.filter(({ resourceType }) => LISTED.has(resourceType)) };
}

interface PlanLine {
  readonly eventID?: string;
  readonly arn?: string;
  readonly arns?: readonly string[];
  readonly resourceType?: string;
  readonly creations?: number;
  readonly ignored?: Readonly<Record<string, number>>;
  readonly servicesLeftOut?: Readonly<Record<string, number>>;
}

/** What the command prints, as a user runs it. */
async function planLines(...options: readonly string[]): Promise<readonly PlanLine[]> {
  const { stdout, stderr } = await autoTagger(['plan', '--json', ...options, FOLDER]);
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function pairsOf(lines: readonly PlanLine[]): string[] {
  return lines
    .flatMap(({ eventID, arn = [], arns = arn }) => [arns].flat().map((each) => `${eventID} ${each}`))
    .sort();
}

if (existsSync(join(FOLDER, 'expected.tsv'))) {
  describe('real log files', () => {
    const expected = readExpected('expected.tsv', { outcome: 'outcome', arns: 'resourceArns' });
    const plans = Promise.all(logFiles().map(plan));

    test('the files and what is expected of them are there', () => {
      expect(expected.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(30);
      expect(expected.filter(({ outcome }) => outcome !== 'ok').length).toBeGreaterThan(5);
      const files = new Set(logFiles());
      expect(expected.filter(({ file }) => !files.has(file))).toEqual([]);
    });

    test('exactly the expected resources are planned, record by record', async () => {
      const wanted = expected.flatMap(({ file, index, outcome, arns }) =>
        outcome === 'ok' ? arns.map((arn) => `${file} ${index} ${arn}`) : [],
      );
      const planned = (await plans).flatMap((each) => each.planned);
      expect(planned.map(({ file, index, arn }) => `${file} ${index} ${arn}`).sort()).toEqual(wanted.sort());
    });

    test('so are the pairs of event id and ARN, each as often as expected', async () => {
      const wanted = expected.flatMap(({ eventID, outcome, arns }) =>
        outcome === 'ok' ? arns.map((arn) => `${eventID} ${arn}`) : [],
      );
      const planned = (await plans).flatMap((each) => each.planned);
      expect(planned.map(({ eventID, arn }) => `${eventID} ${arn}`).sort()).toEqual(wanted.sort());
    });

    test('plan of all services gives the pairs of the table of all, but for exceptions that have reasons', async () => {
      const table = readExpected('expected-all.tsv', { outcome: 'status', arns: 'arns' });
      const wanted = pairsOf(table.filter(({ outcome }) => outcome === 'ok'));
      expect(wanted.length).toBeGreaterThan(190);
      const planned = pairsOf(await planLines('--services', ['all', ...OF_ACCESS].join()));
      const exceptions = (isPlanned: boolean) =>
        EXCEPTIONS.filter((each) => each.planned === isPlanned).flatMap(({ pairs }) => pairs);
      const without = (from: readonly string[], pairs: readonly string[]) =>
        from.filter((pair) => !pairs.includes(pair)).sort();
      expect(without(planned, exceptions(true))).toEqual(without(wanted, exceptions(false)));
      expect(without(exceptions(true), planned)).toEqual([]);
      expect(without(exceptions(false), wanted)).toEqual([]);
    });

    test('plan leaves out those whose tags decide about access, and says how many creations that are', async () => {
      const isAboutAccess = ({ resourceType = '' }: PlanLine) =>
        OF_ACCESS.includes(resourceType.split(':')[0] ?? '');
      const all = await planLines('--services', ['all', ...OF_ACCESS].join());
      const byDefault = await planLines();
      expect(pairsOf(byDefault)).toEqual(pairsOf(all.filter((line) => !isAboutAccess(line))));
      const [summary, ofAll] = [byDefault, all].map((lines) => lines.at(-1));
      const leftOut = summary?.ignored?.['filtered-out'] ?? 0;
      expect(leftOut).toBeGreaterThan(20);
      expect((summary?.creations ?? 0) + leftOut).toBe(ofAll?.creations);
      const byService = Object.values(summary?.servicesLeftOut ?? {});
      expect(byService.reduce((sum, count) => sum + count, 0)).toBe(leftOut);
      expect(ofAll?.servicesLeftOut).toEqual({});
    });

    test('records that failed are passed over with the reason that they failed', async () => {
      const failed = expected.filter(({ outcome }) => outcome !== 'ok');
      const passedOver = await Promise.all(
        failed.map(async ({ file, index }) => {
          const seen = new Map<number, string>();
          await planFile(readFileSync(join(FOLDER, file)), {
            bounds: DEFAULT_BOUNDS,
            source: { origin: 'log', account: undefined },
            refuse: () => undefined,
            onPassedOver: (record) => seen.set(record.index, `${record.reason} ${record.detail}`),
          });
          return seen.get(index);
        }),
      );
      expect(passedOver).toEqual(failed.map(({ outcome }) => `failed-call "${outcome}"`));
    });

    test('every file is read to its end and its sums add up', async () => {
      const reports = (await plans).map(({ report }) => report);
      expect(reports.filter(({ complete, error }) => !complete || error !== undefined)).toEqual([]);
      expect(unbalanced(reports)).toEqual([]);
      expect(reports.reduce((sum, { records }) => sum + records, 0)).toBe(3102);
    });

    test('every resource would get a creator and the time of its event', async () => {
      for (const { tags, eventID } of (await plans).flatMap((each) => each.planned)) {
        expect([eventID, [...tags.keys()]]).toEqual([eventID, ['CreatedBy', 'CreatedDate', 'ManagedBy']]);
        expect(tags.get('CreatedBy')).not.toBe('');
        expect(tags.get('CreatedDate')).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      }
    });
  });
} else {
  const notice = `there are no real log files in ${FOLDER}: nothing is checked against them`;
  process.stderr.write(`Skipped: ${notice}\n`);
  test.skip(notice, () => {});
}

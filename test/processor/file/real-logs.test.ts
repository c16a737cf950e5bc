/**
 * Log files that nobody on this project wrote, beside the repository in `../shared/real-logs`: what is planned for
 * them is what two independent scripts found in them (`expected.tsv`).
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

function readExpected(): ExpectedRecord[] {
  const [header = '', ...lines] = readFileSync(join(FOLDER, 'expected.tsv'), 'utf8').trim().split('\n');
  const names = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (name: string) => cells[names.indexOf(name)] ?? '';
    const arns = cell('resourceArns')
      .split(',')
      .filter((arn) => arn !== '');
    return {
      file: cell('file'),
      index: Number(cell('index')),
      eventID: cell('eventID'),
      outcome: cell('outcome'),
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
    onOutcomes: (more) => outcomes.push(...more),
  });
  const planned = outcomes
    .filter(({ resource }) => LISTED.has(resource.row.resourceType))
    .map(({ creation, resource, tags }) => ({
      file,
      index: creation.index,
      eventID: creation.eventID,
      arn: resource.arn,
      tags,
    }));
  return { report, planned };
}

if (existsSync(join(FOLDER, 'expected.tsv'))) {
  describe('real log files', () => {
    const expected = readExpected();
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

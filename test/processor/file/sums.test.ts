/**
 * The law of reports: every record and every resource of a file ends in exactly one count, whatever the file holds and
 * whatever becomes of it; and of a file that was read to its end, each in the count that is right.
 */
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FileReport } from '../../../processor/file/file-report.ts';
import { addReport, startTotals } from '../../../processor/file/totals.ts';
import { deadlineWhen, NO_DEADLINE, TIME_IS_UP } from '../../helpers/deadlines.ts';
import { type Deployment, deploy } from '../../helpers/deployment.ts';
import {
  ACCOUNT,
  describeCall,
  failedCall,
  OTHER_ACCOUNT,
  REGION,
  s3Event,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../../helpers/events.ts';
import { fixture, withValue } from '../../helpers/fixtures.ts';
import { logKeyOf } from '../../helpers/log-files.ts';
import { sumOf, unbalanced } from '../../helpers/reports.ts';
import { runs } from '../../helpers/runs.ts';

let deployment: Deployment;

beforeAll(async () => {
  deployment = await deploy({ settings: { EXCLUDE_EVENTS: 'CreateQueue' } });
});
afterEach(() => {
  deployment.sandbox.faults.clear();
});
afterAll(() => deployment.close());

/** Numbers that no resource or file had before. */
let last = 0;
const next = () => ++last;

interface Element {
  readonly element: unknown;
  /** What it must be counted as in a file of our own account. */
  readonly count: string;
  /** Of its resources that there are. */
  readonly arns?: readonly string[];
}

const made = (number: number, of: 'volume' | 'topic', exists: boolean): Element => {
  const [element, arn] =
    of === 'volume' ? [volume(number), volumeArn(number)] : [topic(number), topicArn(number)];
  return { element, count: 'creation', arns: exists ? [arn] : [] };
};

const ELEMENTS: Readonly<Record<string, () => Element>> = {
  'a volume': () => made(next(), 'volume', true),
  'a topic': () => made(next(), 'topic', true),
  'a volume that is gone': () => made(next(), 'volume', false),
  'a topic that is gone': () => made(next(), 'topic', false),
  'three instances': () => ({ element: fixture('ec2-RunInstances'), count: 'creation' }),
  'another event': () => ({ element: describeCall(), count: 'not-in-catalogue' }),
  'an event of nothing': () => ({ element: {}, count: 'not-in-catalogue' }),
  'a failed call': () => ({ element: failedCall(), count: 'failed-call' }),
  'no resource': () => ({ element: withValue(volume(1), 'responseElements', null), count: 'no-resource' }),
  'a bad region': () => ({ element: withValue(volume(1), 'awsRegion', 'nowhere'), count: 'invalid' }),
  'an id that is none': () => ({
    element: withValue(volume(1), 'responseElements.volumeId', '../x'),
    count: 'invalid',
  }),
  'no caller': () => ({ element: withValue(volume(1), 'userIdentity', {}), count: 'no-creator' }),
  'another account': () => ({
    element: volume(next(), { account: OTHER_ACCOUNT }),
    count: 'account-differs',
  }),
  'what is filtered out': () => ({ element: fixture('sqs-CreateQueue'), count: 'filtered-out' }),
  'a number': () => ({ element: 7, count: 'malformed' }),
  'a list': () => ({ element: [], count: 'malformed' }),
  'a null': () => ({ element: null, count: 'malformed' }),
};

/** Below which folder the file lies, and whether its bytes are whole. */
const FOLDERS = ['ours', 'of another account', 'of nobody'] as const;

const file = fc.record({
  elements: fc.array(fc.constantFrom(...Object.keys(ELEMENTS)), { maxLength: 12 }),
  folder: fc.constantFrom(...FOLDERS, 'ours'),
  damage: fc.constantFrom('none', 'none', 'none', 'cut', 'no JSON behind the records'),
});

const world = fc.record({
  /** Of the calls that write. */
  failsWith: fc.constantFrom(undefined, 'InternalError', 'UnauthorizedOperation', 'ThrottlingException'),
  time: fc.constantFrom('enough', 'enough', 'none', 'soon over'),
});

type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;
type File = typeof file extends fc.Arbitrary<infer Value> ? Value : never;

interface Delivered {
  readonly key: string;
  readonly elements: readonly Element[];
  readonly folder: File['folder'];
  readonly isWhole: boolean;
}

function deliver({ elements: names, folder, damage }: File): Delivered {
  const number = next();
  const key = {
    ours: logKeyOf(ACCOUNT, REGION, number),
    'of another account': logKeyOf(OTHER_ACCOUNT, REGION, number),
    'of nobody': `copies/${number}.json.gz`,
  }[folder];
  const elements = names.map((name) => ELEMENTS[name]?.() ?? { element: null, count: 'malformed' });
  deployment.putResources(elements.flatMap(({ arns = [] }) => arns));
  const document = JSON.stringify({ Records: elements.map(({ element }) => element) });
  const text = damage === 'no JSON behind the records' ? `${document.slice(0, -1)},}` : document;
  const bytes = gzipSync(text);
  deployment.putFile(key, damage === 'cut' ? bytes.subarray(0, -9) : bytes);
  return { key, elements, folder, isWhole: damage === 'none' };
}

/** What would be a creation is not one in a folder of another account, or of nobody. */
function countIn(folder: File['folder'], count: string): string {
  if (count !== 'creation' && count !== 'filtered-out' && count !== 'account-differs') return count;
  if (folder === 'of nobody') return 'account-unknown';
  if (folder === 'ours') return count;
  return count === 'account-differs' ? 'no-role' : 'account-differs';
}

function expectedCounts({ elements, folder }: Delivered): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { count } of elements) {
    const name = countIn(folder, count);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function countsOf({ creations, malformed, ignored }: FileReport): Readonly<Record<string, number>> {
  const counts = { creation: creations, malformed, ...ignored };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

async function invoke(delivered: readonly Delivered[], { failsWith, time }: World): Promise<void> {
  const { sandbox } = deployment;
  sandbox.faults.clear();
  const error = {
    code: failsWith ?? '',
    status: failsWith === 'UnauthorizedOperation' ? 403 : 500,
    message: 'no',
  };
  const effect = { error };
  if (failsWith !== undefined) {
    for (const operation of ['CreateTags', 'TagResource']) sandbox.faults.add({ operation, effect });
  }
  const until = sandbox.requests.length + 3;
  const deadline = {
    enough: NO_DEADLINE,
    none: TIME_IS_UP,
    'soon over': deadlineWhen(() => sandbox.requests.length >= until),
  }[time];
  const event = { Records: delivered.flatMap(({ key }) => s3Event([key]).Records) };
  await deployment.invoke(event, deadline);
  deadline.clear();
}

test('every record and every resource is counted once, and rightly', async () => {
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), world, async (files, how) => {
      const before = deployment.reports().length;
      const delivered = files.map(deliver);
      await invoke(delivered, how);
      const reports = deployment.reports().slice(before);
      expect(unbalanced(reports)).toEqual([]);
      for (const report of reports) {
        const found = delivered.find(({ key }) => report.file.endsWith(`/${key}`));
        if (found === undefined) throw new Error(`nobody delivered ${report.file}`);
        if (!found.isWhole) expect(report).toMatchObject({ complete: false, records: 0, resources: 0 });
        if (!report.complete) continue;
        whole++;
        expect(countsOf(report)).toEqual(expectedCounts(found));
        expect(report.records).toBe(found.elements.length);
      }
      if (how.time === 'enough') expect(reports.length).toBe(delivered.length);

      const totals = reports.reduce(addReport, startTotals());
      expect(totals.files).toBe(reports.length);
      expect(totals.records).toBe(sumOf(totals.ignored) + totals.creations + totals.malformed);
      expect(totals.resources).toBe(sumOf(totals.outcomes));
    }),
    runs(60),
  );
  expect(whole).toBeGreaterThan(runs(60).numRuns / 2);
});

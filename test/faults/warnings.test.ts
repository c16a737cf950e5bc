/**
 * A creation that is passed over for what looks like our own shortcoming is not passed over in silence: the default
 * output, the report, the log line and a metric tell of it, in plain words, and never of more than a screen can hold.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../parser/bounds.ts';
import { jsonPrinter } from '../../processor/cli/json-printer.ts';
import { createPlanPool } from '../../processor/cli/plan-threads.ts';
import type { Printer } from '../../processor/cli/printer.ts';
import { runFiles } from '../../processor/cli/run-files.ts';
import { tablePrinter } from '../../processor/cli/table-printer.ts';
import { planFile } from '../../processor/file/plan-file.ts';
import { countOf, MAX_WARNINGS } from '../../processor/file/warnings.ts';
import { createPlanningRuntime } from '../../processor/runtime/planning-runtime.ts';
import { readSettings } from '../../processor/runtime/settings.ts';
import { type Deployment, deploy } from '../helpers/deployment.ts';
import { callEvent, REGION, s3Event } from '../helpers/events.ts';
import { ACCOUNT, fixture, withValue, withValues } from '../helpers/fixtures.ts';
import { logFileOf, logKeyOf } from '../helpers/log-files.ts';
import { sumOf } from '../helpers/reports.ts';

const VOLUME = fixture('ec2-CreateVolume');
const OMITTED = withValue(VOLUME, 'responseElements', { omitted: true });
const EMPTY = withValues(fixture('sns-CreateTopic'), { responseElements: null, requestParameters: null });
const INVALID = withValue(VOLUME, 'responseElements.volumeId', 'vol-\u009b2J');
const FAILED = { ...VOLUME, errorCode: 'AccessDenied', responseElements: null };

const plan = (records: readonly unknown[]) =>
  planFile(logFileOf(records), {
    bounds: DEFAULT_BOUNDS,
    source: { origin: 'log', account: undefined },
    refuse: () => undefined,
  });

describe('the warnings of a file', () => {
  test('count like ones together, and name the first of them', async () => {
    const { warnings } = await plan([VOLUME, OMITTED, FAILED, OMITTED, EMPTY]);
    expect(warnings).toEqual([
      {
        reason: 'response-omitted',
        eventName: 'CreateVolume',
        detail: 'CloudTrail left out the content of responseElements, and with it the ids',
        count: 2,
        example: { eventID: VOLUME.eventID, index: 1 },
      },
      {
        reason: 'no-resource',
        eventName: 'CreateTopic',
        detail: 'the record holds no id or ARN of a resource',
        count: 1,
        example: { eventID: EMPTY.eventID, index: 4 },
      },
    ]);
  });

  test('are none where nothing was passed over but failed calls', async () => {
    expect((await plan([VOLUME, FAILED, FAILED])).warnings).toEqual([]);
  });

  test('stay few however many records differ, and none is left uncounted', async () => {
    const records = Array.from({ length: 5000 }, (_, at) =>
      at % 3 === 0 ? EMPTY : withValue(VOLUME, 'responseElements.volumeId', `x-${at}`),
    );
    const { warnings, ignored } = await plan(records);
    expect(warnings.length).toBeLessThanOrEqual(MAX_WARNINGS + 3);
    expect(countOf(warnings)).toBe(records.length);
    for (const reason of ['invalid', 'no-resource'] as const) {
      const ofReason = warnings.filter((warning) => warning.reason === reason);
      expect(countOf(ofReason)).toBe(ignored[reason]);
    }
    expect(sumOf(ignored)).toBe(records.length);
    expect(JSON.stringify(warnings).length).toBeLessThan(10_000);
  });

  test('say in plain words what was expected', async () => {
    const bad = Object.entries({
      eventID: 'a b',
      eventTime: 'yesterday',
      awsRegion: 'nowhere',
      recipientAccountId: '1',
      'responseElements.volumeId': '../x',
    }).map(([path, value]) => withValue(VOLUME, path, value));
    const { warnings } = await plan(bad);
    expect(warnings).toHaveLength(bad.length);
    for (const { detail } of warnings) {
      expect(detail).toMatch(/, expected /);
      expect(detail).not.toMatch(/[\\^$]|\{\d/); // what only a regular expression has
    }
  });
});

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'warnings-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function run(
    files: readonly (readonly unknown[])[],
    printer: (write: (text: string) => void) => Printer,
  ) {
    const at = mkdtempSync(join(folder, 'case-'));
    for (const [number, records] of files.entries())
      writeFileSync(join(at, `${number}.json.gz`), logFileOf(records));
    const texts: string[] = [];
    const { signal } = new AbortController();
    const runtime = createPlanningRuntime(readSettings({}, 'command-line'), REGION);
    const ending = await runFiles([at], runtime, {
      explain: false,
      pool: createPlanPool([], signal),
      signal,
      printer: printer((text) => texts.push(text)),
      complain: (problem) => texts.push(problem),
    });
    runtime.destroy();
    return { ending, text: texts.join('') };
  }

  const { tags } = readSettings({}, 'command-line');

  test('shows them below the sums without being asked, over all files', async () => {
    const { ending, text } = await run([[VOLUME, OMITTED, EMPTY], [OMITTED], [INVALID]], (write) =>
      tablePrinter(write, { columns: undefined, tags }),
    );
    expect(ending).toBe('done');
    const id = VOLUME.eventID;
    expect(text.split('\n').filter((line) => line.startsWith('warning'))).toEqual([
      `warning: 2 creations passed over, response omitted: CreateVolume: CloudTrail left out the content of responseElements, and with it the ids (first: event ${id})`,
      `warning: 1 creation passed over, no resource: CreateTopic: the record holds no id or ARN of a resource (event ${EMPTY.eventID})`,
      String.raw`warning: 1 creation passed over, invalid: CreateVolume: id is "vol-\u009b2J", expected arn:aws:ec2:eu-west-1:${ACCOUNT}:volume/{VolumeId} (event ${id})`,
    ]);
  });

  test('adds them up in the summary of --json too', async () => {
    const files = Array.from({ length: 40 }, (_, at) => [
      OMITTED,
      withValue(VOLUME, 'responseElements.volumeId', `x-${at}`),
    ]);
    const { text } = await run(files, (write) => jsonPrinter(write));
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { warnings, ignored } = lines.at(-1);
    expect(warnings[0]).toMatchObject({ reason: 'response-omitted', count: 40 });
    expect(countOf(warnings)).toBe(ignored.invalid + ignored['response-omitted']);
    expect(warnings.length).toBeLessThanOrEqual(MAX_WARNINGS + 3);
    expect(lines.find(({ kind }) => kind === 'file').warnings).toHaveLength(2);
  });

  test('says nothing where there is nothing to warn of', async () => {
    const { text } = await run([[VOLUME, FAILED]], (write) =>
      tablePrinter(write, { columns: undefined, tags }),
    );
    expect(text).not.toMatch('warning');
  });
});

describe('the function', () => {
  let deployment: Deployment;
  afterEach(() => deployment.close());

  const KEY = logKeyOf(ACCOUNT, REGION, 1);
  const metricsIn = () => deployment.lines.filter((line) => 'CreationsPassedOver' in line);

  test('logs them as a warning, and counts them in a metric', async () => {
    deployment = await deploy();
    deployment.putFile(KEY, [OMITTED, OMITTED, EMPTY, FAILED]);
    await deployment.invoke(s3Event([KEY]));
    expect(deployment.lines.find(({ report }) => report !== undefined)).toMatchObject({
      level: 'WARN',
      report: { complete: true, warnings: [{ count: 2 }, { count: 1 }] },
    });
    expect(metricsIn()).toMatchObject([{ service: 'auto-tagger', CreationsPassedOver: 3 }]);
  });

  test('does so for an event by itself', async () => {
    deployment = await deploy();
    await deployment.invoke(callEvent(OMITTED));
    expect(metricsIn()).toMatchObject([{ CreationsPassedOver: 1 }]);
  });

  test('emits no metric where there is nothing to warn of', async () => {
    deployment = await deploy();
    deployment.putFile(KEY, [FAILED]);
    await deployment.invoke(s3Event([KEY]));
    expect(metricsIn()).toEqual([]);
    expect(deployment.lines.find(({ report }) => report !== undefined)).toMatchObject({ level: 'INFO' });
  });
});

/** Commands name anew what was made for a parent once they read who made that: counted, journaled, told, and found again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type TaggingTable } from '../../../sandbox/sandbox.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import { ACCOUNT, LOG_BUCKET, REGION } from '../../helpers/events.ts';
import { runHere } from '../../helpers/in-process.ts';
import { logFileOf, logKeyOf } from '../../helpers/log-files.ts';
import { taggingTable } from '../../helpers/tagging-table.ts';
import {
  groupArn,
  groupRecord,
  instanceArn,
  launchRecord,
  putFamily,
} from '../../tag-manager/parents/families.ts';
import { putTable, TABLE_NAME } from '../../tag-manager/store/stores.ts';
import { idOf, pathOf, writesOf } from '../backfill/kept-run.ts';

const ALICE = { type: 'IAMUser', account: ACCOUNT, userName: 'alice' } as const;
const IDS = ['i-00000000000000001', 'i-00000000000000002', 'i-00000000000000003'];
const ARNS = IDS.map(instanceArn);
const LAUNCH = launchRecord('web', IDS);
const GROUP = groupRecord('web');
const LINE = '3 resources were named anew, because it came to be known who is behind them';

let sandbox: Sandbox;
let folder: string;
let restore: () => void;
let tagging: TaggingTable;
beforeAll(async () => {
  tagging = await taggingTable();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'named-anew-'));
  sandbox = await startSandbox({ tagging });
  restore = pointSdkAt(sandbox, ALICE, REGION, { CREATED_BY: 'person', DYNAMODB_TABLE: TABLE_NAME });
  await putTable({ sandbox });
  sandbox.putBucket({ name: LOG_BUCKET, account: ACCOUNT, region: REGION });
  putFamily(sandbox, groupArn('web', '0a1b2c3d-0000-4000-8000-000000000000'), { id: 'web' });
  for (const arn of ARNS) putFamily(sandbox, arn);
});
afterEach(async () => {
  restore();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string, record: object) => {
  const path = join(folder, `${name}.json.gz`);
  writeFileSync(path, logFileOf([record]));
  return path;
};
const creators = () => [...new Set(ARNS.map((arn) => sandbox.tagsOf(arn)?.CreatedBy))];
const failing = (code: string, status: number, onCall = () => {}) =>
  sandbox.faults.add({
    operation: 'CreateTags',
    effect: { error: { code, status, message: 'of the test' } },
    match: () => {
      onCall();
      return true;
    },
  });

describe('process', () => {
  test('of a launch, and later of its group, says how many were named anew', async () => {
    expect((await runHere(['process', file('launch', LAUNCH)])).stdout).not.toContain('anew');
    expect(creators()).toEqual(['AWSServiceRoleForAutoScaling']);
    const { ending, stdout } = await runHere(['process', file('group', GROUP)]);
    expect(ending).toBe('done');
    expect(stdout).toContain(LINE);
    expect(creators()).toEqual(['alice']);
    const again = await runHere(['process', '--json', join(folder, 'group.json.gz')]);
    expect(again.stdout).not.toContain('namedAnew');
  });

  test.each([
    ['EXCLUDE_CREATORS', 'AWSServiceRoleForAutoScaling'],
    ['INCLUDE_EVENTS', 'CreateAutoScalingGroup'],
    ['SERVICES', 'autoscaling'],
  ])('with %s=%s keeps those that it leaves out as they are', async (variable, value) => {
    await runHere(['process', file('launch', LAUNCH)]);
    process.env[variable] = value;
    try {
      const { ending, stdout } = await runHere(['process', file('group', GROUP)]);
      expect([ending, stdout.includes('anew')]).toEqual(['done', false]);
    } finally {
      delete process.env[variable];
    }
    expect(creators()).toEqual(['AWSServiceRoleForAutoScaling']);
  });

  test('without the store, of both in one command, the child first', async () => {
    delete process.env.DYNAMODB_TABLE;
    file('1-launch', LAUNCH);
    file('2-group', GROUP);
    expect(await runHere(['process', folder])).toMatchObject({ ending: 'done' });
    expect(creators()).toEqual(['alice']);
  });

  test('that may not write some keeps their names for replay, and fails', async () => {
    await runHere(['process', file('launch', LAUNCH)]);
    const remove = failing('UnauthorizedOperation', 403);
    const kept = join(folder, 'failures.ndjson');
    const { ending, complaints } = await runHere(['process', '--failures', kept, file('group', GROUP)]);
    remove();
    expect(ending).toBe('failed');
    expect(complaints.join('\n')).toMatch(/naming who is behind it anew failed: UnauthorizedOperation/);
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toMatchObject({ autoTagger: { kind: 'names' } });
    expect(await runHere(['replay', kept])).toMatchObject({ ending: 'done' });
    expect(creators()).toEqual(['alice']);
  });

  test('that comes in the way of others keeps the group for replay, and is not complete', async () => {
    await runHere(['process', file('launch', LAUNCH)]);
    const remove = failing('ConcurrentTagAccess', 400);
    const kept = join(folder, 'failures.ndjson');
    const { ending } = await runHere(['process', '--failures', kept, file('group', GROUP)]);
    remove();
    expect(ending).toBe('incomplete');
    expect(await runHere(['replay', kept])).toMatchObject({ ending: 'done' });
    expect(creators()).toEqual(['alice']);
  });
});

describe('backfill', () => {
  const put = (number: number, record: object) =>
    sandbox.putObject(LOG_BUCKET, logKeyOf(ACCOUNT, REGION, number), logFileOf([record]));
  const runs = () => join(folder, 'runs');
  const backfill = (...more: string[]) => runHere(['backfill', ...more, '--runs', runs()]);

  test('that is stopped while it names some anew is gone on with, and finds them again; undo puts back', async () => {
    await runHere(['process', file('launch', LAUNCH)]);
    const before = ARNS.map((arn) => sandbox.tagsOf(arn));
    put(1, GROUP);
    let stop = () => {};
    const remove = failing('RequestLimitExceeded', 503, () => stop());
    const begun = await runHere(['backfill', `s3://${LOG_BUCKET}`, '--yes', '--runs', runs()], {
      onStart: (given) => {
        stop = given;
      },
    });
    remove();
    expect(begun.ending).toBe('interrupted');
    expect(await backfill('resume', idOf({ runs: runs() }))).toMatchObject({
      ending: 'done',
      stdout: expect.stringContaining(LINE),
    });
    expect(creators()).toEqual(['alice']);
    expect(Object.keys(await writesOf({ runs: runs() }))).toHaveLength(4); // theirs and that of the group
    expect(JSON.parse(readFileSync(pathOf({ runs: runs() }, 'checkpoint.json'), 'utf8'))).toMatchObject({
      totals: { namedAnew: 3, resources: 1 },
    });
    expect(await backfill('undo', idOf({ runs: runs() }), '--yes')).toMatchObject({ ending: 'done' });
    expect(ARNS.map((arn) => sandbox.tagsOf(arn))).toEqual(before);
  });
});

/** `backfill status` and `backfill undo`, as a user types them. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRun, type RunWriter } from '../../../processor/backfill/run/run-writer.ts';
import { keptByNpm } from '../../../processor/cli/npm-options.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION, topicArn } from '../../helpers/events.ts';
import { runHere } from '../../helpers/in-process.ts';
import { runInfo, runsFolder } from '../../helpers/run-info.ts';

const OPS = { type: 'IAMUser', account: ACCOUNT, userName: 'ops' } as const;

let runs: string;
let sandbox: Sandbox;
let restore: () => void;

beforeAll(async () => {
  runs = runsFolder('runs');
  sandbox = await startSandbox();
  restore = pointSdkAt(sandbox, OPS, REGION);
});
afterAll(async () => {
  restore();
  await sandbox.close();
  rmSync(runs, { recursive: true, force: true });
});

const TAGS = { CreatedBy: 'alice', CreatedDate: '2026-11-20T10:00:00Z', ManagedBy: 'auto-tagger' };

/** A run that has tagged these topics; the caller closes it. */
async function runOf(
  arns: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<RunWriter> {
  const run = await createRun(runs, runInfo({ settings }), {
    rowOf: () => ({}),
    onLost: () => {},
    now: () => Date.parse('2026-11-26T14:31:00Z'),
  });
  for (const arn of arns) {
    const [, , , region = '', account = '', name = ''] = arn.split(':');
    sandbox.putResource({ arn, account, tags: TAGS });
    const event = { id: arn, source: 'sns.amazonaws.com', name: 'CreateTopic', time: TAGS.CreatedDate };
    const place = { arn, resourceId: name, type: 'sns:topic', account, region, api: 'sns:TagResource' };
    await run.journal.intend([{ id: arn, ...place, event, creator: 'alice', before: {}, after: TAGS }]);
    await run.journal.end([{ id: arn }]);
  }
  return run;
}

test('backfill status says how far a run is and who writes to it, for people and as JSON', async () => {
  const run = await runOf([]);
  const { id } = run.info;
  run.skip(`${ACCOUNT}/${REGION}`, 'a/2026/03/01/x.txt', 'other');
  run.endBranch(`${ACCOUNT}/${REGION}`);
  const first = await runHere(['backfill', 'status', id, '--runs', runs]);
  expect(first).toMatchObject({ ending: 'done', complaints: [] });
  expect(first.stdout).toContain(`run ${id} in ${join(runs, id)}\n`);
  expect(first.stdout).toContain(`process ${process.pid} on `);
  expect(first.stdout).toContain('no checkpoint yet\n');
  await run.close();
  const { stdout } = await runHere(['backfill', 'status', join(runs, id)]);
  expect(stdout).toContain('nobody writes to it now\n');
  expect(stdout).toContain(
    'by 2026-11-26T14:31:00.000Z: 1 of 1 accounts and regions done, 0 files of 0 bytes, 0 resources\n',
  );
  const json = await runHere(['backfill', 'status', '--json', id, '--runs', runs]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    kind: 'run',
    id,
    branches: { begun: 1, done: 1 },
    totals: { files: 0 },
  });
});

test('backfill undo takes back what the run wrote, and says what of it; a dry run before that changes nothing', async () => {
  const [mine, corrected] = [topicArn(7_001), topicArn(7_002)];
  const run = await runOf([mine, corrected]);
  const { id } = run.info;
  const busy = await runHere(['backfill', 'undo', id, '--runs', runs, '--yes']);
  expect(busy).toMatchObject({ ending: 'usage' });
  expect(busy.complaints.at(-1)).toContain('writes to this run already: wait until it has ended, or stop it');
  await run.close();
  sandbox.putTags(corrected, { CreatedBy: 'bob' });
  const dry = await runHere(['backfill', 'undo', id, '--runs', runs, '--dry-run']);
  expect(dry.complaints).toEqual([
    `undoing run ${id} in a dry run, which changes nothing, as arn:aws:iam::${ACCOUNT}:user/ops in account ${ACCOUNT}`,
    'begun 2026-11-26T14:30:12Z by: auto-tagger backfill s3://logs',
    `it made 2 writes of tags, to be taken back in 1 account (${ACCOUNT})`,
    `${corrected}: would-undo: CreatedBy was changed by others since`,
  ]);
  expect(dry.stdout).toContain('resources: would-undo 2\n');
  expect(sandbox.tagsOf(mine)).toEqual(TAGS);
  const { stdout, ending } = await runHere(['backfill', 'undo', join(runs, id), '--yes']);
  expect(ending).toBe('done');
  expect(stdout).toBe(
    [
      '2 resources were written by the run',
      'resources: undone 1, partly-undone 1',
      'tags: taken away 5, put back 0',
      'tags that stay, by what others did: changed 1',
      '',
    ].join('\n'),
  );
  expect([sandbox.tagsOf(mine), sandbox.tagsOf(corrected)]).toEqual([{}, { CreatedBy: 'bob' }]);
  expect((await runHere(['backfill', 'status', id, '--runs', runs])).stdout).toContain('undone 20');
  const again = await runHere(['backfill', 'undo', id, '--runs', runs, '--json', '--yes']);
  const [summary] = again.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(summary).toMatchObject({
    kind: 'summary',
    resources: 2,
    outcomes: { undone: 1, 'partly-undone': 1 },
  });
});

test('backfill undo says what, where and as whom before it asks; without a yes it does nothing', async () => {
  const [mine, theirs] = [topicArn(7_004), `arn:aws:sns:${REGION}:123456789012:theirs`];
  const run = await runOf([mine, theirs]);
  await run.close();
  const { id } = run.info;
  const before = sandbox.requests.length;
  expect(await runHere(['backfill', 'undo', id, '--runs', runs])).toEqual({
    ending: 'usage',
    stdout: '',
    complaints: [
      'nobody can be asked here whether to undo the run: --yes does it without asking, --dry-run changes nothing',
    ],
  });
  expect(sandbox.requests.length).toBe(before);
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return false;
  };
  expect(await runHere(['backfill', 'undo', id, '--runs', runs], { ask })).toEqual({
    ending: 'interrupted',
    stdout: '',
    complaints: [
      `undoing run ${id} as arn:aws:iam::${ACCOUNT}:user/ops in account ${ACCOUNT}`,
      'begun 2026-11-26T14:30:12Z by: auto-tagger backfill s3://logs',
      `it made 2 writes of tags, to be taken back in 1 account (${ACCOUNT}), and 1 account (123456789012) left out: there is no role to tag with`,
      'nothing was done',
    ],
  });
  expect(asked).toEqual(['Go on? [y/N] ']);
  expect(sandbox.tagsOf(mine)).toEqual(TAGS);
  expect(existsSync(join(run.folder, 'undo.ndjson'))).toBe(false);
  const { ending } = await runHere(['backfill', 'undo', id, '--runs', runs], { ask: async () => true });
  expect(ending).toBe('failed'); // the account without a role
  expect(sandbox.tagsOf(mine)).toEqual({});
});

test('the role of the run leads into other accounts; where none is named, that is said', async () => {
  sandbox.allowRole(`arn:aws:iam::${OTHER_ACCOUNT}:role/tagger`);
  const theirs = (name: string) => `arn:aws:sns:${REGION}:${OTHER_ACCOUNT}:${name}`;
  const closed = await runOf([theirs('closed')]);
  await closed.close();
  const refused = await runHere(['backfill', 'undo', closed.folder, '--yes']);
  expect(refused.ending).toBe('failed');
  expect(refused.complaints.at(-1)).toBe(
    `${theirs('closed')}: failed: NoRole: there is no role to tag with in account ${OTHER_ACCOUNT}`,
  );
  const open = await runOf([theirs('open')], { MEMBER_ROLE_NAME: 'tagger' });
  await open.close();
  expect((await runHere(['backfill', 'undo', open.folder, '--yes'])).ending).toBe('done');
  expect(sandbox.tagsOf(theirs('open'))).toEqual({});
});

test('hostile text of a journal reaches no terminal raw', async () => {
  const run = await runOf([`${topicArn(7_003)}\u001b[31m\u202e`]);
  await run.close();
  sandbox.putTags(`${topicArn(7_003)}\u001b[31m\u202e`, { CreatedBy: 'bob' });
  const text = readFileSync(join(run.folder, 'journal.ndjson'), 'utf8');
  const { stdout } = await runHere(['backfill', 'undo', run.folder, '--json', '--yes']);
  for (const each of [text, stdout]) {
    expect(each).not.toContain('\u001b');
    expect(each).not.toContain('\u202e');
  }
});

test.each([
  [
    ['backfill', 'undo', 'nothing', '--yes'],
    'nothing: no such run; expected the id of a run in runs, or the path of its folder',
  ],
  [
    ['backfill', 'undo', '2026-11-26T143012Z-ab12cd', '--runs', '/nowhere', '--yes'],
    '2026-11-26T143012Z-ab12cd: no such run; expected the id of a run in /nowhere, or the path of its folder',
  ],
])('%j is a usage error', async (args, problem) => {
  expect(await runHere(args)).toEqual({ ending: 'usage', stdout: '', complaints: [problem] });
});

test('what npm kept for itself is named behind both words of the command', () => {
  const env = { npm_lifecycle_event: 'start', npm_config_dry_run: 'true' };
  expect(keptByNpm(['backfill', 'undo', 'x'], env)).toContain('npm start -- backfill undo --dry-run x');
});

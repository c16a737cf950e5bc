/** `--role` of `process` and `replay`: accounts that are not yours, through a role of that name in each. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { autoTagger, operatorOf } from '../../helpers/command.ts';
import { ACCOUNT, OTHER_ACCOUNT, ofAnna, REGION, volume, volumeArn } from '../../helpers/events.ts';
import { logFileOf } from '../../helpers/log-files.ts';

const THIRD_ACCOUNT = '123456789012';
const ACCOUNTS = [ACCOUNT, OTHER_ACCOUNT, THIRD_ACCOUNT];

let folder: string;
let file: string;
let sandbox: Sandbox;
let operator: Record<string, string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'role-'));
  file = join(folder, 'log.json.gz');
  const records = ACCOUNTS.map((account, number) => volume(number, { account }));
  writeFileSync(file, logFileOf([...records, volume(9, { account: THIRD_ACCOUNT })]));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await sandbox.close();
});
beforeEach(async () => {
  await sandbox?.close();
  sandbox = await startSandbox();
  operator = operatorOf(sandbox, ACCOUNT, REGION);
  for (const [number, account] of ACCOUNTS.entries())
    sandbox.putResource({ arn: volumeArn(number, account) });
  sandbox.allowRole(`arn:aws:iam::${OTHER_ACCOUNT}:role/team/tagger`, { externalId: 'orders-7' });
});

const tags = () => ACCOUNTS.map((account, number) => sandbox.tagsOf(volumeArn(number, account)));
const asked = () => sandbox.requests.filter(({ operation }) => operation === 'AssumeRole');

test('process tags where the role lets it in, says once where not, and why in --explain', async () => {
  const env = { ...operator, MEMBER_ROLE_NAME: 'other', MEMBER_ROLE_EXTERNAL_ID: 'orders-7' };
  const run = await autoTagger(['process', '--role', 'team/tagger', '--explain', '--wide', file], env);
  expect(run.exitCode).toBe(5);
  expect(tags()).toEqual([ofAnna(), ofAnna(), {}]);
  expect(asked().map(({ input }) => input.RoleArn)).toEqual(
    [OTHER_ACCOUNT, THIRD_ACCOUNT].map((account) => `arn:aws:iam::${account}:role/team/tagger`),
  );
  expect(run.stderr.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^auto-tagger: tagging as /),
    expect.stringMatching(
      /^auto-tagger: account 123456789012 is left out: arn:aws:iam::123456789012:role\/team\/tagger cannot be assumed: User: .+ \(AccessDenied\)$/,
    ),
  ]);
  expect(run.stdout).toMatch(/2 no role/);
  expect(run.stdout).toMatch(/role\/team\/tagger cannot be assumed: AccessDenied/);
});

test('without it, they are counted and nobody is asked', async () => {
  const run = await autoTagger(['process', file], operator);
  expect(run.exitCode).toBe(5);
  expect(run.stderr).toMatch(/\nauto-tagger: 3 records are of other accounts than 111122223333/);
  expect(tags()).toEqual([ofAnna(), {}, {}]);
  expect(asked()).toEqual([]);
});

test('replay tags with it what failed in another account', async () => {
  const failures = join(folder, 'failures.jsonl');
  const env = { ...operator, MEMBER_ROLE_EXTERNAL_ID: 'orders-7' };
  const stop = sandbox.faults.add({
    operation: 'CreateTags',
    account: OTHER_ACCOUNT,
    effect: { error: { code: 'UnauthorizedOperation', status: 403, message: 'no' } },
  });
  await autoTagger(['process', '--role', 'team/tagger', '--failures', failures, file], env);
  expect(readFileSync(failures, 'utf8').trimEnd().split('\n')).toHaveLength(1);
  stop();
  const run = await autoTagger(['replay', '--role', 'team/tagger', failures], env);
  expect(run.exitCode).toBe(0);
  expect(tags()).toEqual([ofAnna(), ofAnna(), {}]);
});

test('an empty name, or one that is none, is wrong usage', async () => {
  for (const name of ['', 'arn:aws:iam::111122223333:role/x']) {
    const run = await autoTagger(['process', `--role=${name}`, file], operator);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/expected the name of a role/);
  }
});

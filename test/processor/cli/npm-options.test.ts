/** Options that npm keeps for itself: told in time, with what to type instead. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keptByNpm } from '../../../processor/cli/npm-options.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { operatorOf, runCommand } from '../../helpers/command.ts';
import { volume, volumeArn } from '../../helpers/events.ts';
import { logFileOf } from '../../helpers/log-files.ts';

const START = { npm_command: 'start', npm_lifecycle_event: 'start' };

describe('an option in the environment of npm', () => {
  test.each<[args: string[], env: NodeJS.ProcessEnv, problem: string | undefined]>([
    [
      ['process', 's3://logs/a b'],
      { ...START, npm_config_dry_run: 'true' },
      "npm kept --dry-run for itself; nothing was done. Type: npm start -- process --dry-run 's3://logs/a b'",
    ],
    [
      ['process', 'x'],
      { ...START, npm_config_dry_run: 'true', npm_config_json: 'true', npm_config_failures: 'left.jsonl' },
      'npm kept --json and --dry-run and --failures for itself; nothing was done. Type: npm start -- process --json --dry-run --failures left.jsonl x',
    ],
    [
      ['plan', 'x'],
      { npm_lifecycle_event: 'tag', npm_command: 'run', npm_config_explain: 'true' },
      'npm kept --explain for itself; nothing was done. Type: npm run tag -- plan --explain x',
    ],
    [
      ['plan', 'x'],
      { npm_lifecycle_event: 'npx', npm_command: 'exec', npm_config_json: 'true' },
      'npm kept --json for itself; nothing was done. Type: npm exec -- auto-tagger plan --json x',
    ],
    [
      [],
      { ...START, npm_config_json: 'true' },
      'npm kept --json for itself; nothing was done. Type: npm start -- --json',
    ],
    [
      ['process', 'x'],
      { ...START, npm_config_dryrun: 'true', npm_config_explan: 'true' },
      'npm kept --explan (did you mean --explain?) and --dryrun (did you mean --dry-run?) for itself; nothing was done. Type: npm start -- process --explain --dry-run x',
    ],
    [
      ['process', 'left.jsonl', 'x'],
      { ...START, npm_config_failures: 'true' },
      'npm kept --failures for itself; nothing was done. Type: npm start -- process --failures FILE left.jsonl x',
    ],
    [
      ['process', 'x'],
      { ...START, npm_config_services: 'ec2,kms' },
      'npm kept --services for itself; nothing was done. Type: npm start -- process --services ec2,kms x',
    ],
    [
      ['plan', 'ec2', 'x'],
      { ...START, npm_config_services: 'true' },
      'npm kept --services for itself; nothing was done. Type: npm start -- plan --services SERVICES ec2 x',
    ],
    [
      ['replay', 'x'],
      { ...START, npm_config_servics: 'all' },
      'npm kept --servics (did you mean --services?) for itself; nothing was done. Type: npm start -- replay --services all x',
    ],
    [['process', '--services', 'ec2', 'x'], { ...START, npm_config_services: 'ec2' }, undefined],
    [['process', '--dry-run', 'x'], { ...START, npm_config_dry_run: 'true' }, undefined],
    [
      ['process', 'x'],
      { ...START, npm_config_jobs: '4', npm_config_depth: '1', npm_config_expand: '1' },
      undefined,
    ],
    [['process', '--failures=f', 'x'], { ...START, npm_config_failures: 'f' }, undefined],
    [['process', 'x'], { ...START, npm_config_dry_run: '' }, undefined],
    [['process', 'x'], { ...START, npm_config_dry_run: 'false' }, undefined],
    [['process', 'x'], { ...START, npm_config_loglevel: 'silent', npm_config_cache: '/c' }, undefined],
    [['process', 'x'], { npm_config_dry_run: 'true' }, undefined],
    [['process', 'x'], {}, undefined],
  ])('%j with %j', (args, env, problem) => {
    expect(keptByNpm(args, env)).toBe(problem);
  });
});

describe('npm itself', () => {
  let sandbox: Sandbox;
  let folder: string;
  let env: Record<string, string>;
  const file = () => join(folder, 'log.json.gz');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'npm-options-'));
    writeFileSync(file(), logFileOf([volume(1)]));
    sandbox = await startSandbox();
    sandbox.putResource({ arn: volumeArn(1) });
    env = {
      ...operatorOf(sandbox, '111122223333', 'eu-west-1'),
      HOME: folder,
      npm_config_cache: join(folder, 'cache'),
      npm_config_update_notifier: 'false',
    };
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  const npm = (...args: string[]) => runCommand('npm', args, env);

  test('given --dry-run without --, makes us do nothing, and say what to type', async () => {
    const run = await npm('start', '--silent', 'process', '--dry-run', file());
    expect(run).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `auto-tagger: npm kept --dry-run for itself; nothing was done. Type: npm start -- process --dry-run ${file()}\n`,
    });
    expect(sandbox.requests).toEqual([]);
    expect(sandbox.tagsOf(volumeArn(1))).toEqual({});
  });

  test('given --dryrun, which npm knows as little as we do, likewise', async () => {
    const run = await npm('start', '--silent', 'process', '--dryrun', file());
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('did you mean --dry-run?');
    expect(sandbox.tagsOf(volumeArn(1))).toEqual({});
  });

  test('with what it is told to type does what was meant', async () => {
    const run = await npm('start', '--silent', '--', 'process', '--dry-run', '--json', file());
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/"outcome":"would-tag"/);
    expect(sandbox.tagsOf(volumeArn(1))).toEqual({});
  });

  test('whose settings say so is told where they stand', async () => {
    writeFileSync(join(folder, '.npmrc'), 'fund=false\n json = true\n');
    const run = await npm('start', '--silent', '--', 'plan', file());
    rmSync(join(folder, '.npmrc'));
    expect(run).toMatchObject({
      exitCode: 2,
      stderr: `auto-tagger: npm's setting json is in ${join(folder, '.npmrc')} and is no option of auto-tagger: take it out, or give --json yourself as in npm start -- plan --json ${file()}\n`,
    });
  });
});

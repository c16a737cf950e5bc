/** The command line as a process of its own, in an environment that holds nothing but what a test gives it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { UNPACED } from './environment.ts';

export const ROOT = join(import.meta.dirname, '../..');

export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Compiled code is kept from one process, and from one run of the tests, to the next. */
export const CLEAN_ENVIRONMENT = {
  PATH: process.env.PATH ?? '',
  AWS_EC2_METADATA_DISABLED: 'true',
  NODE_NO_WARNINGS: '1',
  NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node-compile-cache'),
} as const;

const HANGS_AFTER_MS = 60_000;

export function runCommand(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const options = { cwd: ROOT, env: { ...CLEAN_ENVIRONMENT, ...env }, timeout: HANGS_AFTER_MS };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}

export function autoTagger(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  return runCommand(process.execPath, ['processor/cli.ts', ...args], env);
}

/** What a user who may do everything in the sandbox has in the shell. */
export function operatorOf(sandbox: Sandbox, account: string, region: string): Record<string, string> {
  const { accessKeyId, secretAccessKey } = sandbox.credentials({ type: 'IAMUser', account, userName: 'ops' });
  return {
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...UNPACED,
  };
}

/** The commands that run histories, each as a process of its own, as `npm run chaos` is. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { CLEAN_ENVIRONMENT, ROOT } from '../helpers/command.ts';
import type { Report } from './report.ts';
import type { Search } from './run-mutants.ts';

export interface ChaosRun {
  readonly exitCode: number;
  readonly report: Report;
  /** Examples of what is wrong. */
  readonly stderr: string;
}

/** Throws where the run broke off before its report. */
export async function runChaos(
  args: readonly string[],
  { timeout }: { readonly timeout: number },
): Promise<ChaosRun> {
  const { stdout, ...ended } = await run('run.ts', ['--json', ...args], timeout);
  return { ...ended, report: JSON.parse(stdout) };
}

/** By rule, what histories have found once it was broken. */
export async function runMutants(timeout: number): Promise<Readonly<Record<string, Search>>> {
  return JSON.parse((await run('run-mutants.ts', [], timeout)).stdout);
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, args: readonly string[], timeout: number): Promise<Ended> {
  const command = [join(import.meta.dirname, file), ...args];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      command,
      { cwd: ROOT, env: CLEAN_ENVIRONMENT, timeout, maxBuffer: 1e8 },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : Number(error.code ?? -1);
        if (!stdout.startsWith('{'))
          reject(new Error(`${command.join(' ')} ended with ${exitCode}: ${stderr}`));
        else resolve({ exitCode, stdout, stderr });
      },
    );
  });
}

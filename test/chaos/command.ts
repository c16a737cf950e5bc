/** The command that runs histories, as a process of its own, as `npm run chaos` does. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { CLEAN_ENVIRONMENT, ROOT } from '../helpers/command.ts';
import type { Report } from './report.ts';

export interface ChaosRun {
  readonly exitCode: number;
  readonly report: Report;
  /** Examples of what is wrong. */
  readonly stderr: string;
}

/** Throws where the run broke off before its report. */
export function runChaos(
  args: readonly string[],
  { mutant, timeout }: { readonly mutant?: string; readonly timeout: number },
): Promise<ChaosRun> {
  const hooks = mutant === undefined ? [] : ['--import', join(import.meta.dirname, 'mutate.ts')];
  const env = { ...CLEAN_ENVIRONMENT, ...(mutant !== undefined && { CHAOS_MUTANT: mutant }) };
  const command = [...hooks, join(import.meta.dirname, 'run.ts'), '--json', ...args];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      command,
      { cwd: ROOT, env, timeout, maxBuffer: 1e8 },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : Number(error.code ?? -1);
        if (!stdout.startsWith('{'))
          reject(new Error(`${command.join(' ')} ended with ${exitCode}: ${stderr}`));
        else resolve({ exitCode, report: JSON.parse(stdout), stderr });
      },
    );
  });
}

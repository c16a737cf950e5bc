/**
 * `npm run prove [-- --times N] [--seed N] [--only TEXT]`: every property that the tests state, tried many times as often
 * as `npm test` does, a file at a time; at the end what held, and what did not. The seed is new each time, and printed.
 */
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');

const { values: options } = parseArgs({
  options: {
    times: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: 'string', default: '' },
  },
});

interface Proof {
  readonly file: string;
  readonly held: number;
  readonly failed: number;
  readonly seconds: number;
}

/** What is read of the report of jest. */
interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly success: boolean;
  /** One a file; the message tells of every failure in it. */
  readonly testResults: readonly { readonly message: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-prove-'));
try {
  const files = filesWithProperties().filter((file) => file.includes(options.only));
  if (files.length === 0) throw new Error(`no file with properties has ${options.only} in its name`);
  process.stdout.write(
    `${files.length} files, ${options.times} times the usual number of runs, seed ${options.seed}\n\n`,
  );
  const proofs: Proof[] = [];
  for (const file of files) {
    const proof = await prove(file);
    proofs.push(proof);
    process.stdout.write(`${describe(proof)}\n`);
  }
  const failed = proofs.filter((proof) => proof.failed > 0);
  process.stdout.write(`\n${summary(proofs, failed)}\n`);
  if (failed.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Whoever tries a property takes its number of runs from helpers/runs.ts. */
function filesWithProperties(): readonly string[] {
  return globSync('test/**/*.test.ts', { cwd: ROOT })
    .filter((file) => /from '[./]+\/helpers\/runs\.ts'/.test(readFileSync(join(ROOT, file), 'utf8')))
    .sort();
}

function prove(file: string): Promise<Proof> {
  const report = join(folder, 'report.json');
  const jest = [
    'node_modules/jest/bin/jest.js',
    '--runTestsByPath',
    file,
    '--json',
    `--outputFile=${report}`,
  ];
  const env = { ...process.env, PROVE_TIMES: options.times, PROVE_SEED: options.seed };
  const started = performance.now();
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--experimental-vm-modules', '--no-warnings', ...jest],
      { cwd: ROOT, env, maxBuffer: 1e9 },
      (_, __, stderr) => {
        const { numPassedTests: held, numFailedTests, success, testResults } = readReport(report, stderr);
        if (!success) process.stderr.write(`${testResults.map(({ message }) => message).join('\n')}\n`);
        const failed = success ? 0 : Math.max(1, numFailedTests);
        resolve({ file, held, failed, seconds: Math.round((performance.now() - started) / 1000) });
      },
    );
  });
}

/** A process that broke off before it wrote its report has said on stderr why. */
function readReport(path: string, stderr: string): JestReport {
  try {
    const report: JestReport = JSON.parse(readFileSync(path, 'utf8'));
    rmSync(path);
    return report;
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, success: false, testResults: [{ message: stderr }] };
  }
}

function describe({ file, held, failed, seconds }: Proof): string {
  const result = failed === 0 ? 'holds ' : 'FAILED';
  return `${result}  ${file.padEnd(50)} ${String(held).padStart(3)} of ${held + failed} tests, ${seconds} s`;
}

function summary(proofs: readonly Proof[], failed: readonly Proof[]): string {
  const seconds = proofs.reduce((sum, proof) => sum + proof.seconds, 0);
  if (failed.length === 0) return `All ${proofs.length} files hold, after ${seconds} s.`;
  const again = failed.map(
    ({ file }) => `  npm run prove -- --times ${options.times} --seed ${options.seed} --only ${file}`,
  );
  return `${failed.length} of ${proofs.length} files failed, after ${seconds} s. Again:\n${again.join('\n')}`;
}

/**
 * The templates of all deployments, synthesized once for all files of tests: what comes out is kept in a file that is named after
 * everything that goes in. The first that asks makes it, and others wait.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../helpers/command.ts';
import { DEPLOYMENTS, type DeploymentName } from './deployments.ts';
import type { Template } from './templates.ts';

export interface Deployment {
  /** By the names of their stacks; those for other accounts begin with `other-accounts-`. */
  readonly templates: Readonly<Record<string, Template>>;
  /** What the rules of AWS Solutions find. */
  readonly findings: readonly string[];
  readonly error?: string;
}

export interface Synthesized {
  readonly deployments: Readonly<Record<DeploymentName, Deployment>>;
  /** The function's archive, in base64. */
  readonly zip: string;
}

const FOLDER = join(ROOT, 'node_modules/.cache/auto-tagger-templates');

/** `checked`: against the schemas of CloudFormation too, which takes ten seconds; throws what they find. */
export function synthesized({ checked }: { readonly checked: boolean } = { checked: false }): Synthesized {
  const path = join(FOLDER, `${digestOfInputs()}${checked ? '-checked' : ''}.json`);
  while (!existsSync(path)) {
    if (takeTurn(path)) make(path, checked);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  return JSON.parse(readFileSync(path, 'utf8'));
}

const POLL_MS = 100;

/** All that the templates and the archive are made of. */
function digestOfInputs(): string {
  const folders = ['infra', 'parser', 'processor', 'tag-manager'].map((folder) => `${folder}/**`);
  const files = [...folders, 'package-lock.json', 'test/infra/{synth,deployments}.ts'];
  const digest = createHash('sha256').update(process.version);
  for (const file of globSync(files, { cwd: ROOT }).sort()) {
    if (/\.\w+$/.test(file)) digest.update(file).update(readFileSync(join(ROOT, file)));
  }
  return digest.digest('hex').slice(0, 16);
}

/** Whoever makes them has written its process into the lock; where that has ended, somebody else's turn has come. */
function takeTurn(path: string): boolean {
  mkdirSync(FOLDER, { recursive: true });
  const lock = `${path}.lock`;
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isRunning(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function isRunning(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')) || process.pid, 0);
    return true;
  } catch {
    return false;
  }
}

function make(path: string, checked: boolean): void {
  const lock = `${path}.lock`;
  try {
    const args = ['--no-warnings', 'test/infra/synth.ts'];
    const output = execFileSync(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, CDK_VALIDATION: String(checked) },
      input: JSON.stringify(DEPLOYMENTS),
      maxBuffer: 100 * 1024 * 1024,
    });
    const [current = ''] = basename(path).split(/[-.]/);
    for (const file of readdirSync(FOLDER)) {
      if (!file.startsWith(current)) rmSync(join(FOLDER, file)); // of earlier inputs
    }
    writeFileSync(`${lock}.made`, output);
    renameSync(`${lock}.made`, path);
  } finally {
    rmSync(lock, { force: true });
  }
}

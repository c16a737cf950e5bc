/**
 * Who writes to a run's folder: one process at a time. The file `lock` names it. A process that has died on this machine is
 * taken over from; of one on another machine nobody here can tell, so it is waited for until somebody deletes the file.
 *
 * Of several that find the same dead owner one takes over: to replace a lock takes a lock of its own, named after the owner
 * that is replaced, and behind it the owner is looked at again. It is taken over from in the same way.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { printable } from '../../../parser/printable.ts';
import { jsonIn, narrow } from '../../narrow.ts';
import { RunError } from './run-error.ts';
import { OWNER_ONLY } from './whole-file.ts';

const OWNER = z.object({
  pid: z.number(),
  host: z.string(),
  since: z.string(),
  /** Tells a process from a later one with its number, where the system says. */
  started: z.optional(z.string()),
  nonce: z.string().regex(/^[0-9a-f-]{36}$/),
});

export type LockOwner = z.infer<typeof OWNER>;

export interface Lock {
  /** Whose it was, if it was taken over. */
  readonly takenFrom: LockOwner | undefined;
  release(): void;
}

/** Throws RunError where another process has it. */
export function takeLock(folder: string, now: number): Lock {
  const path = join(folder, 'lock');
  const started = startOf('self');
  const owner: LockOwner = {
    pid: process.pid,
    host: hostname(),
    since: new Date(now).toISOString(),
    ...(started !== undefined && { started }),
    nonce: randomUUID(),
  };
  const takenFrom = take(path, owner);
  return {
    takenFrom,
    release() {
      if (readOwner(path)?.nonce === owner.nonce) rmSync(path, { force: true });
    },
  };
}

/** Who writes now; `undefined` where nobody does, as far as can be told from here. */
export function lockOwner(folder: string): LockOwner | undefined {
  const owner = readOwner(join(folder, 'lock'));
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

/** In words, for a message. */
export function ownerText({ pid, host, since }: LockOwner): string {
  return `process ${pid} on ${printable(host)}, since ${printable(since)}`;
}

function take(path: string, owner: LockOwner): LockOwner | undefined {
  for (;;) {
    if (create(path, owner)) return undefined;
    const other = readOwner(path);
    if (other === undefined) continue; // it has just been released
    if (isAlive(other)) throw inUse(path, other);
    const right = `${path}.${other.nonce}`;
    take(right, owner);
    if (readOwner(path)?.nonce === other.nonce) {
      renameSync(right, path);
      return other;
    }
    rmSync(right, { force: true }); // somebody else was first
  }
}

function inUse(path: string, owner: LockOwner): RunError {
  const isHere = owner.host === hostname();
  const remedy = isHere ? 'wait until it has ended, or stop it' : `if it is over there, delete ${path}`;
  return new RunError(`${ownerText(owner)}, writes to this run already: ${remedy}`);
}

/** With all that it says, or not at all: `false` where there is one. */
function create(path: string, owner: LockOwner): boolean {
  const text = `${JSON.stringify(owner)}\n`;
  const temporary = `${path}.${owner.nonce}.new`;
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: OWNER_ONLY });
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === undefined || !WITHOUT_LINKS.has(code)) throw error;
    return createAtOnce(path, text);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Some file systems have no links. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK']);

function createAtOnce(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: OWNER_ONLY });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Throws RunError where somebody else has written it. */
function readOwner(path: string): LockOwner | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const owner = narrow(OWNER, jsonIn(text));
  if (owner?.success) return owner.data;
  throw new RunError(`${path} names no process: if nobody writes to this run, delete it`);
}

function isAlive({ pid, host, started }: LockOwner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's
  }
  const now = startOf(pid);
  return started === undefined || now === undefined || started === now;
}

/** When the system booted and, since then, the process began; `undefined` where it does not say (proc(5), `starttime`). */
function startOf(pid: number | 'self'): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // a name may hold spaces
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** The command line on a real terminal, as far as a program can tell. Nothing in it can hang: it is killed in time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CLEAN_ENVIRONMENT, ROOT } from './command.ts';

export interface TerminalSession {
  /** Everything on the screen so far, stdout and stderr alike. */
  readonly screen: () => string;
  /** Resolves when it is so; rejects when the command has ended before, or was killed. */
  until(isSo: () => boolean): Promise<void>;
  press(keys: string): void;
  /** A signal from outside. */
  signal(name: 'SIGTERM' | 'SIGHUP'): void;
  /** The exit code; rejects when it had to be killed. */
  readonly ended: Promise<number>;
}

export const CTRL_C = '\u0003';

/** It is killed after that long, whatever the test waits for. */
const KILLED_AFTER_MS = 25_000;

/** There are no binaries of it for rarer platforms. */
export const pseudoTerminal = await import('@lydell/node-pty').catch(() => undefined);

export function startOnTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  columns = 200,
): TerminalSession {
  if (pseudoTerminal === undefined) throw new Error('no pseudo-terminal on this platform');
  const process_ = pseudoTerminal.spawn(process.execPath, ['processor/cli.ts', ...args], {
    name: 'xterm-256color',
    cols: columns,
    rows: 50,
    cwd: ROOT,
    env: { ...CLEAN_ENVIRONMENT, TERM: 'xterm-256color', ...env },
  });
  let screen = '';
  let state: 'running' | 'ended' | 'killed' = 'running';
  process_.onData((text) => {
    screen += text;
  });
  const timer = setTimeout(() => {
    state = 'killed';
    process_.kill('SIGKILL');
  }, KILLED_AFTER_MS);
  const ended = new Promise<number>((resolve, reject) => {
    process_.onExit(({ exitCode }) => {
      clearTimeout(timer);
      if (state === 'killed') reject(new Error(`killed after ${KILLED_AFTER_MS} ms; its screen: ${screen}`));
      else resolve(exitCode);
      if (state === 'running') state = 'ended';
    });
  });
  ended.catch(() => {}); // a test may have failed before it waits for the end
  return {
    screen: () => screen,
    async until(isSo) {
      while (!isSo()) {
        if (state !== 'running') throw new Error(`${state} before it was so; its screen: ${screen}`);
        await sleep(10);
      }
    },
    press: (keys) => process_.write(keys),
    signal: (name) => process_.kill(name),
    ended,
  };
}

/** Which modules a process of Node loads, its threads included: what is loaded costs every start. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Loads {
  /** Of the process that is looked at. */
  readonly env: Readonly<Record<string, string>>;
  /** The URLs, each once, `node:` modules included. Once. */
  read(): readonly string[];
}

export function recordLoads(): Loads {
  const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-loads-'));
  const file = join(folder, 'urls');
  writeFileSync(file, '');
  return {
    env: { LOADED: file, NODE_OPTIONS: `--import=${join(import.meta.dirname, 'record-loads.js')}` },
    read() {
      const urls = readFileSync(file, 'utf8').split('\n');
      rmSync(folder, { recursive: true });
      return [...new Set(urls)];
    },
  };
}

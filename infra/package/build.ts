/**
 * The code of the installable command, `dist/`: bundled, because Node strips no types below `node_modules`, and so that nothing else
 * is installed with it. What only some commands need lies in files of its own. `npm pack` runs this file.
 */
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile } from 'esbuild';
import { askForBuiltins } from '../builtins.ts';
import { BUNDLING } from '../bundle.ts';
import { licencesOf } from './licences.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const ENTRY = 'infra/package/auto-tagger.ts';

/** Files that run in threads; they are found beside the code that starts them. */
const THREADS = 'processor/cli/**/*-thread.ts';

/** Empties the folder first. Answers which of our files, and which of packages, went into each file of it. */
export function buildPackage(folder: string): Metafile {
  const { outputFiles, metafile } = buildSync({
    ...BUNDLING,
    absWorkingDir: ROOT,
    target: 'node22',
    entryPoints: [ENTRY, ...globSync(THREADS, { cwd: ROOT })],
    entryNames: '[name]',
    inject: ['infra/package/node-22.ts'],
    define: { 'import.meta.main': 'false' },
    external: ['@cloud-copilot/iam-simulate'], // its licence is not ours, and the demo has no use for it
    splitting: true,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    metafile: true,
    write: false,
  });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { path, text: bundled } of outputFiles) {
    const text = askForBuiltins(bundled);
    const isCommand = basename(path) === 'auto-tagger.mjs';
    writeFileSync(path, isCommand ? `#!/usr/bin/env node\n${text}` : text);
  }
  writeFileSync(join(folder, 'LICENSES.txt'), licencesOf(ROOT, Object.keys(metafile.inputs)));
  return metafile;
}

if (import.meta.main) buildPackage(join(ROOT, 'dist'));

/**
 * What it costs to have the tables of events and of tagging APIs: bundled in one module, as they ship, and loaded in
 * processes of their own.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { median } from './measure.ts';

const RUNS = 15;

const TABLES = ['../parser/catalogue/catalogue.ts', '../tag-manager/apis/apis.ts'].map((file) =>
  fileURLToPath(new URL(file, import.meta.url)),
);

export interface CatalogueRun {
  /** Until every name of an event and every service with an API is known. */
  readonly loadMs: number;
  /** From then until the rows of the largest source and its API are there. */
  readonly firstRowsMs: number;
  /** From then until all rows are. */
  readonly allRowsMs: number;
}

/** Milliseconds, the median of the runs. */
export async function benchCatalogue() {
  const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-catalogue-'));
  try {
    const outfile = join(folder, 'tables.mjs');
    const contents = TABLES.map((file) => `export * from ${JSON.stringify(file)};`).join('\n');
    await build({
      stdin: { contents, resolveDir: folder },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      outfile,
    });
    const child = join(folder, 'child.mjs');
    writeFileSync(child, CHILD);
    const runs = Array.from(
      { length: RUNS },
      () => JSON.parse(execFileSync(process.execPath, ['--expose-gc', child]).toString()) as CatalogueRun,
    );
    const medianOf = (name: keyof CatalogueRun) => median(runs.map((run) => run[name]));
    return {
      loadMs: medianOf('loadMs'),
      firstRowsMs: medianOf('firstRowsMs'),
      allRowsMs: medianOf('allRowsMs'),
      bundleKiB: statSync(outfile).size / 1024,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CHILD = `
await import('node:zlib');
await import('data:text/javascript,'); // what the first import costs is none of theirs, nor is the garbage of Node's start
globalThis.gc();
const times = [performance.now()];
const { CATALOGUED_EVENTS, catalogue, rowsFor, apiNamed, serviceNames } = await import('./tables.mjs');
if (CATALOGUED_EVENTS.names.length === 0 || serviceNames().length === 0) throw new Error('no tables');
times.push(performance.now());
rowsFor('ec2.amazonaws.com', 'RunInstances');
apiNamed('ec2:CreateTags');
times.push(performance.now());
catalogue();
times.push(performance.now());
const [loadMs, firstRowsMs, allRowsMs] = times.slice(1).map((time, at) => time - times[at]);
process.stdout.write(JSON.stringify({ loadMs, firstRowsMs, allRowsMs }));
`;

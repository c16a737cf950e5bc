/** What it costs to have the catalogue: bundled as it ships, loaded in processes of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const RUNS = 9;

export interface CatalogueRun {
  /** Until every name is known. */
  readonly loadMs: number;
  /** From then until the rows of the largest source are there. */
  readonly firstRowsMs: number;
  /** From then until all rows are. */
  readonly allRowsMs: number;
}

/** Milliseconds of processor time, so that the machine's other work is not in them: the least of a few runs. */
export async function benchCatalogue() {
  const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-catalogue-'));
  try {
    const bundle = join(folder, 'catalogue.mjs');
    const entry = fileURLToPath(new URL('../parser/catalogue/catalogue.ts', import.meta.url));
    await build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      outfile: bundle,
    });
    const child = join(folder, 'child.mjs');
    writeFileSync(child, CHILD);
    const runs = Array.from(
      { length: RUNS },
      () => JSON.parse(execFileSync(process.execPath, [child]).toString()) as CatalogueRun,
    );
    const least = (name: keyof CatalogueRun) => Math.min(...runs.map((run) => run[name]));
    return {
      loadMs: least('loadMs'),
      firstRowsMs: least('firstRowsMs'),
      allRowsMs: least('allRowsMs'),
      bundleKiB: statSync(bundle).size / 1024,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CHILD = `
await import('node:zlib');
const processorMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const start = processorMs();
const { CATALOGUED_EVENTS, catalogue, rowsFor } = await import('./catalogue.mjs');
if (CATALOGUED_EVENTS.pairs.length === 0) throw new Error('no events');
const loaded = processorMs();
rowsFor('ec2.amazonaws.com', 'RunInstances');
const first = processorMs();
catalogue();
const all = processorMs();
process.stdout.write(JSON.stringify({ loadMs: loaded - start, firstRowsMs: first - loaded, allRowsMs: all - first }));
`;

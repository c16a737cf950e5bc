/** What it costs to have the tables of events and of tagging APIs: bundled as they ship, loaded in processes of their own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { median } from './measure.ts';

const RUNS = 15;

const TABLES = {
  events: new URL('../parser/catalogue/catalogue.ts', import.meta.url),
  apis: new URL('../tag-manager/apis/apis.ts', import.meta.url),
} as const;

export interface CatalogueRun {
  /** Until every name of an event is known. */
  readonly eventsMs: number;
  /** Until every service with an API is. */
  readonly apisMs: number;
  /** From then until the rows of the largest source and its API are there. */
  readonly firstRowsMs: number;
  /** From then until all rows are. */
  readonly allRowsMs: number;
}

/** Milliseconds, the median of the runs. */
export async function benchCatalogue() {
  const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-catalogue-'));
  try {
    const bundleKiB: Record<string, number> = {};
    for (const [name, file] of Object.entries(TABLES)) {
      const outfile = join(folder, `${name}.mjs`);
      const entryPoints = [fileURLToPath(file)];
      await build({ entryPoints, bundle: true, minify: true, format: 'esm', platform: 'node', outfile });
      bundleKiB[name] = statSync(outfile).size / 1024;
    }
    const child = join(folder, 'child.mjs');
    writeFileSync(child, CHILD);
    const runs = Array.from(
      { length: RUNS },
      () => JSON.parse(execFileSync(process.execPath, ['--expose-gc', child]).toString()) as CatalogueRun,
    );
    const medianOf = (name: keyof CatalogueRun) => median(runs.map((run) => run[name]));
    return {
      loadMs: median(runs.map(({ eventsMs, apisMs }) => eventsMs + apisMs)),
      eventsMs: medianOf('eventsMs'),
      apisMs: medianOf('apisMs'),
      firstRowsMs: medianOf('firstRowsMs'),
      allRowsMs: medianOf('allRowsMs'),
      bundleKiB,
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
const { CATALOGUED_EVENTS, catalogue, rowsFor } = await import('./events.mjs');
if (CATALOGUED_EVENTS.names.length === 0) throw new Error('no events');
times.push(performance.now());
const { apiNamed, serviceNames } = await import('./apis.mjs');
if (serviceNames().length === 0) throw new Error('no APIs');
times.push(performance.now());
rowsFor('ec2.amazonaws.com', 'RunInstances');
apiNamed('ec2:CreateTags');
times.push(performance.now());
catalogue();
times.push(performance.now());
const [eventsMs, apisMs, firstRowsMs, allRowsMs] = times.slice(1).map((time, at) => time - times[at]);
process.stdout.write(JSON.stringify({ eventsMs, apisMs, firstRowsMs, allRowsMs }));
`;

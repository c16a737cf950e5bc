/**
 * `npm run --silent chaos -- --histories N --seed S --json [--no-store]`: random histories under chaos, compared with an oracle.
 * Prints a report; ends with 1 where a tag is wrong, or something was not covered. Examples of what is wrong go to stderr.
 */
import { parseArgs } from 'node:util';
import { MODELLED_KINDS } from './modelled-kinds.ts';
import { createCounts, failuresOf, reportOf } from './report.ts';
import { rowKinds } from './row-kinds.ts';
import { speedUp } from './time.ts';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    json: { type: 'boolean', default: false },
    store: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

/** So many live side by side in one sandbox. */
const A_SEASON = 50;

/** Of each kind of finding; there are four. */
const MAX_EXAMPLES = 3;

const time = speedUp();
const { taggingTable } = await import('../helpers/tagging-table.ts');
const { REGIONS, runSeason } = await import('./season.ts');

const [histories, seed] = [Number(values.histories), Number(values.seed)];
const table = await taggingTable();
const kinds = [...MODELLED_KINDS, ...rowKinds(REGIONS, table)];
const counts = createCounts();
const examples = createCounts();
let done = 0;

while (done < histories) {
  const inSeason = Math.min(A_SEASON, histories - done);
  await runSeason({
    seed,
    from: done,
    histories: inSeason,
    store: values.store,
    persons: (done / A_SEASON) % 2 === 1,
    kinds,
    table,
    time,
    counts,
    onFinding: (finding) => {
      examples.add(finding.what);
      if (examples.of(finding.what) > MAX_EXAMPLES) return;
      process.stderr.write(`${JSON.stringify({ seed, ...finding }, showMaps, 1)}
`);
    },
  });
  done += inSeason;
}

const report = reportOf(counts, done, values.store);
process.stdout.write(`${JSON.stringify(report, undefined, values.json ? undefined : 2)}\n`);
const failures = failuresOf(report);
for (const failure of failures) process.stderr.write(`${failure}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;

function showMaps(_: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

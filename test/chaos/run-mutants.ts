/**
 * Breaks each rule of mutants.ts and has random histories under chaos look for it, until something ends wrong. Takes only
 * histories in which the rule has a say. Prints a JSON object: by rule, what was found.
 */
import { parseArgs } from 'node:util';
import { MODELLED_KINDS } from './modelled-kinds.ts';
import { MUTANTS } from './mutants.ts';
import { breakRules } from './mutate.ts';
import { createCounts } from './report.ts';
import { rowKinds } from './row-kinds.ts';
import { speedUp } from './time.ts';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '11' } } });

/** Whoever is not found in so many is not found. */
const MAX_HISTORIES = 400;

/** The first finding ends the search, so few live side by side. */
const A_SEASON = 5;

export interface Search {
  readonly histories: number;
  readonly findings: readonly string[];
  /** Without it, what was found is of the rule unbroken. */
  readonly isLoaded: boolean;
}

const time = speedUp();
const mutants = breakRules();
const { taggingTable } = await import('../helpers/tagging-table.ts');
const { REGIONS } = await import('./season.ts');
const table = await taggingTable();
const kinds = [...MODELLED_KINDS, ...rowKinds(REGIONS, table)];

const searches: [string, Search][] = [];
for (const name of Object.keys(MUTANTS)) searches.push([name, await search(name)]);
process.stdout.write(`${JSON.stringify(Object.fromEntries(searches))}\n`);

async function search(name: string): Promise<Search> {
  const { store = false, persons = false, about = () => true } = MUTANTS[name] ?? {};
  const { runSeason }: typeof import('./season.ts') = await import(
    `./season.ts?mutant=${encodeURIComponent(name)}`
  );
  const findings: string[] = [];
  let histories = 0;
  let from = 0;
  while (findings.length === 0 && histories < MAX_HISTORIES) {
    from = await runSeason({
      seed: Number(values.seed),
      from,
      histories: A_SEASON,
      only: ([first, ...rest]) => first !== undefined && about(first.history, [first, ...rest]),
      store,
      persons,
      kinds,
      table,
      time,
      counts: createCounts(),
      onFinding: ({ what }) => findings.push(what),
    });
    histories += A_SEASON;
  }
  return { histories, findings, isLoaded: mutants.isLoaded(name) };
}

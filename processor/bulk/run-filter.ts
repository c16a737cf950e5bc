/** What a run of a backfill leaves out beyond what the function does, by the filters of its `run.json`. */
import { compileFilter, FILTER_NAMES, type PatternFilter, type Patterns } from '../file/filters.ts';
import { TextError } from '../runtime/text-value.ts';
import { patterns } from '../runtime/values.ts';
import { filterVariable } from '../runtime/variables.ts';

const DIRECTIONS = ['INCLUDE', 'EXCLUDE'] as const;

const ROWS = DIRECTIONS.flatMap((direction) =>
  FILTER_NAMES.map((name) => ({ direction, name, variable: filterVariable(direction, name) })),
);

/** By names of variables. Throws TextError, which names each that cannot be used. */
export function readRunFilter(variables: Readonly<Record<string, string>>): PatternFilter {
  const problems: string[] = [];
  const read: Record<(typeof DIRECTIONS)[number], Record<string, readonly string[]>> = {
    INCLUDE: {},
    EXCLUDE: {},
  };
  for (const [variable, text] of Object.entries(variables)) {
    const row = ROWS.find((each) => each.variable === variable);
    if (row === undefined) {
      problems.push(`${JSON.stringify(variable)}: there is no such filter`);
      continue;
    }
    try {
      read[row.direction][row.name] = patterns(row.name).read(text);
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      problems.push(...error.problems.map((problem) => `${variable}: ${problem}`));
    }
  }
  if (problems.length > 0) throw new TextError(problems);
  const [include, exclude]: readonly Patterns[] = [read.INCLUDE, read.EXCLUDE];
  return compileFilter({ include: include ?? {}, exclude: exclude ?? {} });
}

/** Where `who` and `why` have looked, in words. */
import { namesRun } from '../../backfill/run/run-id.ts';
import type { CommandOptions } from '../command-rows.ts';
import { environmentOf } from '../environment.ts';

export function searched(sources: readonly string[], files: number, options: CommandOptions): string {
  const runs = sources.filter(namesRun).length;
  // Beside other sources the store is asked only where an option names it.
  const table = sources.length === 0 ? environmentOf(options).DYNAMODB_TABLE : options.table;
  const places = [
    ...(sources.length === 0 ? ['the event history of the last 90 days'] : []),
    ...(runs > 0 ? [runs === 1 ? 'the run' : `${runs} runs`] : []),
    ...(sources.length > runs ? [`${files} files`] : []),
    ...(table ? [`the metadata store ${table}`] : []),
  ];
  return places.join(' and ');
}

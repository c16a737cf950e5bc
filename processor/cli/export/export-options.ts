/** What the options of `export` say: from which table, which resources, as what, and where to. */
import { readSpan } from '../../backfill/scope/times.ts';
import { ExportError, FILTERED_BY, patternsIn, type Wanted } from '../../export/filter.ts';
import { FORMAT_NAMES, FORMATS, type FormatName, formatOfFile } from '../../export/formats.ts';
import type { CommandOptions } from '../command-rows.ts';
import { STANDARD_OUTPUT } from '../output-file.ts';
import type { Terminal } from '../terminal.ts';

export interface ExportAsked {
  readonly wanted: Wanted;
  readonly format: FormatName;
  /** Of a file, or `-`. */
  readonly path: string;
}

/** `now` in epoch milliseconds. Throws ExportError, and ScopeError for times. */
export function readExportOptions(
  options: CommandOptions,
  { columns }: Pick<Terminal, 'columns'>,
  now: number,
): ExportAsked {
  const { output: path = STANDARD_OUTPUT, from, to, deleted = false } = options;
  const format = formatOf(options.format, path);
  if (path === '') throw new ExportError('-o is empty: expected the name of a file, or -');
  if (path === STANDARD_OUTPUT && !FORMATS[format].isText && columns !== undefined)
    throw new ExportError(`--format ${format} is no text for a terminal: name a file by -o`);
  const patterns = FILTERED_BY.flatMap((name) => {
    const text = options[name];
    return text === undefined ? [] : [[name, patternsIn(name, text)] as const];
  });
  return {
    wanted: {
      patterns: Object.fromEntries(patterns),
      ...readSpan({ from, to }, now),
      isDeletedToo: deleted,
    },
    format,
    path,
  };
}

function formatOf(named: string | undefined, path: string): FormatName {
  if (named === undefined) return formatOfFile(path) ?? 'csv';
  const format = FORMAT_NAMES.find((name) => name === named);
  if (format !== undefined) return format;
  throw new ExportError(`--format ${JSON.stringify(named)}: expected ${FORMAT_NAMES.join(', ')}`);
}

/**
 * Values that may change while we run: parameters, look-ups, the rules of the organization. All must be there and right at
 * the start. Later a new version is taken as a whole or not at all: what cannot be read, or is broken, is told, and the
 * last one that was right stays.
 */
import type { TagRule, TagRules } from '../../../tag-manager/tags/rules.ts';
import type { Column, LookUpTable, TemplateScope } from '../../../tag-manager/tags/template.ts';
import { type CsvTable, readCsvTable } from './csv-table.ts';
import type { ReadText } from './read-text.ts';
import { readRules } from './rules-document.ts';
import { nameOfSource, type Source } from './source.ts';

/** A source, and the variable that names it. */
export interface NamedSource {
  readonly variable: string;
  readonly source: Source;
}

export interface LiveOptions {
  readonly createdBy: TemplateScope['createdBy'];
  /** Those of templates, by name. */
  readonly parameters: ReadonlyMap<string, NamedSource>;
  readonly tables: Readonly<Partial<Record<LookUpTable, NamedSource>>>;
  readonly rules: (NamedSource & { readonly keys: ReadonlySet<string> }) | undefined;
  readonly maxAgeMs: number;
}

export interface LiveValues extends Required<Pick<TemplateScope, 'parameter' | 'column'>> {
  readonly rules: TagRules;
  /** What is read, in no order. */
  readonly sources: readonly NamedSource[];
  /** What was read of them, by what messages call them: another thread can be given it. */
  texts(): ReadonlyMap<string, string>;
  /**
   * Reads what is too old, and answers what went wrong with it, in words. The first time nothing may go wrong: throws an Error
   * that says what did.
   */
  refresh(
    read: ReadText,
    at: { readonly now: number; readonly signal: AbortSignal },
  ): Promise<readonly string[]>;
}

/** Which variable names a table. */
export const TABLE_VARIABLES: Readonly<Record<LookUpTable, string>> = {
  account: 'ACCOUNTS_CSV',
  person: 'PEOPLE_CSV',
};

/** Where old values do, the new ones are not waited for longer. */
const MAX_WAIT_MS = 5_000;

interface Documents {
  readonly rules: readonly TagRule[];
  /** Of templates that are no rule's. */
  readonly columns: ReadonlyMap<string, Column>;
}

/** Throws an Error for rules that stand in the setting itself and are wrong, whatever the tables hold. */
export function createLiveValues(options: LiveOptions): LiveValues {
  const { parameters, tables, rules, maxAgeMs } = options;
  checkInlineRules(options);
  const named = { ...tables, rules };
  const documentSources = Object.values(named).filter((each) => each !== undefined);
  const sources = [...parameters.values(), ...documentSources];
  /** Looked up by templates: table and column. */
  const wanted = new Map<string, readonly [LookUpTable, string]>();
  let texts: ReadonlyMap<NamedSource, string> = new Map();
  let documents: Documents | undefined;
  let readAt: number | undefined;

  return {
    sources,
    texts: () => new Map([...texts].map(([{ source }, text]) => [nameOfSource(source), text])),
    rules: {
      keys: rules?.keys ?? new Set(),
      current: () => (rules === undefined ? [] : present(documents).rules),
    },
    parameter(name) {
      const source = parameters.get(name);
      return source && (() => texts.get(source) ?? '');
    },
    column(table, column) {
      if (tables[table] === undefined) throw notSet(table);
      const key = `${table}.${column}`;
      wanted.set(key, [table, column]);
      return (looked) => present(documents).columns.get(key)?.(looked);
    },
    async refresh(read, { now, signal }) {
      if (readAt !== undefined && now - readAt < maxAgeMs) return [];
      const problems: string[] = [];
      const isFirst = documents === undefined;
      const within = isFirst ? signal : AbortSignal.any([signal, AbortSignal.timeout(MAX_WAIT_MS)]);
      const found = new Map(texts);
      await Promise.all(
        sources.map(async (each) => {
          try {
            found.set(each, await read(each.source, within));
          } catch (error) {
            const { message } = error as Error;
            problems.push(`${each.variable}: ${nameOfSource(each.source)} cannot be read: ${message}`);
          }
        }),
      );
      if (isFirst && problems.length > 0) throw new Error(problems.join('; '));
      const isNew = documentSources.some((each) => found.get(each) !== texts.get(each));
      try {
        if (isFirst || isNew) documents = await compileDocuments(found, options, wanted);
        texts = found;
      } catch (error) {
        const { message } = error as Error;
        if (isFirst) throw error;
        problems.push(message);
        // Values of parameters are right whatever they are; of the rest, what was right belongs together.
        texts = new Map([...found, ...documentSources.map((each) => [each, texts.get(each) ?? ''] as const)]);
      }
      readAt = now;
      return problems;
    },
  };
}

/** So that a deployment fails, and not the function. Columns are looked for when the tables are read. */
function checkInlineRules({ createdBy, tables, rules }: LiveOptions): void {
  if (rules?.source.kind !== 'text') return;
  const column = (table: LookUpTable): Column => {
    if (tables[table] === undefined) throw notSet(table);
    return () => undefined;
  };
  try {
    readRules(rules.source.text, rules.keys, { createdBy, column });
  } catch (cause) {
    throw new Error(`${rules.variable}: ${(cause as Error).message}`, { cause });
  }
}

function notSet(table: LookUpTable): Error {
  return new Error(`looks up ${TABLE_VARIABLES[table]}, which is not set`);
}

function present(documents: Documents | undefined): Documents {
  if (documents !== undefined) return documents;
  throw new Error('rules and look-ups are asked for before they are read');
}

async function compileDocuments(
  texts: ReadonlyMap<NamedSource, string>,
  { createdBy, tables: sources, rules: rulesSource }: LiveOptions,
  wanted: ReadonlyMap<string, readonly [LookUpTable, string]>,
): Promise<Documents> {
  const tables: Partial<Record<LookUpTable, CsvTable>> = {};
  for (const [table, source] of Object.entries(sources) as [LookUpTable, NamedSource | undefined][]) {
    if (source === undefined) continue;
    tables[table] = await orNamed(source, () => readCsvTable(texts.get(source) ?? '', table));
  }
  const column = (table: LookUpTable, name: string): Column => {
    const found = tables[table];
    if (found === undefined) throw notSet(table);
    return found.column(name);
  };
  const columns = new Map<string, Column>();
  for (const [key, [table, name]] of wanted) {
    const { [table]: source } = sources;
    if (source === undefined) continue;
    columns.set(key, await orNamed(source, async () => column(table, name), `{${key}} `));
  }
  if (rulesSource === undefined) return { rules: [], columns };
  const { keys } = rulesSource;
  const rules = await orNamed(rulesSource, async () =>
    readRules(texts.get(rulesSource) ?? '', keys, { createdBy, column }),
  );
  return { rules, columns };
}

/** What is wrong is told with the variable and the source. */
async function orNamed<Value>(
  { variable, source }: NamedSource,
  read: () => Promise<Value>,
  what = '',
): Promise<Value> {
  try {
    return await read();
  } catch (cause) {
    const { message } = cause as Error;
    const where = source.kind === 'text' ? '' : `${nameOfSource(source)}: `;
    throw new Error(`${variable}: ${where}${what}${message}`, { cause });
  }
}

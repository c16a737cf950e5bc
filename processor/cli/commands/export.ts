/** `export`: what the metadata store knows of resources, as CSV, lines of JSON or Parquet, for whoever keeps an inventory. */
import { CallError } from '../../../tag-manager/calls/call-failure.ts';
import { type Exported, exportInventory, isInIndex } from '../../export/export-inventory.ts';
import { ExportError } from '../../export/filter.ts';
import { FORMATS, type FormatName } from '../../export/formats.ts';
import { openInventory, type StoreToRead } from '../../export/open-inventory.ts';
import { bytes, counted, number } from '../../report/view/words.ts';
import { ownRegion } from '../../runtime/settings.ts';
import type { CommandCall } from '../command.ts';
import type { CommandOptions } from '../command-rows.ts';
import { type Ending, endingOfError } from '../endings.ts';
import { environmentOf, settingsOf, withRegion } from '../environment.ts';
import { type ExportAsked, readExportOptions } from '../export/export-options.ts';
import { type OutputFile, openOutput, STANDARD_OUTPUT, toStandardOutput } from '../output-file.ts';
import { startProgress } from '../progress.ts';

export async function run(call: CommandCall): Promise<Ending> {
  const { options, terminal, signal } = call;
  const { complain } = terminal;
  const asked = readExportOptions(options, terminal, Date.now());
  const { wanted, format, path } = asked;
  const store = await readStore(options);
  const output = await open(path, format, call);
  const { inventory, destroy } = openInventory(store);
  const progress = startProgress(signal);
  let exported: Exported = { rows: 0, read: 0, broken: 0 };
  try {
    const writer = await FORMATS[format].begin((piece) => output.write(piece));
    const onPage = (until: Exported) => {
      exported = until;
      progress.update(resources(until.rows));
    };
    await exportInventory({ inventory, wanted, writer, onPage, signal });
    const size = await output.commit();
    progress.stop();
    if (path !== STANDARD_OUTPUT) complain(`${path}: written, ${resources(exported.rows)}, ${bytes(size)}`);
    return tell(exported, store, call);
  } catch (error) {
    progress.stop();
    if (signal.aborted) {
      complain(`stopped before the end${whatIsThere(path, exported)}`);
      return 'done';
    }
    if (!(error instanceof CallError)) throw error;
    complain(problemOf(error, store, asked) + whatIsThere(path, exported));
    const ending = endingOfError(error);
    return ending === 'access' && exported.read > 0 ? 'failed' : ending; // it had begun
  } finally {
    progress.stop();
    destroy();
    await output.discard();
  }
}

/** Throws SettingsError and ExportError. */
async function readStore(options: CommandOptions): Promise<StoreToRead> {
  // It chooses among what the store keeps, and those of the settings among what is to be tagged.
  const { account: _, region: __, service: ___, creator: ____, ...rest } = options;
  const env = await withRegion(environmentOf(rest));
  const { store, pace } = settingsOf(rest, env, 'command-line');
  if (store === undefined)
    throw new ExportError('of which metadata store? --table or DYNAMODB_TABLE names its table');
  return { table: { name: store.table, region: ownRegion(env) }, pace };
}

/** Throws OutputError where the file may not be replaced, and where it cannot be written. */
async function open(
  path: string,
  format: FormatName,
  { terminal, signal }: CommandCall,
): Promise<OutputFile> {
  if (path === STANDARD_OUTPUT) return toStandardOutput(terminal, signal);
  const { mark, isMarkAtEnd } = FORMATS[format];
  return openOutput(path, { option: '-o', what: `export as ${format}`, mark, isMarkAtEnd });
}

function tell(
  { rows, read, broken }: Exported,
  { table }: StoreToRead,
  { terminal: { complain } }: CommandCall,
): Ending {
  if (broken > 0) {
    const items = counted(broken, 'item');
    complain(`${items} of the table ${table.name} left out: not as auto-tagger writes them`);
  }
  if (rows > 0) return 'done';
  complain(
    `the metadata store ${table.name} knows no such resource, of the ${number(read)} that were looked at`,
  );
  return 'nothing';
}

function problemOf(
  { message, failure }: CallError,
  { table: { name, region } }: StoreToRead,
  { wanted }: ExportAsked,
): string {
  const takes = isInIndex(wanted)
    ? `dynamodb:Query on table/${name}/index/by-creator`
    : `dynamodb:Scan on table/${name}`;
  const todo = failure.class === 'denied' ? `; this takes ${takes}` : '';
  return `the metadata store ${name} in ${region} cannot be read: ${message}${todo}`;
}

/** A file stays as it was; what went to standard output is there. */
function whatIsThere(path: string, { rows }: Exported): string {
  return path === STANDARD_OUTPUT ? `: ${resources(rows)} were written` : `: ${path} is as it was`;
}

function resources(count: number): string {
  return counted(count, 'resource');
}

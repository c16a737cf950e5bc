/**
 * The folder of a run that was carried out in AWS, made of what lies in the backfill bucket: the same as of a run of this machine. It is
 * made anew each time, from all that there is, so that whatever stood in the way before is no matter.
 *
 *     chunks of the journal ─▶ journal.ndjson
 *            │ lines of log files that something was created in, by file, on disk
 *     results of the jobs ─▶ totals, branches; resources.ndjson, failures.ndjson
 *
 * Of log files in which nothing was created nothing is held, however many there are.
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResourceRow } from '../../file/resource-row.ts';
import { addReport, addSkipped, type RunningTotals, startTotals, type Totals } from '../../file/totals.ts';
import { type FileSums, readAnswer, reportOfSums, type SummedReport } from '../bulk/file-sums.ts';
import { checkpointText, writeCheckpoint } from '../run/checkpoint.ts';
import { type HashedParts, openParts } from '../run/hashed-parts.ts';
import { confirmedLine, type JournalLine, linesOfJson } from '../run/journal-file.ts';
import { readLines } from '../run/line-reader.ts';
import { type LineWriter, openLines } from '../run/line-writer.ts';
import { runFiles } from '../run/run-files.ts';
import { RUN_VERSION } from '../run/run-info.ts';
import { createBranchSums } from './branch-sums.ts';
import type { BulkEngine, BulkWork } from './bulk-engine.ts';
import { BulkError } from './bulk-error.ts';
import { chunkLines } from './chunks.ts';
import { type KeptIntent, type SettledFile, settleFile } from './settle-file.ts';

export interface Collecting {
  readonly folder: string;
  readonly work: BulkWork;
  readonly engine: Pick<BulkEngine, 'results'>;
  /** Names of the branches of the scope. */
  readonly branches: readonly string[];
  /** All log files of the last round have a result. */
  readonly isWhole: boolean;
}

export interface Collected {
  readonly totals: Totals;
  /** Log files of the last round that were not done, as its jobs tell; not those that no job came to. */
  readonly left: number;
  /** Why, in words: the first few. */
  readonly problems: readonly string[];
  /** Lines of chunks that nobody who writes them can have written. */
  readonly broken: number;
  /** Log files whose sums the function has put into the journal, and that are not there: they count nowhere. */
  readonly lost: number;
}

/** A line of a part: what is known of one log file. */
type PartLine =
  | { readonly of: 'row'; readonly attempt: string; readonly row: ResourceRow }
  | { readonly of: 'failure'; readonly attempt: string; readonly file: string; readonly message: object }
  | { readonly of: 'intent'; readonly attempt: string; readonly file: string; readonly intent: KeptIntent }
  | {
      readonly of: 'result';
      readonly file: string;
      readonly line: Extract<JournalLine, { kind: 'result' }>;
    }
  | { readonly of: 'sums'; readonly file: string; readonly sums: object; readonly attempt: string }
  | {
      readonly of: 'answer';
      readonly file: string;
      readonly key: string;
      readonly attempt: string;
      /** Absent where a line of the journal has it. */
      readonly report?: SummedReport;
    };

/** What a line is about. */
const fileOf = (line: PartLine) => (line.of === 'row' ? line.row.file : line.file);

const MAX_PROBLEMS = 5;

function addProblem(problems: string[], problem: string): void {
  if (problems.length < MAX_PROBLEMS) problems.push(problem);
}

/** Throws CallError, BulkError, or what the disk says. */
export async function collect(collecting: Collecting): Promise<Collected> {
  const { folder, work } = collecting;
  const parts = await openParts(join(folder, 'bulk-parts'), fileOf);
  const files = runFiles(folder);
  const fresh = (path: string) => openLines(`${path}.new`, 0, () => {});
  const lines = {
    journal: await fresh(files.journal),
    resources: await fresh(files.resources),
    failures: await fresh(files.failures),
  };
  try {
    const { broken, intents } = await readChunks(work, lines.journal, parts);
    await refuseLess(work, files.journal, intents);
    const sums = createSums(collecting);
    const { left, problems } = await readResults(collecting, parts, sums);
    let lost = 0;
    const onLost = (file: string) => {
      lost += 1;
      addProblem(problems, `${file}: its sums are in no chunk of the journal`);
    };
    for await (const part of parts.read()) {
      for (const settled of settleAll(part, onLost)) {
        sums.add(settled.key, settled.report);
        await lines.resources.append(linesOfJson(settled.rows));
        await lines.failures.append(linesOfJson(settled.failures));
        await lines.journal.append(settled.confirmed.map(confirmedLine).join(''));
      }
    }
    const { bytes: journalBytes } = lines.journal;
    const { bytes: resourcesBytes } = lines.resources;
    const { bytes: failuresBytes } = lines.failures;
    await Promise.all(Object.values(lines).map((each) => each.keep('')));
    for (const path of [files.journal, files.resources, files.failures]) await rename(`${path}.new`, path);
    const { totals } = sums;
    const branches = sums.branches.progress(collecting.isWhole);
    const at = new Date().toISOString();
    const sizes = { journalBytes, resourcesBytes, failuresBytes };
    await writeCheckpoint(
      folder,
      checkpointText({ version: RUN_VERSION, at, ...sizes, branches, totals, writes: [] }),
    );
    return { totals, left, problems, broken, lost };
  } finally {
    await Promise.all(Object.values(lines).map((each) => each.close()));
    await parts.remove();
  }
}

/**
 * Chunks are only ever added: where there are fewer writes than were fetched before, some were taken away, and what is here may be all
 * that an undo can go by. Throws BulkError.
 */
async function refuseLess({ bucket }: BulkWork, journal: string, found: number): Promise<void> {
  let known = 0;
  for await (const lines of readLines(journal))
    known += lines.filter(({ value }) => (value as JournalLine).kind === 'intent').length;
  if (found >= known) return;
  throw new BulkError(
    `s3://${bucket.bucket}/${bucket.prefix}journal/ tells of ${found} writes, and ${known} were fetched before: somebody, or a lifecycle rule, has removed chunks of it, or the deployment keeps its runs in another bucket now. ${journal} stays as it is, so that the run can be undone; begin a new run for what is left to do`,
  );
}

interface ReadChunks {
  /** Lines that could not be read. */
  readonly broken: number;
  readonly intents: number;
}

async function readChunks(
  work: BulkWork,
  journal: LineWriter,
  parts: HashedParts<PartLine>,
): Promise<ReadChunks> {
  const open = new Map<string, string>(); // files of intents whose end is not told yet
  let broken = 0;
  let intents = 0;
  for await (const { attempt, lines, unreadable } of chunkLines(work.bucket)) {
    broken += unreadable;
    const kept: PartLine[] = [];
    let text = '';
    for (const each of lines) {
      if (each.kind === 'resource') {
        kept.push({ of: 'row', attempt, row: each.row });
      } else if (each.kind === 'failure') {
        const { file, message } = each;
        kept.push({ of: 'failure', attempt, file, message });
      } else if (each.kind === 'sums') {
        const { file, sums } = each;
        kept.push({ of: 'sums', attempt, file, sums });
      } else {
        const { line } = each;
        text += linesOfJson([line]);
        if (line.kind === 'intent') {
          intents += 1;
          const { kind, at, before, after, removed, ...intent } = line;
          const { file = '' } = each;
          open.set(line.id, file);
          kept.push({ of: 'intent', attempt, file, intent });
        } else {
          const file = open.get(line.id) ?? '';
          open.delete(line.id);
          kept.push({ of: 'result', file, line });
        }
      }
    }
    await journal.append(text);
    await parts.add(kept);
  }
  return { broken, intents };
}

/** Adds what needs nothing of the journal to the sums, and the rest to the parts. */
async function readResults(
  { work, engine }: Collecting,
  parts: HashedParts<PartLine>,
  sums: ReturnType<typeof createSums>,
): Promise<{ left: number; problems: string[] }> {
  const problems: string[] = [];
  let left = 0;
  for await (const results of engine.results(work)) {
    const kept: PartLine[] = [];
    for (const { key, round, answer, problem } of results) {
      const found = readAnswer(answer);
      if (found === undefined) {
        if (round !== work.jobs.round) continue; // whoever went on has done it, or has tried to
        left += 1;
        sums.branches.leave(key);
        const why = problem ?? 'the function has told nothing of it';
        addProblem(problems, `${urlOf(work, key)}: ${why}`);
      } else if (found.kind === 'skipped') {
        sums.skip(found.reason);
      } else if (found.kind === 'read' && isPlain(found.report)) {
        sums.add(key, found.report);
      } else {
        const file = urlOf(work, key);
        const { attempt } = found;
        const report = found.kind === 'read' ? { report: found.report } : {};
        kept.push({ of: 'answer', file, key, attempt, ...report });
      }
    }
    await parts.add(kept);
  }
  return { left, problems };
}

/** Nothing in the journal can be of it. */
function isPlain({
  complete,
  resources,
  undoneDeletions = 0,
  undoneMakers = 0,
  namedAnew = 0,
  undoneNames = 0,
  error,
}: SummedReport): boolean {
  const lines = resources + undoneDeletions + undoneMakers + namedAnew + undoneNames;
  return complete && lines === 0 && error === undefined;
}

function urlOf({ scope }: BulkWork, key: string): string {
  return `s3://${scope.bucket}/${key}`;
}

function createSums({ work, branches: names }: Collecting) {
  const totals: RunningTotals = startTotals();
  totals.skipped = { ...work.jobs.skipped };
  const branches = createBranchSums(names);
  return {
    totals,
    branches,
    add(key: string, report: SummedReport) {
      addReport(totals, reportOfSums({ file: key }, report));
      branches.add(key, report.compressedBytes);
    },
    skip: (reason: Extract<FileSums, { kind: 'skipped' }>['reason']) => addSkipped(totals, reason),
  };
}

/** Of the files of one part that have an answer. */
function* settleAll(
  lines: readonly PartLine[],
  onLost: (file: string) => void,
): Generator<SettledFile & { readonly key: string }> {
  for (const [file, ofFile] of Map.groupBy(lines, fileOf)) {
    const answer = ofFile.findLast((line) => line.of === 'answer');
    if (answer === undefined) continue; // its lines in the journal are all that counts
    const { key, attempt } = answer;
    const sums = ofFile.find((line) => line.of === 'sums' && line.attempt === attempt);
    const report = answer.report ?? reportIn(sums);
    if (report === undefined) {
      onLost(file);
      continue;
    }
    const settled = settleFile(file, report, attempt, {
      rows: ofFile.filter((line) => line.of === 'row'),
      failures: ofFile.filter((line) => line.of === 'failure'),
      intents: ofFile.filter((line) => line.of === 'intent'),
      results: new Map(ofFile.flatMap((line) => (line.of === 'result' ? [[line.line.id, line.line]] : []))),
    });
    yield { key, ...settled };
  }
}

function reportIn(line: PartLine | undefined): SummedReport | undefined {
  const sums = line?.of === 'sums' ? (line.sums as FileSums) : undefined;
  return sums?.kind === 'read' ? sums.report : undefined;
}

/** What the folder of a run tells: what became of each resource that it dealt with, and the tags that it wrote. Read in a stream. */
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import { OUTCOMES } from '../../tag-manager/outcome.ts';
import { DELETED } from '../../tag-manager/ownership/standing.ts';
import { readWrites } from '../backfill/run/journal-file.ts';
import { readLines } from '../backfill/run/line-reader.ts';
import { runFiles } from '../backfill/run/run-files.ts';
import { readRunInfo } from '../backfill/run/run-info.ts';
import { type ResourceRow, readRow } from '../file/resource-row.ts';
import { compileCreator } from './creator-match.ts';
import { creatorOf } from './kept-creator.ts';
import { isAskedFor, pathless, type Question, type ResourceQuestion, type WhyQuestion } from './question.ts';
import { rowsOfCall } from './rows-of-call.ts';
import type { Made } from './sighting.ts';
import { whatToDo } from './what-to-do.ts';
import type { Finding } from './why.ts';

/** Batch by batch, those that the question is about; at the end, how many lines are none of ours. Throws RunError. */
export async function* rowsInRun(
  folder: string,
  question: Question,
): AsyncGenerator<readonly ResourceRow[], number> {
  await readRunInfo(folder); // what a later program has written is refused
  const isAsked = compileAsked(question);
  let broken = 0;
  for await (const lines of readLines(runFiles(folder).resources)) {
    const found: ResourceRow[] = [];
    for (const { value } of lines) {
      const row = readRow(value);
      if (row === undefined) broken++;
      else if (isAsked(row)) found.push(row);
    }
    if (found.length > 0) yield found;
  }
  return broken;
}

function compileAsked(question: Question): (row: ResourceRow) => boolean {
  switch (question.kind) {
    case 'creator': {
      const isBy = compileCreator(question);
      return (row) => isBy({ creator: creatorOf(row.creator, row.person), eventTime: row.eventTime });
    }
    case 'resource':
      return ({ arn }) => isAskedFor(question, { arn });
    case 'why':
      return (row) => isFound(row, question);
  }
}

function isFound({ arn, eventID }: ResourceRow, { text, resource }: WhyQuestion): boolean {
  return eventID === text || isAskedFor(resource, { arn });
}

/** `undefined` where the run knew that it had been deleted since: the row does not tell by what, so it cannot count. */
export function sightingOfRow(row: ResourceRow, run: string): Made | undefined {
  if (row.outcome === 'kept' && row.reason === DELETED) return undefined;
  const { arn, type, account, region, eventID, eventTime, eventName, file } = row;
  const known = rowOf(type, eventName);
  return {
    kind: 'creation',
    eventID,
    eventTime,
    eventName,
    eventSource: known?.eventSource ?? '',
    name: { account, arn: arn.startsWith('arn:') ? pathless(arn) : arn },
    region,
    creator: creatorOf(row.creator, row.person),
    toldBy: `${run}, which read ${file}`,
    arn,
    type,
    resourceRegion: region,
    naming: known?.naming ?? 'unique',
    creation: known?.creationIn?.[region] ?? known?.creation ?? 'strict',
    ...(known !== undefined && known.resourceType !== type && { isIndirect: true }),
  };
}

/**
 * A row of a run does not name the service: of two that make the type by such a call, the first, so EC2 before Storage Gateway.
 * What a call makes on its way has the row of the call.
 */
function rowOf(type: string, eventName: string): CatalogueRow | undefined {
  const rows = rowsOfCall(eventName);
  const makesOnItsWay = ({ also = [] }: CatalogueRow) =>
    also.some(({ resourceType }) => resourceType === type);
  return rows.find(({ resourceType }) => resourceType === type) ?? rows.find(makesOnItsWay);
}

export function findingOfRow(row: ResourceRow, run: string): Finding {
  const { arn, type, eventID, eventTime, eventName, outcome, reason, file } = row;
  return {
    eventID,
    eventTime,
    eventName,
    eventSource: rowOf(type, eventName)?.eventSource ?? '',
    arn,
    outcome,
    meaning: `the resource ${OUTCOMES[outcome].meaning}`,
    detail: reason,
    todo: whatToDo(outcome, undefined),
    toldBy: `${run}, which read ${file}`,
  };
}

/** What the run wrote on it at last, and is not known to have failed; absent where it wrote nothing. Throws RunError. */
export async function tagsWritten(
  folder: string,
  question: ResourceQuestion,
): Promise<ReadonlyMap<string, string> | undefined> {
  let last: { readonly number: number; readonly tags: ReadonlyMap<string, string> } | undefined;
  for await (const writes of readWrites(runFiles(folder).journal)) {
    for (const { intent, number, isWritten } of writes) {
      if (isWritten === 'no' || number < (last?.number ?? 0) || !isAskedFor(question, intent)) continue;
      last = { number, tags: new Map(Object.entries(intent.after)) };
    }
  }
  return last?.tags;
}

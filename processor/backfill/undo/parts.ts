/**
 * A run's journal, and that of its undo, in parts that fit into memory. All of one resource is in one part, by a hash of its
 * name: the journals are read once, in a stream, and written to files beside them, which are read one after the other.
 * Considered: sorting them outside of memory, which reads and writes all of it several times; and a pass over the whole journal
 * for each part, which does not end where there are hundreds.
 */
import { join } from 'node:path';
import { apiNamed } from '../../../tag-manager/apis/apis.ts';
import type { WriteIntent } from '../../../tag-manager/journal.ts';
import { openParts } from '../run/hashed-parts.ts';
import { type JournalledWrite, readWrites } from '../run/journal-file.ts';
import { readLines } from '../run/line-reader.ts';
import { runFiles } from '../run/run-files.ts';
import { sizeOf } from '../run/whole-file.ts';
import { isOutcomeLine, type UndoLine } from './undo-lines.ts';
import { UNDO_OUTCOMES, type UndoOutcome } from './undo-outcome.ts';

/** What is known of one resource. */
export interface ResourceWrites {
  /** In the order in which they were intended; none that AWS has refused. */
  readonly writes: readonly JournalledWrite[];
  /** What became of it in an undo before this one. */
  readonly outcome: UndoOutcome | undefined;
  /** What an undo before this one had begun to change of it; absent where none had. */
  readonly begun?: BegunKeys;
  /** By ARN of a member that its tags go on to, what stood there when that began, under the keys that were changed. */
  readonly members: ReadonlyMap<string, MemberBefore>;
}

export interface BegunKeys {
  readonly restored: readonly string[];
  readonly removed: readonly string[];
}

export interface MemberBefore {
  readonly keys: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** As JSON; in memory it is several times that. Measured, with as many parts as that makes: 800,000 writes take 29 s and 691 MiB in parts of 32 MiB, 38 s and 376 MiB in these. */
const PART_BYTES = 8 * 1024 * 1024;

type PartLine =
  | ({ readonly part: 'write' } & JournalledWrite)
  | { readonly part: 'outcome'; readonly outcome: UndoOutcome }
  | ({
      readonly part: 'begun';
      readonly account: string;
      readonly arn: string;
      readonly api: string;
    } & BegunKeys)
  | ({
      readonly part: 'member';
      readonly account: string;
      /** Of the resource that hands its tags on. */
      readonly arn: string;
      readonly api: string;
      readonly member: string;
    } & MemberBefore);

/** `partBytes` only tests want to be small. Throws RunError. */
export async function* partsOf(
  folder: string,
  partBytes = PART_BYTES,
): AsyncGenerator<readonly ResourceWrites[]> {
  const files = runFiles(folder);
  const bytes = (await sizeOf(files.journal)) + (await sizeOf(files.undo));
  if (bytes <= partBytes) {
    const lines: PartLine[] = [];
    for await (const batch of linesOf(folder)) lines.push(...batch);
    yield together(lines);
    return;
  }
  const parts = await openParts(join(folder, 'undo-parts'), groupOf, { mostBytes: partBytes });
  try {
    for await (const batch of linesOf(folder)) await parts.add(batch);
    for await (const lines of parts.read()) yield together(lines);
  } finally {
    await parts.remove();
  }
}

async function* linesOf(folder: string): AsyncGenerator<readonly PartLine[]> {
  const files = runFiles(folder);
  for await (const writes of readWrites(files.journal))
    yield writes.map((write): PartLine => ({ part: 'write', ...write }));
  for await (const lines of readLines(files.undo)) {
    yield lines.flatMap(({ value }): readonly PartLine[] => {
      const line = value as UndoLine;
      if (isOutcomeLine(line)) return [{ part: 'outcome', outcome: line }];
      return line.kind === 'intent' ? [partOf(line)] : [];
    });
  }
}

function partOf({ account, arn, api, memberOf, before, after, removed = [] }: WriteIntent): PartLine {
  const restored = Object.keys(after);
  if (memberOf === undefined) return { part: 'begun', account, arn, api, restored, removed };
  const keys = [...restored, ...removed];
  return { part: 'member', account, arn: memberOf, api, member: arn, keys, tags: before };
}

/** Where tags go on from one resource to another, all of them are together, because they are done in an order. */
function groupOf(line: PartLine): string {
  const { account, api } = resourceIn(line);
  return goesOn(api) ? `${account} ${api}` : keyOf(line);
}

/** What there is no row of is told of when its resource is looked at. */
function goesOn(api: string): boolean {
  try {
    return Object.keys(apiNamed(api).members).length > 0;
  } catch {
    return false;
  }
}

function keyOf(line: PartLine): string {
  const { account, arn } = resourceIn(line);
  return `${account} ${arn}`;
}

function resourceIn(line: PartLine): Pick<UndoOutcome, 'account' | 'arn' | 'api'> {
  return line.part === 'write' ? line.intent : line.part === 'outcome' ? line.outcome : line;
}

function together(lines: readonly PartLine[]): readonly ResourceWrites[] {
  const byResource = Map.groupBy(lines, keyOf);
  return [...byResource.values()].flatMap((ofOne) => {
    const writes = ofOne
      .filter((line) => line.part === 'write')
      .filter(({ isWritten }) => isWritten !== 'no')
      .toSorted((a, b) => a.number - b.number);
    const last = ofOne.findLast((line) => line.part === 'outcome')?.outcome;
    const outcome = last !== undefined && UNDO_OUTCOMES[last.outcome].end === 'over' ? last : undefined;
    const members = new Map<string, MemberBefore>();
    for (const line of ofOne) {
      // What was put back on it afterwards tells of the time between.
      if (line.part === 'member' && !members.has(line.member)) members.set(line.member, line);
    }
    const begun = ofOne.filter((line) => line.part === 'begun');
    return writes.length === 0 ? [] : [{ writes, outcome, members, ...(begun.length > 0 && beganOf(begun)) }];
  });
}

/** Each key once, however often it was tried. */
function beganOf(lines: readonly BegunKeys[]): Pick<ResourceWrites, 'begun'> {
  const once = (keys: readonly string[]) => [...new Set(keys)];
  const restored = once(lines.flatMap((line) => line.restored));
  return { begun: { restored, removed: once(lines.flatMap((line) => line.removed)) } };
}

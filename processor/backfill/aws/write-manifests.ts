/**
 * The lists of log files that a round of jobs is about, written into the backfill bucket: what the scope takes in, without what is
 * done already. The difference of the two is made on disk, in parts that fit into memory; so is each list, before it is sent.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListObjects } from '../../file/bucket-listing.ts';
import { addNumbers } from '../../file/totals.ts';
import { readAnswer } from '../bulk/file-sums.ts';
import { runKeys } from '../bulk/run-keys.ts';
import { openParts } from '../run/hashed-parts.ts';
import { type LineWriter, openLines } from '../run/line-writer.ts';
import { eachBranch } from '../scope/each-branch.ts';
import type { FoundBranch } from '../scope/find-branches.ts';
import { listBranch } from '../scope/list-branch.ts';
import { SILENT } from '../scope/listing-listener.ts';
import type { BulkEngine, BulkWork } from './bulk-engine.ts';
import type { Manifest } from './manifest.ts';

export interface ManifestWork {
  readonly folder: string;
  readonly work: BulkWork;
  readonly engine: Pick<BulkEngine, 'results'>;
  readonly branches: readonly FoundBranch[];
  readonly list: ListObjects;
  /** Hears of log files as they are listed. */
  readonly onListed?: (files: number) => void;
}

/** Half of what a map run reads (AWS Step Functions Developer Guide, "ItemReader"); it lies on this machine's disk first. */
const MAX_BYTES = 4.5e9;

/** An object that the listing came to: to be done, or passed over. */
type Listed =
  | { readonly key: string; readonly size: number }
  | { readonly key: string; readonly skipped: string };
type PartLine = Listed | { readonly key: string; readonly isDone: true };

/** Throws what listing throws, CallError, or what the disk says. */
export async function writeManifests(of: ManifestWork, mostFiles: number): Promise<readonly Manifest[]> {
  const { folder, work } = of;
  const skipped: Record<string, number> = {};
  const place = join(folder, 'manifests');
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { mode: 0o700 });
  const writer = createWriter(place, work, mostFiles);
  const take = async (listed: Listed) => {
    if ('skipped' in listed) addNumbers(skipped, { [listed.skipped]: 1 });
    else await writer.add(listed.key, listed.size);
  };
  try {
    if (work.jobs.jobs.length === 0) await listAll(of, (listed) => takeAll(listed, take));
    else await takeRest(of, take);
    const manifests = await writer.end();
    await work.jobs.listed(skipped);
    return manifests;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function takeAll(listed: readonly Listed[], take: (one: Listed) => Promise<void>) {
  for (const one of listed) await take(one);
}

/** What no result tells of. */
async function takeRest(of: ManifestWork, take: (one: Listed) => Promise<void>): Promise<void> {
  const parts = await openParts<PartLine>(join(of.folder, 'bulk-parts'), ({ key }) => key);
  try {
    for await (const results of of.engine.results(of.work)) {
      const done = results.filter(({ answer }) => readAnswer(answer) !== undefined);
      await parts.add(done.map(({ key }) => ({ key, isDone: true })));
    }
    await listAll(of, parts.add);
    for await (const lines of parts.read()) {
      const done = new Set(lines.flatMap((line) => ('isDone' in line ? [line.key] : [])));
      for (const line of lines) if (!('isDone' in line) && !done.has(line.key)) await take(line);
    }
  } finally {
    await parts.remove();
  }
}

/** Branches side by side, as the listing of a run here. */
function listAll(
  { work, branches, list, onListed = () => {} }: ManifestWork,
  take: (listed: readonly Listed[]) => Promise<void>,
): Promise<void> {
  const { scope, signal } = work;
  return eachBranch(branches, async (branch, ahead) => {
    let passedOver: Listed[] = [];
    const onSkipped = (reason: string, key: string) => passedOver.push({ key, skipped: reason });
    const listener = { ...SILENT, onSkipped };
    for await (const page of listBranch(branch, scope, undefined, list, signal, { ahead, listener })) {
      await take([...page, ...passedOver]);
      passedOver = [];
      onListed(page.length);
    }
    await take(passedOver);
  });
}

/** A manifest that lines are added to. */
interface List {
  readonly name: string;
  files: number;
  bytes: number;
  /** Of its lines. */
  length: number;
  /** The last of them, which are not in the file yet. */
  text: string;
  lines?: LineWriter;
}

/** Branches are listed side by side, and go on while a list is sent: what they add is of the next one. */
function createWriter(place: string, { id, bucket, jobs, scope }: BulkWork, mostFiles: number) {
  const done: Manifest[] = [];
  const keys = runKeys(id);
  const first = jobs.jobs.length;
  let begun = 0;
  let list = newList();

  function newList(): List {
    const name = keys.manifest(first + begun).slice(keys.prefix.length);
    begun += 1;
    return { name, files: 0, bytes: 0, length: 0, text: '' };
  }

  let busy = Promise.resolve(); // files are written and sent one after the other
  const inOrder = (work: () => Promise<void>) => {
    busy = busy.then(work);
    return busy;
  };

  function flush(to: List): Promise<void> {
    const { text } = to;
    to.text = '';
    return inOrder(async () => {
      to.lines ??= await openLines(join(place, to.name), 0, () => {});
      await to.lines.append(text);
    });
  }

  function send(full: List): Promise<void> {
    if (full.files === 0) return busy;
    void flush(full);
    return inOrder(async () => {
      const { name, files, bytes, lines } = full;
      await lines?.close();
      const path = join(place, name);
      const etag = await bucket.put(name, { path, bytes: full.length });
      await rm(path);
      done.push({ key: `${bucket.prefix}${name}`, etag, files, bytes });
    });
  }

  return {
    add(key: string, size: number): Promise<void> | undefined {
      const line = `${scope.bucket},${encodedKey(key)}\n`; // of ASCII: a character is a byte
      list.text += line;
      list.length += line.length;
      list.files += 1;
      list.bytes += size;
      if (list.files >= mostFiles || list.length >= MAX_BYTES) {
        const full = list;
        list = newList();
        return send(full);
      }
      return list.text.length > FLUSH_CHARACTERS ? flush(list) : undefined;
    },
    async end(): Promise<readonly Manifest[]> {
      await send(list);
      return done;
    },
  };
}

const FLUSH_CHARACTERS = 128 * 1024;

/** Manifests are URL-encoded (Amazon S3 User Guide, "Specifying a manifest"); slashes stay as they are. */
export function encodedKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}

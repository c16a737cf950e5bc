/**
 * A process that finds and lists what is below `s3://logs` of the environment's AWS, as argument one says (texts of a scope, in
 * JSON), and says what it found and the most memory that it took. It holds no keys.
 */
import { createAhead } from '../../../processor/backfill/scope/ahead.ts';
import { findBranches } from '../../../processor/backfill/scope/find-branches.ts';
import { listBranch } from '../../../processor/backfill/scope/list-branch.ts';
import { readScope } from '../../../processor/backfill/scope/scope.ts';
import { listingOf } from '../../../processor/file/log-reader.ts';
import { openLogAccess } from '../../../processor/runtime/log-access.ts';
import { readSettings } from '../../../processor/runtime/settings.ts';
import { peakMiB } from '../../helpers/peak.ts';

const scope = readScope('s3://logs', JSON.parse(process.argv[2] ?? '{}'), Date.now());
const access = openLogAccess(readSettings(process.env, 'command-line'), process.env.AWS_REGION ?? '', 32);
const list = listingOf(access.logs, scope.bucket);
const { signal } = new AbortController();
const ahead = createAhead(16);
const found = { branches: 0, keys: 0 };

/** Branches side by side, as an engine does it. */
const branches = findBranches(scope, list, signal);
async function listNext(): Promise<void> {
  for await (const branch of { [Symbol.asyncIterator]: () => ({ next: () => branches.next() }) }) {
    found.branches += 1;
    for await (const page of listBranch(branch, scope, undefined, list, signal, { ahead })) {
      found.keys += page.length;
    }
  }
}
await Promise.all(Array.from({ length: 8 }, listNext));
access.destroy();
console.log(JSON.stringify({ ...found, peakMiB: peakMiB() }));

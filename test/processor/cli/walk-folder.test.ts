/** What lies below a folder: the order of it, and what is no log file. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { walkFolder } from '../../../processor/cli/walk-folder.ts';
import type { SkipReason } from '../../../processor/file/totals.ts';

const folder = mkdtempSync(join(tmpdir(), 'walk-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An empty folder, with these empty files in it. */
function folderWith(...names: readonly string[]): string {
  const at = `${mkdtempSync(join(folder, 'case-'))}/`;
  for (const name of names) {
    mkdirSync(dirname(join(at, name)), { recursive: true });
    writeFileSync(join(at, name), '');
  }
  return at;
}

async function walk(root: string) {
  const skipped: Partial<Record<SkipReason, number>> = {};
  const problems: string[] = [];
  const onSkipped = (reason: SkipReason) => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  const batches = await Array.fromAsync(
    walkFolder(root, { onSkipped, onProblem: (path, problem) => problems.push(`${path}: ${problem}`) }),
  );
  return { batches, paths: batches.flat().map((path) => path.slice(root.length)), skipped, problems };
}

test('files come in the order of their whole names, wherever they lie', async () => {
  const names = ['a/b.gz', 'a.gz', 'a-b/c.gz', 'a/b/c.gz', 'ab.gz', 'B.gz', 'a/é.gz', 'a0.gz', 'a/b-c/d.gz'];
  const { paths } = await walk(folderWith(...names));
  expect(paths).toEqual(names.toSorted());
});

test('many are given in batches', async () => {
  const names = Array.from({ length: 2500 }, (_, at) => `${10_000 + at}.gz`);
  const { batches, paths } = await walk(folderWith(...names));
  expect(paths).toEqual(names);
  expect(batches.map(({ length }) => length)).toEqual([1024, 1024, 452]);
});

test('what is no log file by its folder or name is told, with the reason', async () => {
  const { paths, skipped } = await walk(
    folderWith(
      'AWSLogs/111122223333/CloudTrail/eu-west-1/x.json.gz',
      'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/x.json.gz',
      'AWSLogs/111122223333/elasticloadbalancing/eu-west-1/x.log.gz',
      '111122223333_CloudTrail-Insight_eu-west-1_x.json.gz',
      'notes.txt',
    ),
  );
  expect(paths).toEqual(['AWSLogs/111122223333/CloudTrail/eu-west-1/x.json.gz']);
  expect(skipped).toEqual({ digest: 1, 'other-service': 1, insight: 1, other: 1 });
});

test('links to files are read, links to folders and pipes are told, links in circles end nowhere', async () => {
  const root = folderWith('a.gz', 'below/b.gz');
  symlinkSync('a.gz', join(root, 'file.gz'));
  symlinkSync('nowhere', join(root, 'lost.gz'));
  symlinkSync('..', join(root, 'below/circle'));
  symlinkSync('below', join(root, 'linked'));
  symlinkSync('itself', join(root, 'itself'));
  execFileSync('mkfifo', [join(root, 'pipe.gz')]);
  const { paths, skipped, problems } = await walk(root);
  expect(paths).toEqual(['a.gz', 'below/b.gz', 'file.gz', 'lost.gz']);
  expect(skipped).toEqual({ 'linked-folder': 2, other: 2 });
  expect(problems).toEqual([expect.stringMatching(/itself: cannot be followed: ELOOP/)]);
});

const NOBODY = 65_534;

/** Root may read everything, so it does the work as somebody else. */
async function asNobody<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

test('a folder that cannot be read is told, and the others are read', async () => {
  const root = folderWith('a/x.gz', 'closed/x.gz', 'z/x.gz');
  for (const path of [folder, root]) chmodSync(path, 0o755);
  chmodSync(join(root, 'closed'), 0);
  const { paths, problems } = await asNobody(() => walk(root));
  chmodSync(join(root, 'closed'), 0o700);
  expect(paths).toEqual(['a/x.gz', 'z/x.gz']);
  expect(problems).toEqual([`${root}closed/: cannot be read: EACCES: permission denied`]);
});

test('a root that cannot be read is an error', async () => {
  await expect(walk(join(folder, 'missing/'))).rejects.toThrow('ENOENT');
});

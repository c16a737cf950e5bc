/** Log files of a run that count only where CloudTrail's digests vouch for them: a check for each branch, and what it tells. */
import {
  createDigestCheck,
  type DigestCheck,
  type DigestProblems,
} from '../../backfill/digests/digest-check.ts';
import { DIGEST_REASONS } from '../../backfill/digests/digest-reasons.ts';
import { createPublicKeys } from '../../backfill/digests/public-keys.ts';
import { verifiedLogFile } from '../../backfill/digests/verified-log-file.ts';
import type { FileDone } from '../../backfill/engine.ts';
import type { RunWriter } from '../../backfill/run/run-writer.ts';
import type { FoundBranch } from '../../backfill/scope/find-branches.ts';
import type { LogFile } from '../../file/log-file.ts';
import type { Totals } from '../../file/totals.ts';
import type { PreparedRun } from './prepare-run.ts';

export interface FileVerifying {
  /** As it is to be opened. In the order of keys, once each. */
  readonly logFile: (file: LogFile, key: string, branch: FoundBranch) => LogFile;
  /** With what digests said of the file, or on the way to it. */
  readonly counted: (file: LogFile, done: FileDone) => FileDone;
  /** What digests tell at the end of a branch. Throws CallError. */
  readonly endBranch: (branch: FoundBranch) => Promise<Totals['digests']>;
}

/** Every file counts. */
export const UNVERIFIED: FileVerifying = {
  logFile: (file) => file,
  counted: (_, done) => done,
  endBranch: async () => undefined,
};

const FILE_REASONS = Object.entries(DIGEST_REASONS).flatMap(([reason, row]) =>
  row.of === 'file' ? reason : [],
);

/** What is told beside the files is complained about as it comes, and the run ends as one in which something failed. */
export function verifiedFiles(
  { scope, list, signal, runtime, complaints, ending }: PreparedRun,
  run: Pick<RunWriter, 'progressOf'>,
): FileVerifying {
  const { logs, calls } = runtime;
  const checks = new Map<string, DigestCheck>();
  const keysOf = new Map<string, ReturnType<typeof createPublicKeys>>();
  const found = new WeakMap<LogFile, readonly DigestProblems[]>();

  function checkOf(branch: FoundBranch): DigestCheck {
    const { name, region } = branch;
    const publicKeyOf = keysOf.get(region) ?? createPublicKeys({ calls, region, signal });
    keysOf.set(region, publicKeyOf);
    const { after } = run.progressOf(name) ?? {};
    const check =
      checks.get(name) ??
      createDigestCheck({ branch, scope, list, logs, publicKeyOf, signal, after, now: Date.now });
    checks.set(name, check);
    return check;
  }

  function tell({ name }: FoundBranch, problems: readonly DigestProblems[]): void {
    for (const { reason, detail } of problems) {
      ending.add('failed');
      const { meaning } = DIGEST_REASONS[reason];
      complaints.add({
        kind: `digest ${reason}`,
        problem: `${name}: ${reason}: ${meaning}: ${detail}`,
        name: detail,
        more: (count, names) => `${count} more like it (${names}): ${reason}`,
      });
    }
  }

  return {
    logFile(file, key, branch) {
      const verified = verifiedLogFile(file, key, checkOf(branch), (problems) => {
        found.set(verified, problems);
        tell(branch, problems);
      });
      return verified;
    },
    counted(file, done) {
      const { report } = done;
      const ofFile = FILE_REASONS.filter((reason) => reason === report.error?.code);
      const digests = countsOf([...ofFile, ...(found.get(file) ?? []).map(({ reason }) => reason)]);
      return digests === undefined ? done : { ...done, report: { ...report, digests } };
    },
    async endBranch(branch) {
      const problems = await checkOf(branch).end();
      checks.delete(branch.name);
      tell(branch, problems);
      return countsOf(problems.map(({ reason }) => reason));
    },
  };
}

function countsOf(reasons: readonly string[]): Totals['digests'] {
  if (reasons.length === 0) return undefined;
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

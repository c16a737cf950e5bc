/** What a run begins with, and what it is gone on with: settings, credentials, the accounts and regions of its scope. */
import { setMaxListeners } from 'node:events';
import type { Journal } from '../../../tag-manager/journal.ts';
import { inScope } from '../../backfill/in-scope.ts';
import type { RunWriter } from '../../backfill/run/run-writer.ts';
import { type FoundBranch, findBranches } from '../../backfill/scope/find-branches.ts';
import { type Scope, urlOf } from '../../backfill/scope/scope.ts';
import type { ListObjects } from '../../file/bucket-listing.ts';
import { listingOf } from '../../file/log-reader.ts';
import type { TaggingRuntime } from '../../runtime/runtime.ts';
import type { CommandCall } from '../command.ts';
import { type StartedTagging, startTaggingIn } from '../commands/start-tagging.ts';
import { type Complaints, createComplaints } from '../complaints.ts';
import { createRunEnding, type RunEnding } from '../run-ending.ts';
import { type BackfillAccounts, findAccounts } from './accounts.ts';

export interface PreparedRun {
  readonly scope: Scope;
  readonly runtime: TaggingRuntime;
  readonly identity: StartedTagging['identity'];
  readonly branches: readonly FoundBranch[];
  readonly list: ListObjects;
  readonly accounts: BackfillAccounts;
  readonly complaints: Complaints;
  readonly ending: RunEnding;
  /** Ctrl-C, and whatever makes going on useless. */
  readonly signal: AbortSignal;
  readonly stop: (reason: Error) => void;
  /** From now on its journal hears of writes. */
  readonly writeTo: (run: RunWriter) => void;
}

/** The caller destroys the runtime. `check` throws where nothing is to be done with these credentials. Throws what is wrong with settings, credentials or the listing. */
export async function prepareRun(
  { terminal, signal: interrupted }: CommandCall,
  scope: Scope,
  env: NodeJS.ProcessEnv,
  check: (identity: PreparedRun['identity']) => void = () => {},
): Promise<PreparedRun> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([interrupted, stopping.signal]);
  setMaxListeners(0, signal, stopping.signal);
  const ending = createRunEnding();
  const complaints = createComplaints(terminal.complain);
  const { journal, writeTo } = lateJournal();
  const { runtime, identity } = await startTaggingIn(env, {
    signal,
    complaints,
    onStop: ending.addStop,
    journal,
    tagsUndone: true,
    adapt: (settings) => ({ ...settings, filter: inScope(scope, settings.filter) }),
  });
  try {
    check(identity);
    const list = listingOf(runtime.logs, scope.bucket);
    const branches = await branchesOf(scope, list, signal, terminal.complain);
    const accounts = await findAccounts(branches, runtime.resources.accounts, signal);
    const stop = (reason: Error) => stopping.abort(reason);
    return { scope, runtime, identity, branches, list, accounts, complaints, ending, signal, stop, writeTo };
  } catch (error) {
    runtime.destroy();
    throw error;
  }
}

/** Accounts times regions: some thousands at most. */
export async function branchesOf(
  scope: Scope,
  list: ListObjects,
  signal: AbortSignal,
  say: (note: string) => void,
): Promise<readonly FoundBranch[]> {
  const folders: Record<string, number> = {};
  const listener = {
    onSkipped: () => {}, // the branch that it lies in tells of it
    onFolder: (reason: string) => {
      folders[reason] = (folders[reason] ?? 0) + 1;
    },
    onNote: say,
  };
  const branches = await Array.fromAsync(findBranches(scope, list, signal, listener));
  const passedOver = Object.entries(folders).map(
    ([reason, count]) => `${count} ${reason.replaceAll('-', ' ')}`,
  );
  if (passedOver.length > 0) say(`${urlOf(scope)}: folders passed over: ${passedOver.join(', ')}`);
  return branches;
}

/** Of a run that is made later: nothing is tagged before. */
function lateJournal() {
  let run: RunWriter | undefined;
  const journal: Journal = {
    async intend(writes) {
      if (run === undefined) throw new Error('there is no run yet that could keep what is written');
      await run.journal.intend(writes);
    },
    async end(results) {
      await run?.journal.end(results);
    },
  };
  return {
    journal,
    writeTo(made: RunWriter) {
      run = made;
    },
  };
}

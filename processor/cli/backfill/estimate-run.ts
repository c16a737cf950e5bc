/** `backfill --estimate`: what a run would come to, by samples of its scope. Nothing is written, and nobody is asked. */
import { setMaxListeners } from 'node:events';
import { printable, printableJson } from '../../../parser/printable.ts';
import { onAbort } from '../../../tag-manager/calls/on-abort.ts';
import { inScope } from '../../backfill/in-scope.ts';
import { type Estimate, estimate, type FileSample } from '../../backfill/scope/estimate.ts';
import { estimateText } from '../../backfill/scope/estimate-text.ts';
import { writesOf } from '../../backfill/scope/file-writes.ts';
import { SILENT } from '../../backfill/scope/listing-listener.ts';
import { sampleScope } from '../../backfill/scope/sample.ts';
import { type Scope, urlOf } from '../../backfill/scope/scope.ts';
import type { ListObjects } from '../../file/bucket-listing.ts';
import { readFileFailure } from '../../file/file-failure.ts';
import { s3LogFile } from '../../file/log-file.ts';
import { listingOf } from '../../file/log-reader.ts';
import { nameOf } from '../../log-file-ref.ts';
import { counted } from '../../report/view/words.ts';
import { refusedByFilter } from '../../runtime/planning-runtime.ts';
import type { TaggingRuntime } from '../../runtime/runtime.ts';
import type { CommandCall } from '../command.ts';
import { startTaggingIn } from '../commands/start-tagging.ts';
import { type Complaints, complaintOf, createComplaints } from '../complaints.ts';
import { type Ending, endingOfError } from '../endings.ts';
import { startProgress } from '../progress.ts';
import { whyLeftOut } from './accounts.ts';
import { aboutText } from './run-words.ts';

/** Throws what is wrong with settings, credentials or the listing, and the reason of the signal. */
export async function estimateRun(
  { options, terminal, signal: interrupted }: CommandCall,
  scope: Scope,
  env: NodeJS.ProcessEnv,
): Promise<Ending> {
  const signal = endedAtOnce(interrupted);
  const { runtime, identity } = await startTaggingIn(env, {
    signal,
    complaints: createComplaints(() => {}), // the estimate names accounts without a role itself
    adapt: (settings) => ({ ...settings, filter: inScope(scope, settings.filter) }),
  });
  try {
    terminal.complain(`an estimate, which writes nothing, as ${identity.arn} in account ${identity.account}`);
    const found = await estimateOf(scope, runtime, terminal.complain, signal);
    if (found.files.high === 0) {
      terminal.complain(`${urlOf(scope)}: no log files of CloudTrail in what is asked for`);
      return 'nothing';
    }
    const lines = [aboutText(scope), ...estimateText(found)];
    terminal.print(
      options.json
        ? `${printableJson({ kind: 'estimate', scope, ...found })}\n`
        : lines.map((line) => `${printable(line)}\n`).join(''),
    );
    return 'done';
  } finally {
    runtime.destroy();
  }
}

/** Calls that only read need not end first: `InterruptedError` would leave them ten seconds. */
function endedAtOnce(interrupted: AbortSignal): AbortSignal {
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  const end = () => ending.abort(new Error('the estimate was stopped'));
  if (interrupted.aborted) end();
  else onAbort(interrupted, end);
  return ending.signal;
}

async function estimateOf(
  scope: Scope,
  runtime: TaggingRuntime,
  say: (note: string) => void,
  signal: AbortSignal,
): Promise<Estimate> {
  const { logs, settings, resources } = runtime;
  const progress = startProgress(signal);
  const complaints = createComplaints(say);
  const { list, readWrites, unread } = countedWork(scope, runtime, complaints, progress.update);
  try {
    const samples = await sampleScope({
      scope,
      list: list(listingOf(logs, scope.bucket)),
      readWrites,
      refused: (branch, each) => whyLeftOut(branch, resources.accounts, each),
      signal,
      now: Date.now(),
      listener: { ...SILENT, onNote: say },
    });
    const [first] = unread;
    if (samples.files.length === 0 && endingOfError(first) === 'access') throw first;
    return estimate(samples, { share: settings.pace.share * settings.pace.factor });
  } finally {
    progress.stop();
    complaints.end();
  }
}

/** What is asked of the bucket, told to the progress; a file that cannot be read is told, and tells nothing. */
function countedWork(
  { bucket }: Scope,
  { logs, settings }: TaggingRuntime,
  complaints: Complaints,
  update: (text: string) => void,
) {
  const unread: unknown[] = [];
  let [listed, read] = [0, 0];
  const show = () => update(`estimating: ${counted(listed, 'listing')}, ${counted(read, 'file')} read`);
  return {
    unread,
    list:
      (list: ListObjects): ListObjects =>
      (query, each) => {
        listed += 1;
        show();
        return list(query, each);
      },
    async readWrites(key: string, each: AbortSignal): Promise<FileSample['writes'] | undefined> {
      const ref = { bucket, key };
      const refuse = (creation: Parameters<typeof refusedByFilter>[0]) => refusedByFilter(creation, settings);
      try {
        return await writesOf(s3LogFile(logs, ref), { ...settings.planning, refuse }, each);
      } catch (error) {
        each.throwIfAborted();
        unread.push(error);
        const { code, message } = readFileFailure(error);
        complaints.add(complaintOf(nameOf(ref), message, code));
        return undefined;
      } finally {
        read += 1;
        show();
      }
    },
  };
}

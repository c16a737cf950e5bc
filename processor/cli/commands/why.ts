/** `why`: why a resource, or what an event created, was not tagged, and what to do. */
import type { ResourceRow } from '../../file/resource-row.ts';
import { ownRegion } from '../../runtime/settings.ts';
import { rowsOfArn } from '../../who/arn-type.ts';
import { type Candidates, collectCandidates, mayTell } from '../../who/candidates.ts';
import { askWhy, MAX_RESOURCE_CHARACTERS, type WhyQuestion } from '../../who/question.ts';
import { findingOfRow } from '../../who/run-rows.ts';
import { type Finding, judge } from '../../who/why.ts';
import type { CommandCall } from '../command.ts';
import { type Complaints, createComplaints } from '../complaints.ts';
import type { Ending } from '../endings.ts';
import { environmentOf } from '../environment.ts';
import { openPlanning } from '../open-planning.ts';
import { type Progress, startProgress } from '../progress.ts';
import { createRunEnding, type RunEnding } from '../run-ending.ts';
import { line } from '../who/answer-json.ts';
import { findingLine, findingText } from '../who/finding-text.ts';
import { readRuns, sortSources } from '../who/run-source.ts';
import { searchLogs } from '../who/search-logs.ts';
import { searched } from '../who/searched.ts';
import { WhoError } from '../who/who-error.ts';

export async function run(call: CommandCall): Promise<Ending> {
  const { args, options, terminal, signal } = call;
  const { json = false } = options;
  const { print, complain } = terminal;
  const [text = '', ...sources] = args;
  if (text.trim() === '' || text.length > MAX_RESOURCE_CHARACTERS) {
    throw new WhoError('expected the ARN, the id or the name of a resource, or the id of an event');
  }
  const progress = startProgress(signal);
  const complaints = createComplaints(complain);
  const ending = createRunEnding();
  const candidates = collectCandidates();
  const asking: Asking = { question: askWhy(text), progress, complaints, ending, candidates };
  try {
    const isOnlyStore = sources.length > 0;
    const bySources = isOnlyStore ? await askSources(sources, asking, call) : NOTHING;
    const isAsked = !isOnlyStore || options.table !== undefined;
    const byAccount = isAsked ? await askAccount(asking, call, isOnlyStore) : NOTHING;
    const findings = [...bySources.findings, ...byAccount.findings];
    const { files, leftOut } = bySources;
    progress.stop();
    for (const each of findings) print(json ? findingLine(each) : findingText(each));
    const lost = leftOut + candidates.leftOut;
    if (lost > 0)
      complain(`${lost} more records tell of it, and were not looked at: ask by the id of an event`);
    const isOver = findings.length > 0 || signal.aborted;
    const hint = isOver
      ? undefined
      : whyNothing(text, searched(sources, files, options), ownRegion(environmentOf(options)));
    if (hint !== undefined) {
      complain(hint);
      ending.add('nothing');
    }
    if (json) print(line('summary', { findings: findings.length, files, ...(hint && { hint }) }));
    return ending.ending;
  } finally {
    progress.stop();
    complaints.end();
  }
}

interface Asking {
  readonly question: WhyQuestion;
  readonly progress: Progress;
  readonly complaints: Complaints;
  readonly ending: RunEnding;
  readonly candidates: Candidates;
}

interface Judged {
  readonly findings: readonly Finding[];
  readonly files: number;
  /** Records that were found and not held. */
  readonly leftOut: number;
}

const NOTHING: Judged = { findings: [], files: 0, leftOut: 0 };

/** Of runs. */
const MAX_FINDINGS = 1_000;

/** By what runs and log files tell: no AWS call is made but those that read them. */
async function askSources(
  sources: readonly string[],
  { question, progress, complaints, ending, candidates }: Asking,
  { options, terminal: { complain }, signal }: CommandCall,
): Promise<Judged> {
  const { runtime } = await openPlanning(options, sources);
  const { runs, logs } = sortSources(sources);
  const findings: Finding[] = [];
  let leftOut = 0;
  try {
    const onRow = (row: ResourceRow, run: string) => {
      if (findings.length < MAX_FINDINGS) findings.push(findingOfRow(row, run));
      else leftOut++;
    };
    await readRuns(runs, question, onRow, { complain, signal });
    await runtime.refresh(signal);
    const { bounds, upserts } = runtime.settings.planning;
    const files = await searchLogs(logs, {
      runtime,
      data: { question, bounds, upserts },
      complaints,
      progress,
      ending,
      onFound(found) {
        for (const each of found.candidates) candidates.add(each);
        leftOut += found.candidatesLeftOut;
      },
      signal,
    });
    findings.push(...(await judge(candidates.list, question, runtime.files, signal)));
    return { findings, files, leftOut };
  } finally {
    runtime.destroy();
  }
}

/** By the event history, judged by what a dry run says, which reads the tags that are there, and by the metadata store; beside other sources by that alone. */
async function askAccount(
  { question, progress, complaints, ending, candidates }: Asking,
  { options, terminal, signal }: CommandCall,
  isOnlyStore: boolean,
): Promise<Judged> {
  const { openAws } = await import('../who/open-aws.ts');
  const { runtime, home } = await openAws(options, { signal, terminal, complaints });
  const { askAws } = await import('../who/ask-aws.ts');
  const stored: Finding[] = []; // of 100 names at most, with 300 events each
  try {
    await askAws(question, {
      runtime,
      home,
      isOnlyStore,
      progress,
      signal,
      complain(problem, means) {
        if (means !== 'done') ending.add(means);
        terminal.complain(problem);
      },
      isFound: () => candidates.list.length > 0,
      onRecord(record, { account, region }) {
        const source = { origin: 'event' as const, account };
        if (mayTell({ index: 0, record }, question, source)) {
          candidates.add({ record, toldBy: `the event history in ${region}`, source });
        }
        return false;
      },
      onStoredFindings(found) {
        stored.push(...found);
      },
    });
    const judged = isOnlyStore ? [] : await judge(candidates.list, question, runtime.files, signal);
    return { ...NOTHING, findings: [...judged, ...stored] };
  } finally {
    runtime.destroy();
  }
}

/** What can be said without a record. */
function whyNothing(text: string, where: string, region: string): string {
  const searched = `no record in ${where} tells of ${text}`;
  if (text.startsWith('arn:') && rowsOfArn(text, region, '000000000000').length === 0) {
    return `${searched}, and nothing that has such an ARN is tagged: it is not in the catalogue; \`auto-tagger coverage SERVICE\` lists what is`;
  }
  return `${searched}: its log file is not among these. Files lie in the folder of the account and region that the call was made in, and of the day on which they were delivered, some minutes after it; \`auto-tagger verify\` says whether the trail delivers`;
}

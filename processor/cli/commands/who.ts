/** `who`: who made a resource, or what somebody made, by what log files, runs, the metadata store or AWS itself tell. */
import type { TagSet } from '../../../tag-manager/tags/tag-set.ts';
import { readSpan } from '../../backfill/scope/times.ts';
import type { ResourceRow } from '../../file/resource-row.ts';
import { answerOf } from '../../who/answer.ts';
import {
  askAboutResource,
  type CreatorQuestion,
  MAX_RESOURCE_CHARACTERS,
  type ResourceQuestion,
} from '../../who/question.ts';
import { sightingOfRow, tagsWritten } from '../../who/run-rows.ts';
import { compileSearch } from '../../who/search-file.ts';
import type { Made } from '../../who/sighting.ts';
import { collectSubjects, type Subjects } from '../../who/subjects.ts';
import type { CommandCall } from '../command.ts';
import type { CommandOptions } from '../command-rows.ts';
import { type Complaints, createComplaints } from '../complaints.ts';
import type { Ending } from '../endings.ts';
import { openPlanning } from '../open-planning.ts';
import { type Progress, startProgress } from '../progress.ts';
import { createRunEnding, type RunEnding } from '../run-ending.ts';
import { answerLine, line, madeLine, tagsLine } from '../who/answer-json.ts';
import { answerText, madeText, tagsText } from '../who/answer-text.ts';
import { readRuns, sortSources } from '../who/run-source.ts';
import { searchLogs } from '../who/search-logs.ts';
import { searched } from '../who/searched.ts';
import { WhoError } from '../who/who-error.ts';

export async function run(call: CommandCall): Promise<Ending> {
  const { args, options, terminal, signal } = call;
  const { json = false } = options;
  const { print, complain } = terminal;
  const { question, sources } = read(args, options);
  const progress = startProgress(signal);
  const complaints = createComplaints(complain);
  const ending = createRunEnding();
  const subjects = collectSubjects();
  const told = { made: 0, files: 0, tags: undefined as TagSet | undefined };
  const isNew = createOnce();
  const onMade = (made: readonly Made[]) => {
    for (const each of made.filter(isNew)) {
      told.made++;
      print(json ? madeLine(each) : madeText(each));
    }
  };
  const asking: Asking = { question, progress, complaints, ending, subjects, told, onMade };
  try {
    if (sources.length > 0) await askSources(sources, asking, call);
    const isOnlyStore = sources.length > 0;
    if (!isOnlyStore || options.table !== undefined) await askAccount(asking, call, isOnlyStore);
    progress.stop();
    const found = subjects.list();
    for (const subject of found) {
      const answer = answerOf(subject);
      print(json ? answerLine(answer, told.tags) : answerText(answer, told.tags));
    }
    const { tags } = told;
    const isToldByTags = found.length === 0 && tags !== undefined && tags.size > 0;
    if (isToldByTags && question.kind === 'resource') {
      print(json ? tagsLine(question, tags) : tagsText(question, tags));
    }
    if (subjects.leftOut > 0) complain(TOO_MANY);
    const answers = told.made + found.length + (isToldByTags ? 1 : 0);
    if (json) {
      const interrupted = signal.aborted && { interrupted: true };
      print(line('summary', { answers, files: told.files, ...interrupted }));
    } else if (signal.aborted) {
      complain(`stopped before the end: this is what ${told.files} files say`);
    } else if (answers === 0) {
      complain(`nothing of ${shown(question)} was found in ${searched(sources, told.files, options)}`);
    }
    if (answers === 0 && !signal.aborted) ending.add('nothing');
    return ending.ending;
  } finally {
    progress.stop();
    complaints.end();
  }
}

/** Several sources may tell of the same event: it is told once, but where they tell of very many. */
function createOnce(): (made: Made) => boolean {
  const told = new Set<string>();
  return ({ eventID, eventTime, arn }) => {
    const key = `${eventID} ${eventTime} ${arn}`;
    if (told.has(key)) return false;
    if (told.size < MAX_TOLD) told.add(key);
    return true;
  };
}

/** Of each about 200 bytes are held. */
const MAX_TOLD = 20_000;

interface Asking {
  readonly question: ResourceQuestion | CreatorQuestion;
  readonly progress: Progress;
  readonly complaints: Complaints;
  readonly ending: RunEnding;
  readonly subjects: Subjects;
  readonly told: { files: number; tags: TagSet | undefined };
  readonly onMade: (made: readonly Made[]) => void;
}

async function askSources(
  sources: readonly string[],
  { question, progress, complaints, ending, subjects, told, onMade }: Asking,
  { options, terminal: { complain }, signal }: CommandCall,
): Promise<void> {
  const { runtime } = await openPlanning(withoutCreator(options), sources);
  const { runs, logs } = sortSources(sources);
  try {
    const onRow = (row: ResourceRow, run: string) => {
      const made = sightingOfRow(row, run);
      if (made === undefined) return;
      if (question.kind === 'creator') onMade([made]);
      else subjects.add(made);
    };
    await readRuns(runs, question, onRow, { complain, signal });
    if (question.kind === 'resource' && question.arns.length > 0) {
      for (const run of runs) told.tags = (await tagsWritten(run, question)) ?? told.tags;
    }
    const { bounds, upserts } = runtime.settings.planning;
    told.files = await searchLogs(logs, {
      runtime,
      data: { question, bounds, upserts },
      complaints,
      progress,
      ending,
      onFound({ subjects: found, made }) {
        subjects.addAll(found);
        onMade(made);
      },
      signal,
    });
  } finally {
    runtime.destroy();
  }
}

/** It asks, and does not filter. */
function withoutCreator({ creator: _, ...rest }: CommandOptions): CommandOptions {
  return rest;
}

/** What AWS tells, or, beside other sources, the metadata store alone. */
async function askAccount(
  { question, progress, complaints, ending, subjects, told, onMade }: Asking,
  { options, terminal, signal }: CommandCall,
  isOnlyStore: boolean,
): Promise<void> {
  const { openAws } = await import('../who/open-aws.ts');
  const { runtime, home } = await openAws(withoutCreator(options), { signal, terminal, complaints });
  const { askAws } = await import('../who/ask-aws.ts');
  try {
    const search = compileSearch(question, runtime.settings.planning);
    const oldest = question.kind === 'creator' ? question.from : undefined;
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
      isFound: () =>
        subjects.list().some(({ sightings }) => sightings.some(({ kind }) => kind === 'creation')),
      foundArn() {
        const [only, ...others] = subjects.list();
        return only !== undefined && others.length === 0 ? answerOf(only).arn : undefined;
      },
      onRecord(record, { account, region }) {
        const file = { records: [], source: { origin: 'event' as const, account } };
        const toldBy = `the event history in ${region}`;
        const sightings = search({ index: 0, record }, file, toldBy).map(({ index: _none, ...rest }) => rest);
        for (const each of sightings) {
          if (question.kind === 'resource') subjects.add(each);
          else if (each.kind === 'creation') onMade([each]);
        }
        return oldest !== undefined && String(record.eventTime) < oldest;
      },
      onTags(tags) {
        told.tags = tags;
      },
      onStored(stored) {
        for (const each of stored) subjects.add(each);
      },
      onStoredMade: onMade,
    });
  } finally {
    runtime.destroy();
  }
}

const TOO_MANY = 'more resources are called so than can be told of at once: ask by ARN, or in fewer files';

interface Asked {
  readonly question: ResourceQuestion | CreatorQuestion;
  readonly sources: readonly string[];
}

/** Throws WhoError, and ScopeError for times. */
function read(args: readonly string[], { creator, from, to }: CommandOptions): Asked {
  if (creator !== undefined) {
    const patterns = creator.split(',').flatMap((pattern) => pattern.trim() || []);
    if (patterns.length === 0) throw new WhoError('--creator is empty: expected ARNs, names or persons');
    return { question: { kind: 'creator', patterns, ...readSpan({ from, to }, Date.now()) }, sources: args };
  }
  if (from !== undefined || to !== undefined) {
    throw new WhoError('--from and --to go with --creator: of a resource the whole history counts');
  }
  const [resource = '', ...sources] = args;
  if (resource.trim() === '')
    throw new WhoError('expected the ARN, the id or the name of a resource, or --creator');
  if (resource.length > MAX_RESOURCE_CHARACTERS) {
    throw new WhoError(`no ARN is longer than ${MAX_RESOURCE_CHARACTERS} characters`);
  }
  return { question: askAboutResource(resource), sources };
}

function shown(question: ResourceQuestion | CreatorQuestion): string {
  return question.kind === 'creator' ? question.patterns.join(', ') : question.text;
}

/** `who`: who made a resource, or what somebody made, by what log files, runs, the metadata store or AWS itself tell. */
import { createPlanningRuntime } from '../../runtime/planning-runtime.ts';
import { ownRegion, readSettings } from '../../runtime/settings.ts';
import { answerOf } from '../../who/answer.ts';
import { askAboutResource, MAX_RESOURCE_CHARACTERS, type Question } from '../../who/question.ts';
import { collectSubjects } from '../../who/subjects.ts';
import type { CommandCall } from '../command.ts';
import { createComplaints } from '../complaints.ts';
import type { Ending } from '../endings.ts';
import { environmentOf } from '../environment.ts';
import { startProgress } from '../progress.ts';
import { createRunEnding } from '../run-ending.ts';
import { answerLine, line, madeLine } from '../who/answer-json.ts';
import { answerText, madeText } from '../who/answer-text.ts';
import type { Found } from '../who/search-files.ts';
import { searchLogs } from '../who/search-logs.ts';
import { WhoError } from '../who/who-error.ts';

export async function run({ args, options, terminal, signal }: CommandCall): Promise<Ending> {
  const { json = false } = options;
  const { print, complain } = terminal;
  const { creator, ...settingsOptions } = options; // it asks, and does not filter
  const { question, sources } = read(args, creator);
  const env = environmentOf(settingsOptions);
  const settings = readSettings(env, 'command-line');
  const runtime = createPlanningRuntime(settings, ownRegion(env));
  const progress = startProgress(signal);
  const complaints = createComplaints(complain);
  const ending = createRunEnding();
  const subjects = collectSubjects();
  let answers = 0;
  const onFound = ({ subjects: found, made }: Found) => {
    subjects.addAll(found);
    for (const each of made) progress.aside(() => print(json ? madeLine(each) : madeText(each)));
    answers += made.length;
  };
  try {
    const { bounds, upserts } = settings.planning;
    const data = { question, bounds, upserts };
    const files = await searchLogs(sources, {
      runtime,
      data,
      complain,
      complaints,
      progress,
      ending,
      onFound,
      signal,
    });
    progress.stop();
    const found = subjects.list();
    for (const subject of found) {
      const answer = answerOf(subject);
      print(json ? answerLine(answer) : answerText(answer));
    }
    answers += found.length;
    if (subjects.leftOut > 0) complain(TOO_MANY);
    if (json) {
      const interrupted = signal.aborted && { interrupted: true };
      print(line('summary', { answers, files, ...interrupted }));
    } else if (answers === 0) {
      complain(`nothing of ${shown(question)} was found in ${files} files`);
    }
    if (answers === 0) ending.add('nothing');
    return ending.ending;
  } finally {
    progress.stop();
    complaints.end();
    runtime.destroy();
  }
}

const TOO_MANY = 'more resources are called so than can be told of at once: ask by ARN, or in fewer files';

interface Asked {
  readonly question: Question;
  readonly sources: readonly string[];
}

/** Throws WhoError. */
function read(args: readonly string[], creator: string | undefined): Asked {
  if (creator !== undefined) {
    const patterns = creator.split(',').flatMap((pattern) => pattern.trim() || []);
    if (patterns.length === 0) throw new WhoError('--creator is empty: expected ARNs, names or persons');
    return { question: { kind: 'creator', patterns }, sources: args };
  }
  const [resource = '', ...sources] = args;
  if (resource.trim() === '')
    throw new WhoError('expected the ARN, the id or the name of a resource, or --creator');
  if (resource.length > MAX_RESOURCE_CHARACTERS) {
    throw new WhoError(`no ARN is longer than ${MAX_RESOURCE_CHARACTERS} characters`);
  }
  return { question: askAboutResource(resource), sources };
}

function shown(question: Question): string {
  return question.kind === 'resource' ? question.text : question.patterns.join(', ');
}

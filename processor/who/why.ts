/**
 * Why something was not tagged: the records that may tell are judged once more, by what judges every log file, all of one resource
 * together; so the answer is what would become of it by the present settings.
 */
import { IGNORED_REASONS, type IgnoredReason } from '../../parser/event/ignored-reason.ts';
import { nameOf } from '../../parser/event/record-facts.ts';
import { textAt } from '../../parser/path.ts';
import { OUTCOMES, type Outcome, type OutcomeName } from '../../tag-manager/outcome.ts';
import type { LogFile } from '../file/log-file.ts';
import type { FileProcessor } from '../file/process-file.ts';
import type { Candidate } from './candidates.ts';
import { isAskedFor, type WhyQuestion } from './question.ts';
import { OF_REASON, whatToDo } from './what-to-do.ts';

/** One event, or one resource of it. Texts of records are as the record has them. */
export interface Finding {
  readonly eventID: string;
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  /** Absent where the record named nothing that is tagged. */
  readonly arn?: string;
  readonly outcome: OutcomeName | IgnoredReason;
  /** In words. */
  readonly meaning: string;
  /** What in particular; empty where there is no more to say. */
  readonly detail: string;
  readonly todo: string;
  readonly toldBy: string;
  readonly index?: number;
}

/** In the order of their time. Throws what keeps the records from being judged. */
export async function judge(
  candidates: readonly Candidate[],
  question: WhyQuestion,
  files: FileProcessor,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const known = new Map(candidates.map((each) => [nameOf(each.record) || JSON.stringify(each.record), each]));
  const bySource = Map.groupBy(known.values(), ({ source }) => JSON.stringify(source));
  const findings: Finding[] = [];
  for (const group of bySource.values())
    findings.push(...(await judgeTogether(group, question, files, signal)));
  return findings.toSorted((one, other) => (one.eventTime < other.eventTime ? -1 : 1));
}

async function judgeTogether(
  group: readonly Candidate[],
  question: WhyQuestion,
  files: FileProcessor,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const [first] = group;
  if (first === undefined) return [];
  const { source, toldBy } = first;
  const file: LogFile = {
    name: toldBy,
    location: { kind: 'path', path: toldBy },
    open: async () => ({ records: group.map(({ record }) => record), source }),
  };
  const findings: Finding[] = [];
  const judged = new Set<Candidate>();
  const add = (at: number, rest: Pick<Finding, 'arn' | 'outcome' | 'meaning' | 'detail' | 'todo'>) => {
    const candidate = group[at];
    if (candidate === undefined) return;
    judged.add(candidate);
    findings.push({ ...factsOf(candidate), ...rest });
  };
  const report = await files.process(file, signal, {
    onPassedOver: ({ index, reason, detail }) => add(index, ofReason(reason, detail)),
    onOutcomes(outcomes) {
      for (const each of outcomes) {
        const { creation, resource } = each;
        const isAsked = creation.eventID === question.text || isAskedFor(question.resource, resource);
        if (isAsked) add(creation.index, ofOutcome(each));
        else judged.add(group[creation.index] as Candidate);
      }
    },
  });
  if (report.error !== undefined) throw new Error(report.error.message);
  const rest = group.filter((each) => !judged.has(each));
  return [
    ...findings,
    ...rest.map((each) => ({
      ...factsOf(each),
      ...ofReason('not-in-catalogue', 'the call itself is not known'),
    })),
  ];
}

function ofReason(outcome: IgnoredReason, detail: string) {
  const { meaning } = IGNORED_REASONS[outcome];
  return { outcome, meaning: `the record ${meaning}`, detail, todo: OF_REASON[outcome] };
}

function ofOutcome({ outcome, reason, failure, resource }: Outcome) {
  const detail = failure === undefined ? reason : `${failure.error}: ${failure.message}`;
  const { meaning } = OUTCOMES[outcome];
  return {
    arn: resource.arn,
    outcome,
    meaning: `the resource ${meaning}`,
    detail,
    todo: whatToDo(outcome, failure?.class),
  };
}

function factsOf({ record, toldBy, index }: Candidate) {
  return {
    eventID: nameOf(record),
    eventTime: textAt(record, 'eventTime') ?? '',
    eventSource: textAt(record, 'eventSource') ?? '',
    eventName: textAt(record, 'eventName') ?? '',
    toldBy,
    ...(index !== undefined && { index }),
  };
}

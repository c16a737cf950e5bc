/** Answers of `who` for people: what made the resource, from where, why it was this call, and the whole history below. */
import { printable } from '../../../parser/printable.ts';
import type { TagSet } from '../../../tag-manager/tags/tag-set.ts';
import { withoutHost } from '../../file/services.ts';
import type { Answer, Chapter } from '../../who/answer.ts';
import type { ResourceQuestion } from '../../who/question.ts';
import type { Made, Sighting } from '../../who/sighting.ts';
import { BY_TAGS } from './answer-json.ts';

const LABEL_WIDTH = 12;

/** More would drive the answer off the screen; `--json` has all. */
const SHOWN = 20;

export function answerText(
  { arn, type, name, made, deleted, why, history, leftOut }: Answer,
  tags?: TagSet,
): string {
  const head = `${arn}${type === undefined ? '' : `  (${type})`}`;
  const lines = [
    head,
    ...(deleted === undefined
      ? []
      : [labelled('deleted', `${deleted.eventTime} by ${who(deleted)}, ${eventOf(deleted)}`)]),
    ...(made === undefined ? [labelled('created by', 'unknown')] : madeLines(made)),
    labelled('why', why),
    labelled('account', name.account),
    ...(tags === undefined ? [] : tagLines(tags)),
    ...(history.length < 2 ? [] : historyLines(history, made, leftOut)),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** On one line. */
export function madeText(made: Made): string {
  const { eventTime, eventName, type, arn, mayBeUpdate } = made;
  const doubt = mayBeUpdate ? '  (may have been there)' : '';
  return `${printable(`${eventTime}  ${eventName}  ${type}  ${arn}  ${who(made)}${doubt}`)}\n`;
}

function madeLines(made: Made): string[] {
  const { creator, eventTime, resourceRegion, region } = made;
  const { person, name, invokedBy } = creator ?? { person: '', name: '', invokedBy: undefined };
  return [
    labelled(made.mayBeUpdate ? 'perhaps by' : 'created by', who(made)),
    ...(person === '' ? [] : [labelled('person', person === name ? person : `${person} (session ${name})`)]),
    ...(invokedBy === undefined ? [] : [labelled('through', invokedBy)]),
    labelled('call', eventOf(made)),
    labelled('time', eventTime),
    labelled('from', fromWhere(made)),
    labelled('region', region === resourceRegion ? region : `${resourceRegion}, called in ${region}`),
    labelled('told by', toldBy(made)),
  ];
}

/** Of a resource of which no event is known, and its tags are. */
export function tagsText({ text }: ResourceQuestion, tags: TagSet): string {
  const lines = [text, labelled('why', BY_TAGS), ...tagLines(tags)];
  return `${lines.map(printable).join('\n')}\n`;
}

function tagLines(tags: TagSet): string[] {
  if (tags.size === 0) return [labelled('tags', 'none')];
  return [...tags].map(([key, value], at) => labelled(at === 0 ? 'tags' : '', `${key} = ${value}`));
}

function labelled(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${text}`;
}

function who({ creator }: Sighting): string {
  return creator === undefined ? 'somebody whom the record does not name' : (creator.arn ?? creator.name);
}

/** The metadata store does not tell of which service a deletion is. */
export function callOf(eventName: string, eventSource: string): string {
  return eventSource === '' ? eventName : `${eventName} of ${withoutHost(eventSource)}`;
}

function eventOf({ eventName, eventSource, eventID }: Sighting): string {
  return `${callOf(eventName, eventSource)}, event ${eventID}`;
}

function fromWhere({ sourceIP, userAgent, isByConsole }: Made): string {
  const parts = [
    ...(sourceIP === undefined ? [] : [sourceIP]),
    ...(isByConsole ? ['in the AWS console'] : []),
    ...(userAgent === undefined ? [] : [`with ${userAgent}`]),
  ];
  return parts.length === 0 ? 'not told' : parts.join(', ');
}

function toldBy({ toldBy: source, index }: Sighting): string {
  return index === undefined ? source : `${source}, record ${index + 1}`;
}

function historyLines(history: readonly Chapter[], made: Made | undefined, leftOut: number): string[] {
  const left = history.length - SHOWN;
  const [first, last] = [Math.ceil(SHOWN / 2), Math.floor(SHOWN / 2)];
  const shown = (each: Chapter) => chapterLine(each, made);
  const lines =
    left <= 0
      ? history.map(shown)
      : [
          ...history.slice(0, first).map(shown),
          `    … ${left} more, which --json shows`,
          ...history.slice(-last).map(shown),
        ];
  const lost = leftOut > 0 ? [`    ${leftOut} more events between them were not kept`] : [];
  return ['  history', ...lines, ...lost];
}

function chapterLine({ sighting, standing }: Chapter, made: Made | undefined): string {
  const mark = sighting === made ? '*' : ' ';
  const why = standing === '' ? '' : `: ${standing}`;
  return `  ${mark} ${sighting.eventTime}  ${sighting.eventName} by ${who(sighting)}${why}`;
}

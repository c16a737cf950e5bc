/** Answers of `who` as JSON, one object a line, each with its `kind`. The fields are a contract with users: docs/who.md. */
import { printableJson } from '../../../parser/printable.ts';
import { type TagSet, toObject } from '../../../tag-manager/tags/tag-set.ts';
import type { Answer } from '../../who/answer.ts';
import type { ResourceQuestion } from '../../who/question.ts';
import type { Made, Sighting } from '../../who/sighting.ts';

export function line(kind: string, fields: object): string {
  return `${printableJson({ kind, ...fields })}\n`;
}

export function answerLine(
  { name, arn, type, made, deleted, why, history, leftOut }: Answer,
  tags?: TagSet,
): string {
  return line('answer', {
    arn,
    ...(type !== undefined && { type }),
    account: name.account,
    ...(made !== undefined && { region: made.resourceRegion, ...callOf(made) }),
    ...(made?.mayBeUpdate && { mayBeUpdate: true }),
    why,
    ...(deleted !== undefined && { deleted: callOf(deleted) }),
    history: history.map(({ sighting, standing }) => ({
      event: sighting.kind,
      ...callOf(sighting),
      ...(sighting === made && { madeIt: true }),
      ...(standing !== '' && { standing }),
    })),
    ...(leftOut > 0 && { historyLeftOut: leftOut }),
    ...(tags !== undefined && { tags: toObject(tags) }),
  });
}

/** Of a resource of which no event is known, and its tags are. */
export function tagsLine({ text }: ResourceQuestion, tags: TagSet): string {
  return line('answer', { arn: text, why: BY_TAGS, tags: toObject(tags), history: [] });
}

export const BY_TAGS = 'no event is kept that tells who made it: all that is known is what its tags say';

/** One thing that somebody made. */
export function madeLine(made: Made): string {
  const { arn, type, name, resourceRegion: region, mayBeUpdate } = made;
  return line('made', {
    arn,
    type,
    account: name.account,
    region,
    ...callOf(made),
    ...(mayBeUpdate && { mayBeUpdate }),
  });
}

function callOf(sighting: Sighting) {
  const { creator, eventName, eventSource, eventTime, eventID, region, toldBy, index } = sighting;
  const { sourceIP, userAgent, isByConsole } = sighting;
  return {
    ...(creator !== undefined && { creator: creator.arn ?? creator.name, person: creator.person }),
    ...(creator?.invokedBy !== undefined && { invokedBy: creator.invokedBy }),
    eventName,
    eventSource,
    eventTime,
    eventID,
    eventRegion: region,
    ...(sourceIP !== undefined && { sourceIP }),
    ...(userAgent !== undefined && { userAgent }),
    ...(isByConsole && { console: true }),
    toldBy,
    ...(index !== undefined && { index }),
  };
}

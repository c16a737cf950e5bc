/** Whether somebody made it who is asked for: by ARN, name or person, as filters have it, or by the form that every service takes. */
import type { Creator } from '../../parser/event/creator.ts';
import { creatorKey } from '../../tag-manager/tags/creator-key.ts';
import { compileWildcard } from '../file/wildcard.ts';
import type { CreatorQuestion } from './question.ts';

export type AskedCreation = (creation: { readonly creator: Creator; readonly eventTime: string }) => boolean;

export function compileCreator({ patterns, from, to }: CreatorQuestion): AskedCreation {
  const wildcards = patterns.map((pattern) => compileWildcard(pattern));
  const [first, last] = [timeOf(from, Number.NEGATIVE_INFINITY), timeOf(to, Number.POSITIVE_INFINITY)];
  return ({ creator, eventTime }) => {
    const time = Date.parse(eventTime);
    if (!(time >= first && time < last)) return false;
    const { arn = '', name, person } = creator;
    const texts = new Set([arn, name, person]);
    for (const text of [...texts]) texts.add(creatorKey(text));
    texts.delete('');
    return wildcards.some((isMatch) => [...texts].some(isMatch));
  };
}

function timeOf(text: string | undefined, open: number): number {
  return text === undefined ? open : Date.parse(text);
}

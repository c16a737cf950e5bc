/** A creator of whom an ARN or a name is kept, in a run or in the metadata store, and the record is not there any more. */
import type { Creator } from '../../parser/event/creator.ts';

/** `text` is the ARN, or the name of a caller that has none; without a person, its name stands for that. */
export function creatorOf(text: string, person?: string): Creator {
  const name = text.split(/[:/]/).at(-1) || text;
  return {
    arn: text.startsWith('arn:') ? text : undefined,
    name,
    person: person ?? name,
    invokedBy: undefined,
  };
}

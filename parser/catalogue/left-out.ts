/** What is never tagged though a call creates it, and though that looks as if it could be tagged, each with the reason. */
import rows from './left-out.json' with { type: 'json' };

export interface LeftOutRow {
  readonly eventSource: string;
  /** Other sources that the same call may have. */
  readonly otherSources?: readonly string[];
  readonly eventName: string;
  /** IAM prefix of the service and, where the service authorization reference has one, the type: `ecs:task`, `swf`. */
  readonly resourceType: string;
  /** Ends the sentence "it is left out because …". */
  readonly reason: string;
}

export const LEFT_OUT: readonly LeftOutRow[] = rows;

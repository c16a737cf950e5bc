/** Where messages that are to be replayed come from: a queue, or a file with one message a line. */
import type { Sender } from '../../notification/trust.ts';

export interface ReplayMessage {
  /** The source's own, of no other message in it. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly body: string;
  /** Whose word it is. */
  readonly sender: Sender;
}

export interface ReplaySource {
  /** Every message once, a few at a time; ends when there are no others, or soon after the command was stopped. */
  batches(): AsyncGenerator<readonly ReplayMessage[]>;
  /** They are dealt with, and go. Throws where one of them stays. */
  remove(messages: readonly ReplayMessage[]): Promise<void>;
  /** All others that were given stay, for whoever asks next: to be called at the end, and never throws. */
  release(): Promise<void>;
}

/**
 * Creations outside of the times of a scope: files of a day hold records of others, and they are read whole. Deletions are
 * not left out, whenever they were: they tag nothing, and whoever asks what became of a name must know all of them.
 */
import type { Creation } from '../../../parser/event/creation.ts';
import type { Refusal } from '../../file/plan-file.ts';
import type { Span } from './times.ts';

/** Why a creation is not of the span; `undefined` where it is. */
export function refusedBySpan(
  { eventTime }: Pick<Creation, 'eventTime'>,
  { from, to }: Span,
): Refusal | undefined {
  const time = Date.parse(eventTime);
  const refusal = (why: string) =>
    ({ reason: 'filtered-out', detail: `its time, ${eventTime}, is ${why}` }) as const;
  if (from !== undefined && time < Date.parse(from)) return refusal(`before ${from} (--from)`);
  if (to !== undefined && time >= Date.parse(to)) return refusal(`not before ${to} (--to)`);
  return undefined;
}

/** All items of an invocation, beside one another: each has its result when the answer must be given. */
import type { Item } from '../notification/task.ts';
import type { WorkContext } from './context.ts';
import { doItem } from './do-item.ts';
import { type ItemResult, notDone } from './settle.ts';

const LATE = 'the time was up before it was known to be dealt with';

/**
 * In the order of the items. One that is late is not done and comes again; so does one that breaks something of ours,
 * and `onBroken` is told what.
 */
export async function doItems(
  items: readonly Item[],
  context: WorkContext,
  onBroken: (error: Error) => void,
): Promise<readonly ItemResult[]> {
  const { handOnSignal } = context;
  const { promise: timeIsUp, resolve } = Promise.withResolvers<unknown>();
  handOnSignal.addEventListener('abort', resolve);
  const attempt = (item: Item) =>
    doItem(item, context).catch((error: Error) => {
      onBroken(error);
      return notDone(item, `${error.name}: ${error.message}`);
    });
  try {
    return await Promise.all(
      items.map((item) => Promise.race([attempt(item), timeIsUp.then(() => notDone(item, LATE))])),
    );
  } finally {
    handOnSignal.removeEventListener('abort', resolve);
  }
}

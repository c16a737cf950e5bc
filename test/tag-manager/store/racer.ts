/** One of the processes that race: it tags what its parent sends, all at once, with the store of all. */
import { createCalls } from '../../../tag-manager/calls/calls.ts';
import { createTagManager } from '../../../tag-manager/tag-manager.ts';
import { createTaggers } from '../../../tag-manager/taggers/taggers.ts';
import { compileTagSettings } from '../../../tag-manager/tags/tag-settings.ts';
import { creationOf, type KindName } from '../creations.ts';
import { NOW, OPTIONS } from '../tagging.ts';
import { storeOn } from './stores.ts';

export interface RaceEvent {
  readonly kind: KindName;
  readonly id: string;
  readonly by: string;
  readonly at: string;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** How often what was deferred is tried again. */
const TRIES = 10;

let manager: ReturnType<typeof managerWith> | undefined;

function managerWith(credentials: Credentials) {
  const calls = createCalls({ credentialsFor: () => async () => credentials, concurrency: 32 });
  return createTagManager({
    settings: compileTagSettings(OPTIONS, {}),
    calls,
    taggerFor: createTaggers(),
    ledger: storeOn(calls).ledger,
    batchesAtOnce: 32,
    now: () => NOW,
  });
}

async function race({ kind, id, by, at }: RaceEvent): Promise<string> {
  const creations = [{ ...creationOf(kind, id, { by, at }), eventID: `${by}-${id}` }];
  for (let left = TRIES; ; left--) {
    const { outcomes } = (await manager?.tag({ creations }, new AbortController().signal)) ?? {
      outcomes: [],
    };
    const outcome = outcomes[0]?.outcome ?? 'none';
    if (outcome !== 'deferred' || left === 0) return outcome;
  }
}

process.on('message', async (message: Credentials | readonly RaceEvent[]) => {
  if (Array.isArray(message)) {
    process.send?.(await Promise.all(message.map(race)));
    return;
  }
  manager = managerWith(message as Credentials);
  process.send?.('ready');
});

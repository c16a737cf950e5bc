/** One of the handlers of pace.ts, a process of its own as in Lambda: it has its files done, and tells what became of them. */
import { handle } from '../processor/handler.ts';
import { createDeadline } from '../processor/runtime/deadline.ts';
import { createTaggingRuntime } from '../processor/runtime/runtime.ts';
import { readSettings } from '../processor/runtime/settings.ts';
import { ACCOUNT, HOME_REGION, LOG_BUCKET } from './pace-load.ts';

export type Outcomes = Readonly<Record<string, number>>;

/** By outcome, how many resources. */
export async function doFiles(keys: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcomes> {
  const runtime = createTaggingRuntime(readSettings(env, 'function'), {
    ownAccount: ACCOUNT,
    region: HOME_REGION,
    onRefused: () => {},
  });
  try {
    const event = { bucket: LOG_BUCKET, keys };
    const answer = await handle(event, runtime, createDeadline(Number.POSITIVE_INFINITY));
    const { reports } = answer as { readonly reports: readonly { readonly outcomes: Outcomes }[] };
    return sum(reports.map(({ outcomes }) => outcomes));
  } finally {
    runtime.destroy();
  }
}

export function sum(all: readonly Outcomes[]): Outcomes {
  const total: Record<string, number> = {};
  for (const outcomes of all) {
    for (const [name, count] of Object.entries(outcomes)) {
      if (count > 0) total[name] = (total[name] ?? 0) + count;
    }
  }
  return total;
}

/** Once it is there it waits for its keys. */
if (process.send !== undefined && process.env.PACE_HANDLER === 'true') {
  process.once('message', async (keys: readonly string[]) => {
    process.send?.(await doFiles(keys, process.env));
    process.disconnect();
  });
  process.send('ready');
}

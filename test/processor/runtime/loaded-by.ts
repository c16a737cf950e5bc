/** A process that makes a runtime of its environment, and prints the packages that were loaded for it. */
import { registerHooks } from 'node:module';

const urls: string[] = [];
registerHooks({
  load(url, context, next) {
    urls.push(url);
    return next(url, context);
  },
});
const { createTaggingRuntime } = await import('../../../processor/runtime/runtime.ts');
const { readSettings } = await import('../../../processor/runtime/settings.ts');
createTaggingRuntime(readSettings(process.env, 'command-line'), {
  ownAccount: '111122223333',
  region: 'eu-west-1',
  onRefused: () => {},
});
process.on('exit', () => {
  // All that was begun has been loaded by now.
  const packages = urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
  process.stdout.write(JSON.stringify([...new Set(packages)]));
});

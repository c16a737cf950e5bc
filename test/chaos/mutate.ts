/** Loaded before a run of histories (`node --import`): breaks the rule that CHAOS_MUTANT names, as its file is loaded. */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MUTANTS } from './mutants.ts';

const name = process.env.CHAOS_MUTANT ?? '';
const mutant = MUTANTS[name];
if (mutant === undefined)
  throw new Error(`CHAOS_MUTANT is ${JSON.stringify(name)}, expected one of mutants.ts`);

const { file, text, by } = mutant;
const wanted = pathToFileURL(join(import.meta.dirname, '../..', file)).href;
let isBroken = false;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== wanted) return loaded;
    const source = String(loaded.source);
    if (source.split(text).length !== 2)
      throw new Error(`${file} does not have exactly one ${JSON.stringify(text)}`);
    isBroken = true;
    return { ...loaded, source: source.replace(text, () => by) };
  },
});

process.on('exit', () => {
  if (!isBroken) throw new Error(`nobody loaded ${file}`);
});

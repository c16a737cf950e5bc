/**
 * Breaks rules of the tool as their files are loaded. What is imported with `?mutant=NAME` has that rule broken, and so has
 * all of the tool that it imports, beside the same files unbroken: one process breaks one rule after the other.
 */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MUTANTS, type Mutant } from './mutants.ts';

const ROOT = pathToFileURL(join(import.meta.dirname, '../..')).href;

/** What knows nothing of who owns a resource is loaded once for all. */
const IS_BROKEN_WITH = /^\/(processor|tag-manager\/(?!apis\/|services\/))|^\/test\/chaos\/(season|function)/;

export interface Mutants {
  /** Whether the file whose text is exchanged has been loaded so. */
  isLoaded(name: string): boolean;
}

/** For the rest of the process. */
export function breakRules(): Mutants {
  const loaded = new Set<string>();

  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const name = mutantOf(context.parentURL);
      if (name === undefined || resolved.url.includes('?') || !isBrokenWith(resolved.url)) return resolved;
      return { ...resolved, url: `${resolved.url}?mutant=${encodeURIComponent(name)}` };
    },
    load(url, context, nextLoad) {
      const result = nextLoad(url, context);
      const name = mutantOf(url);
      const mutant = MUTANTS[name ?? ''];
      if (name === undefined || mutant === undefined || !isFile(url, mutant)) return result;
      loaded.add(name);
      return { ...result, source: broken(String(result.source), mutant) };
    },
  });

  return { isLoaded: (name) => loaded.has(name) };
}

function mutantOf(url: string | undefined): string | undefined {
  return url?.startsWith('file:') ? (new URL(url).searchParams.get('mutant') ?? undefined) : undefined;
}

const isBrokenWith = (url: string) => url.startsWith(ROOT) && IS_BROKEN_WITH.test(url.slice(ROOT.length));

function isFile(url: string, { file }: Mutant): boolean {
  const { pathname } = new URL(url);
  return fileURLToPath(new URL(pathname, url)) === join(fileURLToPath(ROOT), file);
}

function broken(source: string, { file, text, by }: Mutant): string {
  if (source.split(text).length !== 2)
    throw new Error(`${file} does not have exactly one ${JSON.stringify(text)}`);
  return source.replace(text, () => by);
}

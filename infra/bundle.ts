/**
 * The function's code: the SDK is in it and nothing beside it, in a zip archive. The SDK of the runtime is left alone, because it
 * changes under us and is loaded more slowly. What only some invocations need lies in files of its own, which Node does not even
 * read before: of the first answer of a new function, reading code is the largest part (bench/RESULTS.md).
 */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';
import { askForBuiltins } from './builtins.ts';
import { type ZipEntry, zip } from './zip.ts';

/** CommonJS packages in the bundle ask for modules of Node. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const BUNDLING = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  mainFields: ['module', 'main'], // of the SDK's CommonJS nothing could be shaken off
  banner: { js: REQUIRE },
  logLevel: 'warning',
} as const satisfies BuildOptions;

export const HANDLER = 'index.handler';

let built: Buffer | undefined;

/** Built once a process. */
export function functionZip(): Buffer {
  built ??= zip(bundle());
  return built;
}

/** The file of the handler, and those that it loads. */
export function bundle(): readonly ZipEntry[] {
  const { outputFiles } = buildSync({
    ...BUNDLING,
    entryPoints: { index: here('../processor/handler.ts') },
    splitting: true,
    outdir: 'function',
    outExtension: { '.js': '.mjs' },
    write: false,
  });
  return outputFiles.map(({ path, text }) => ({
    name: basename(path),
    contents: Buffer.from(askForBuiltins(text)),
  }));
}

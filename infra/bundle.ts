/**
 * The function's code: one file, with the SDK in it and nothing beside it, in a zip archive. The SDK of the runtime is left alone,
 * because it changes under us and is loaded more slowly.
 */
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';
import { zip } from './zip.ts';

/** CommonJS packages in the bundle ask for modules of Node. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

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
  built ??= zip('index.mjs', bundle());
  return built;
}

export function bundle(): Uint8Array {
  const { outputFiles } = buildSync({
    ...BUNDLING,
    entryPoints: [fileURLToPath(new URL('../processor/handler.ts', import.meta.url))],
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('bundling processor/handler.ts: esbuild gave no file');
  return file.contents;
}

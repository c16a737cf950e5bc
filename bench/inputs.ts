/**
 * What the benchmarks read: generated files in a temporary folder of this run, or real ones that the user
 * names.
 */
import { createWriteStream, readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { generateLargeDocument, generateSmallDocuments } from '../fixtures/generate-logs.ts';

const SEED = 20_240_501;
const LARGE_BYTES = 48_000_000;
const HUGE_BYTES = 1024 ** 3;
const SMALL_FILES = 4000;

export interface Inputs {
  /** One path. */
  large(): Promise<string>;
  /** One path, 1 GiB before compression where it is generated. */
  huge(): Promise<string>;
  many(): Promise<readonly string[]>;
}

export function generatedInputs(folder: string): Inputs {
  return {
    large: () => writeLarge(join(folder, 'large.json.gz'), LARGE_BYTES),
    huge: () => writeLarge(join(folder, 'huge.json.gz'), HUGE_BYTES),
    async many() {
      const small = join(folder, 'small');
      await mkdir(small, { recursive: true });
      const paths: string[] = [];
      for (const document of generateSmallDocuments(SMALL_FILES, { seed: SEED })) {
        const path = join(small, `${paths.length}.json.gz`);
        await writeFile(path, gzipSync(document));
        paths.push(path);
      }
      return paths;
    },
  };
}

async function writeLarge(path: string, bytes: number): Promise<string> {
  await pipeline(
    Readable.from(generateLargeDocument(bytes, { seed: SEED })),
    createGzip(),
    createWriteStream(path),
  );
  return path;
}

/** The `.json.gz` files at and below the path: the largest for what wants one, all of them for what wants many. */
export function realInputs(path: string): Inputs {
  const paths = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.json.gz'))
        .map((name) => join(path, name))
        .toSorted()
    : [path];
  if (paths.length === 0) throw new Error(`no .json.gz files in ${path}`);
  const largest = async () =>
    paths.reduce((one, other) => (statSync(other).size > statSync(one).size ? other : one));
  return { large: largest, huge: largest, many: async () => paths };
}

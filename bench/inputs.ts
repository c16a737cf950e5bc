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
import { ACCOUNT, CAPITALS } from '../fixtures/generated/account.ts';
import { createRandom } from '../fixtures/generated/random.ts';

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
  /** A folder with so many small files, named as CloudTrail names them; of real ones, with all that there are. */
  folder(files: number): Promise<string>;
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
    folder: (files) => writeFolder(join(folder, `folder-${files}`), files),
  };
}

/** Files that CloudTrail delivers in a day for one account and region, which is one folder. */
const FILES_A_DAY = 288;
const FIRST_DAY = Date.UTC(2024, 4, 1);
const MINUTE_MS = 60_000;

/** The same contents again after `SMALL_FILES`. */
async function writeFolder(folder: string, files: number): Promise<string> {
  const random = createRandom(SEED);
  const contents = generateSmallDocuments(Math.min(files, SMALL_FILES), { seed: SEED })
    .map((document) => gzipSync(document))
    .toArray();
  for (let file = 0; file < files; file++) {
    const minutes = (file * 24 * 60) / FILES_A_DAY;
    const time = new Date(FIRST_DAY + minutes * MINUTE_MS).toISOString();
    const day = join(
      folder,
      `AWSLogs/${ACCOUNT}/CloudTrail/eu-west-1`,
      time.slice(0, 10).replaceAll('-', '/'),
    );
    if (file % FILES_A_DAY === 0) await mkdir(day, { recursive: true });
    const minute = `${time.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
    const name = `${ACCOUNT}_CloudTrail_eu-west-1_${minute}_${random.text(16, CAPITALS)}.json.gz`;
    await writeFile(join(day, name), contents[file % contents.length] as Buffer);
  }
  return folder;
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
  return { large: largest, huge: largest, many: async () => paths, folder: async () => path };
}

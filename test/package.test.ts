/** The package that `npm pack` makes, installed into an empty folder: it runs there, with nothing beside it. */
import { execFile } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { type Installed, installPackage } from '../bench/installed.ts';
import { generateDocument } from '../fixtures/generate-logs.ts';
import { buildPackage } from '../infra/package/build.ts';
import { ENGINES } from '../infra/package/engines.ts';
import { licencesOf } from '../infra/package/licences.ts';
import { ROOT, type Run } from './helpers/command.ts';
import { recordLoads } from './helpers/loads.ts';

const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

let folder: string;
let built: Metafile;
let installed: Installed;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'auto-tagger-package-'));
  built = buildPackage(join(ROOT, 'dist'));
  installed = await installPackage(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The folder of the Node that runs the installed command; the tests themselves need that of the scripts. */
const { INSTALLED_NODE = dirname(process.execPath) } = process.env;

/** In an empty environment and folder, as somebody who has only Node. */
function autoTagger(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const PATH = `${INSTALLED_NODE}:/usr/bin:/bin`;
  const options = { cwd: folder, env: { PATH, ...env }, maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    execFile(installed.command, args, options, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}

/** Files with the same five records. */
function logFiles(name: string, count: number): string {
  mkdirSync(join(folder, name));
  const file = join(folder, name, '0.json.gz');
  writeFileSync(file, gzipSync(generateDocument(5, { seed: 7, creations: 1 })));
  for (let at = 1; at < count; at++) linkSync(file, join(folder, name, `${at}.json.gz`));
  return name;
}

const summaryOf = ({ stdout }: Run) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '');

describe('the package', () => {
  test('is made by npm pack, and needs no other', () => {
    expect(PACKAGE.scripts.prepack).toMatch(/infra\/package\/build\.ts$/);
    expect(PACKAGE).not.toHaveProperty('dependencies');
    const modules = dirname(dirname(installed.command));
    expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['auto-tagger']);
  });

  test('says on which versions of Node it runs', () => {
    expect(PACKAGE.engines.node).toBe(`>=${ENGINES.major}.${ENGINES.minor}`);
  });

  test('brings the licences of what is bundled', () => {
    const licences = readFileSync(join(dirname(installed.script), 'LICENSES.txt'), 'utf8');
    expect(licences).toMatch(/^@aws-sdk\/client-s3 [\d.]+ \(Apache-2\.0\)$/m);
    expect(licences).toMatch(/^commander [\d.]+ \(MIT\)$/m);
  });

  test('bundles nothing whose licence forbids it', () => {
    const file = 'node_modules/@cloud-copilot/iam-simulate/dist/esm/index.js';
    expect(() => licencesOf(ROOT, [file])).toThrow(
      '@cloud-copilot/iam-simulate: expected a licence that lets it be bundled, got AGPL-3.0-or-later',
    );
  });

  test('escapes patterns on Node 22 as on Node 24', async () => {
    const own = RegExp.escape;
    Reflect.deleteProperty(RegExp, 'escape');
    try {
      await import('../infra/package/node-22.ts');
      for (const text of ['a-b', '(?<x>y)', '^a.b*c+d?$', '[a]{1}|b/c', '\\d']) {
        expect(`x${text}`).toMatch(new RegExp(`^x${RegExp.escape(text)}$`, 'u'));
      }
    } finally {
      RegExp.escape = own;
    }
  });
});

describe('the installed command', () => {
  test.concurrent('tells its version', async () => {
    const run = await autoTagger(['--version']);
    expect(run).toEqual({ exitCode: 0, stdout: `${PACKAGE.version}\n`, stderr: '' });
  });

  test.concurrent('plans many small files in threads, in the order of their names', async () => {
    const loads = recordLoads();
    const run = await autoTagger(['plan', '--json', logFiles('small', 1_200)], loads.env);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(summaryOf(run)).toMatchObject({ files: 1_200, unreadable: 0, creations: 6_000 });
    const names = run.stdout.match(/(?<="kind":"file","file":")[^"]*/g) ?? [];
    expect(names).toHaveLength(1_200);
    expect(names).toEqual(names.toSorted());
    expect(filesIn(loads.read())).toContain('plan-thread.mjs');
  });

  test.concurrent('draws a report, with what only that loads', async () => {
    const loads = recordLoads();
    const run = await autoTagger(['report', logFiles('few', 3), '-o', 'few.html'], loads.env);
    expect(run).toMatchObject({ exitCode: 0, stdout: '' });
    expect(readFileSync(join(folder, 'few.html'), 'utf8')).toMatch(
      /<h1>[\d,]+ resources, by \d+ creators<\/h1>/,
    );
    const drawing = sourcesOf(filesIn(loads.read())).filter((source) =>
      source.includes('@observablehq/plot'),
    );
    expect(drawing).not.toEqual([]);
    expect(Object.keys(built.outputs).map((path) => basename(path))).toContain('report-thread.mjs');
  });

  test.concurrent('without a command runs the demo, in which every tag is right', async () => {
    const run = await autoTagger([]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(/^24 of 24 resources bear the tags that the calls say\.$/m);
  });
});

/** The names of the files of the package among them. */
function filesIn(urls: readonly string[]): readonly string[] {
  return urls.filter((url) => url.includes('/dist/')).map((url) => basename(url));
}

/** The modules of Node that a file of the package asks for when it is loaded. */
function builtinsOf(file: string): readonly string[] {
  const code = readFileSync(join(ROOT, 'dist', file), 'utf8');
  expect(code).not.toMatch(/\bimport\b[^;"'()]*["']node:/);
  return [...code.matchAll(/=process\.getBuiltinModule\("([^"]+)"\)/g)].map(([, name = '']) => name);
}

/** What went into those files, ours and that of packages. */
function sourcesOf(files: readonly string[]): readonly string[] {
  const outputs = Object.entries(built.outputs).filter(([path]) => files.includes(basename(path)));
  return outputs.flatMap(([, { inputs }]) => Object.keys(inputs)).sort();
}

describe('plan of files on disk loads nothing that it does not need:', () => {
  let sources: readonly string[];
  let builtins: readonly string[];

  beforeAll(async () => {
    const loads = recordLoads();
    await autoTagger(['plan', logFiles('one', 1)], loads.env);
    const files = filesIn(loads.read());
    sources = sourcesOf(files);
    builtins = files.flatMap(builtinsOf);
  });

  test('what it needs is among the sources', () => {
    expect(sources).toContain('parser/reading/fast-reader.ts');
  });

  test('no packages but those of arguments and columns', () => {
    const packages = sources.flatMap(
      (source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? [],
    );
    expect([...new Set(packages)]).toEqual(['commander', 'get-east-asian-width']);
  });

  test.each([
    ['the sandbox and the demo', /^(sandbox|demo)\//],
    ['other commands', /^processor\/(verify|policy|coverage|report|queues\/queues|alerts)/],
    ['what reads from S3 and tags', /^processor\/(file\/log-reader|runtime\/runtime)\.ts$/],
    ['taggers, stores and clients', /^tag-manager\/(taggers|services|store|calls\/clients)/],
    ['the reader of odd files', /^parser\/reading\/general-reader/],
  ])('not %s', (_, unwanted) => {
    expect(sources.filter((source) => unwanted.test(source))).toEqual([]);
  });

  test('nothing of Node that speaks to a network', () => {
    expect(builtins).toContain('node:zlib');
    expect(builtins.filter((name) => /^(node:)?(https?|http2|net|tls|dns)\b/.test(name))).toEqual([]);
  });
});

/** Who may know whom: read off the imports, so that the picture in docs/architecture.md stays true. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');

interface Import {
  readonly file: string;
  readonly isTypeOnly: boolean;
  /** A path from the root for our own files, else the name of a package. */
  readonly from: string;
}

const IMPORT = /^(?:import|export)\s+(type\s)?([^'";]*?)\s*from\s+'([^']+)'/gms;

function importsOf(folder: string): Import[] {
  const files = globSync(`${folder}/**/*.ts`, { cwd: ROOT, exclude: (name) => name === 'assembly' });
  expect(files.length).toBeGreaterThan(0);
  return files.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)].map(([, type, names = '', from = '']) => ({
      file,
      isTypeOnly: type !== undefined || /^\{(\s*type\s[^,}]+,?)+\s*\}$/s.test(names.trim()),
      from: from.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), from)) : from,
    })),
  );
}

const ours = ({ from }: Import, folder: string) => from.startsWith(`${folder}/`);
const FOLDERS = [
  'parser',
  'tag-manager',
  'processor',
  'infra',
  'sandbox',
  'demo',
  'fixtures',
  'bench',
  'test',
];

function strangers(folder: string, allowed: readonly string[]): Import[] {
  return importsOf(folder).filter((each) =>
    FOLDERS.some((other) => other !== folder && ours(each, other) && !allowed.includes(other)),
  );
}

describe('the parser', () => {
  test('imports nothing of our other folders', () => {
    expect(strangers('parser', [])).toEqual([]);
  });

  test('knows no AWS SDK', () => {
    expect(
      importsOf('parser').filter(({ from }) => from.startsWith('@aws') || from.startsWith('@smithy')),
    ).toEqual([]);
  });
});

describe('the tag manager', () => {
  test('imports only the parser', () => {
    expect(strangers('tag-manager', ['parser'])).toEqual([]);
  });

  test('takes only types from the parser', () => {
    const values = importsOf('tag-manager').filter((each) => ours(each, 'parser') && !each.isTypeOnly);
    expect(values).toEqual([]);
  });
});

describe('the processor', () => {
  test('knows parser and tag manager, and nobody else', () => {
    expect(strangers('processor', ['parser', 'tag-manager'])).toEqual([]);
  });
});

describe('the sandbox', () => {
  test('knows nothing of the code that is tested in it', () => {
    expect(strangers('sandbox', [])).toEqual([]);
  });
});

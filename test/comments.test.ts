/** One dialect of comments: a file opens with what it is for, and what stands outside of bodies is a doc comment. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = '{parser,tag-manager,processor,sandbox,demo,fixtures,bench,test,infra}';

const FILES = globSync(`${FOLDERS}/**/*.ts`, { cwd: ROOT }).map((file) => ({
  file,
  source: readFileSync(join(ROOT, file), 'utf8'),
}));

const filesWhere = (isSo: (source: string) => boolean) =>
  FILES.filter(({ source }) => isSo(source)).map(({ file }) => file);

test('every file opens with a doc comment', () => {
  expect(FILES.length).toBeGreaterThan(300);
  expect(filesWhere((source) => !source.startsWith('/**'))).toEqual([]);
});

test('no line comment stands outside of a body', () => {
  expect(filesWhere((source) => /^\/\/ /m.test(source))).toEqual([]);
});

/** What the docs say of coverage, against the tables that it is made of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { coverage, sumsOf } from '../../../processor/coverage/coverage.ts';
import { coverageDocument } from '../../../processor/coverage/coverage-document.ts';
import { sumsInWords } from '../../../processor/coverage/words.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, '../../..', name), 'utf8');

test('docs/coverage.md is what the tables say: run `npm run coverage-docs` after a change', () => {
  const text = read('docs/coverage.md');
  const expected = coverageDocument();
  // The first line that differs says more than two documents of 2,500 lines.
  const differing = expected.split('\n').filter((line, at) => text.split('\n')[at] !== line);
  expect(differing.slice(0, 1)).toEqual([]);
  expect(text).toBe(expected);
});

test('every service in the table of docs/coverage.md leads to its section', () => {
  const text = read('docs/coverage.md');
  const linked = [...text.matchAll(/^\| \[([\w-]+)\]\(#([\w-]+)\)/gm)].map(([, , anchor]) => anchor);
  const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title);
  expect(linked).toEqual(sections);
  expect(sections).toEqual(coverage().map(({ service }) => service));
});

test('README.md says how much that is', () => {
  const text = read('README.md').replaceAll(/\s+/g, ' ');
  expect(text).toContain(`What ${sumsInWords(sumsOf(coverage()))}`);
});

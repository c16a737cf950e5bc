/** What makes the histories worth believing: the oracle knows nothing of the tool, and a broken rule is seen. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readImports } from '../architecture/imports.ts';
import { ROOT } from '../helpers/command.ts';
import { longer } from '../helpers/runs.ts';
import { runMutants } from './command.ts';
import { MUTANTS } from './mutants.ts';

/** Of all mutants: they share a process. */
const TIMEOUT = longer(240_000);

const isFile = (path: string) => path.endsWith('.ts') && existsSync(join(ROOT, path));

test('the oracle knows nothing of how the tool decides', () => {
  const needed = new Set(['test/chaos/oracle.ts']);
  for (const file of needed) {
    const imports = readImports(file, readFileSync(join(ROOT, file), 'utf8'), isFile);
    for (const { to, isOurs } of imports) if (isOurs) needed.add(to);
  }
  const ofTheTool = [...needed].filter((file) => /^(parser|tag-manager|processor)\//.test(file));
  expect(ofTheTool).toEqual([]);
});

describe('a rule that is broken is seen', () => {
  let searches: Awaited<ReturnType<typeof runMutants>>;

  beforeAll(async () => {
    searches = await runMutants(TIMEOUT);
  }, TIMEOUT);

  test.each(Object.keys(MUTANTS))('%s', (name) => {
    expect(searches[name]).toMatchObject({ isLoaded: true, findings: expect.arrayContaining(['wrong']) });
  });
});

/** What makes the histories worth believing: the oracle knows nothing of the tool, and a broken rule is seen. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readImports } from '../architecture/imports.ts';
import { ROOT } from '../helpers/command.ts';
import { longer } from '../helpers/runs.ts';
import { runChaos } from './command.ts';
import { MUTANTS } from './mutants.ts';

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
  const cases = Object.entries(MUTANTS).map(([name, mutant]) => [name, mutant] as const);

  test.each(cases)('%s', async (name, { store = false }) => {
    const args = ['--histories', '400', '--seed', '11', '--until-wrong', store ? '--store' : '--no-store'];
    const { report } = await runChaos(args, { mutant: name, timeout: longer(120_000) });
    const { wrong, lost, foreignTagsLost, deadLettersUnexplained } = report;
    expect(wrong + lost + foreignTagsLost + deadLettersUnexplained).toBeGreaterThan(0);
  });
});

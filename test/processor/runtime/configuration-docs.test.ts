/** docs/configuration.md shows the table of variables, row by row. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type Variable, variablesAt } from '../../../processor/runtime/variables.ts';

const VARIABLES = variablesAt({
  isFunction: true,
  defaultBuckets: undefined,
  region: 'eu-west-1',
  endpointHosts: [],
});

/** As a line of a table; a filter's two directions share one. */
function lines(variables: Readonly<Record<string, Variable>>): string[] {
  return Object.entries(variables).flatMap(([name, { default: otherwise, meaning }]) => {
    if (name.startsWith('EXCLUDE_')) return [];
    const names = name.startsWith('INCLUDE_')
      ? `\`${name}\`, \`${name.replace('INCLUDE', 'EXCLUDE')}\``
      : `\`${name}\``;
    return [`| ${names} | ${otherwise} | ${meaning} |`];
  });
}

test('the tables are the variables, all of them, in their order', () => {
  const text = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
  const shown = text.split('\n').filter((line) => /^\| `[A-Z_]+`/.test(line));
  expect(shown).toEqual(lines(VARIABLES));
});

test('the defaults that it shows are those of the settings', () => {
  for (const [name, { value, default: shown }] of Object.entries(VARIABLES)) {
    const data = name === 'LOG_BUCKETS' ? undefined : value.read(undefined); // there it must be set
    const isNone = data === undefined || (Array.isArray(data) && data.length === 0);
    if (isNone) expect([name, shown]).toEqual([name, expect.stringMatching(/^none/)]);
    else
      expect([name, shown]).toEqual([name, `\`${typeof data === 'object' ? JSON.stringify(data) : data}\``]);
  }
});

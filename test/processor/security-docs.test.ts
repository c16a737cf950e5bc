/** What SECURITY.md says of the code, where the code can be asked. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { trustTable } from '../../processor/notification/trust-table.ts';
import { VARIABLE_NAMES } from '../../processor/runtime/settings.ts';

const DOCS = readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8');

/** To update it: node processor/notification/trust-table.ts */
test('the table of what is believed of whom is that of the code', () => {
  expect(DOCS).toContain(`<!-- trust -->\n\n${trustTable()}\n\n<!-- /trust -->`);
});

test('every setting that it names is one', () => {
  const named = DOCS.match(/`[A-Z]+(_[A-Z]+)+(=\w+)?`/g) ?? [];
  const names = named.map((name) => name.replaceAll('`', '').replace(/=.*/, ''));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) expect([...VARIABLE_NAMES, 'AWS_ENDPOINT_URL']).toContain(name);
});

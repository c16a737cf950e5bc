/** The table of permissions that users copy from, against the rows that the calls are made by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { permissionsDocument } from '../../processor/policy/permissions-document.ts';
import { apiNamed, apiNames } from '../../tag-manager/apis/apis.ts';
import { TABLE_ACTIONS } from '../../tag-manager/store/table.ts';

const docsNamed = (name: string) => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');

test('docs/permissions.md is what `npm run permissions-docs` writes', () => {
  expect(docsNamed('permissions.md')).toBe(permissionsDocument());
});

test('docs/configuration.md lists the actions that it works without', () => {
  const apis = apiNames().map(apiNamed);
  const optional = apis.flatMap(({ actions }) => actions.optional ?? []);
  const purpose = 'when the service made it, where a name has several creations to choose from';
  const times = apis.flatMap(({ createdAt }) =>
    Object.values(createdAt).map(({ action }) => ({ action, purpose })),
  );
  const rows = [...optional, ...times].map((row) => `| \`${row.action}\` | ${row.purpose} |`);
  const docs = docsNamed('configuration.md');
  const table = docs.slice(docs.indexOf('| optional | what for |')).split('\n\n')[0] ?? '';
  expect(table.split('\n').slice(2)).toEqual(rows);
});

test.each(['permissions.md', 'configuration.md'])(
  'docs/%s names the actions on the table of the store',
  (name) => {
    for (const action of TABLE_ACTIONS) expect(docsNamed(name)).toContain(`\`${action}\``);
  },
);

/** The table of permissions that users copy from, against the rows that the calls are made by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { apiNamed, apiNames } from '../../tag-manager/apis/apis.ts';
import { TABLE_ACTIONS } from '../../tag-manager/store/table.ts';

const docsNamed = (name: string) => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');

test('docs/permissions.md lists the IAM actions of every tagging API', () => {
  const docs = docsNamed('permissions.md');
  const rows = apiNames()
    .toSorted()
    .map((name) => {
      const { actions, authorizedAs } = apiNamed(name);
      const cells = [actions.read, actions.write, authorizedAs].map((cell) =>
        cell === undefined ? ' ' : ` \`${cell}\` `,
      );
      return ['', ` ${name} `, ...cells, ''].join('|');
    });
  const table = docs.slice(docs.indexOf('| API | reads | adds |')).split('\n\n')[0] ?? '';
  expect(table.trimEnd().split('\n').slice(2)).toEqual(rows);
});

test('docs/permissions.md lists what it takes where tags go on to members', () => {
  const rows = apiNames()
    .map(apiNamed)
    .flatMap(({ members, actions }) =>
      Object.entries(members).map(
        ([type, { action, arn }]) => `| \`${type}\` | \`${action}\` | \`${actions.remove}\` | \`${arn}\` |`,
      ),
    );
  const docs = docsNamed('permissions.md');
  const table = docs.slice(docs.indexOf('| resource | lists its members |')).split('\n\n')[0] ?? '';
  expect(table.split('\n').slice(2)).toEqual(rows);
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

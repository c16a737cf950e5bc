/** The table of permissions that users copy from, against the rows that the calls are made by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { APIS } from '../../tag-manager/apis/apis.ts';

test('docs/configuration.md lists the IAM actions of every tagging API', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
  const rows = Object.values(APIS).map(({ name, actions: { read, write, optional = [] } }) => {
    const others = optional.map(({ action, purpose }) => `\`${action}\`: ${purpose}`).join('; ');
    return ['', ` ${name} `, ` \`${read}\` `, ` \`${write}\` `, others === '' ? ' ' : ` ${others} `, ''].join(
      '|',
    );
  });
  const [, , ...listed] =
    docs.slice(docs.indexOf('| API | reads | adds |')).split('\n\n')[0]?.split('\n') ?? [];
  expect(listed).toEqual(rows);
});

/** The two tables are one: every event that creates something names an API that tags it, and every API is named. */
import { expect, test } from '@jest/globals';
import { serviceOf, variablesOf } from '../parser/catalogue/arn-template.ts';
import { catalogue } from '../parser/catalogue/catalogue.ts';
import { isId } from '../parser/catalogue/id-forms.ts';
import { apiNamed, apiNames } from '../tag-manager/apis/apis.ts';

test('event rows and API rows are joined, with nothing left over on either side', () => {
  const named = new Set(catalogue().map(({ api }) => api));
  expect([...named].filter((api) => !apiNames().includes(api))).toEqual([]);
  expect(apiNames().filter((api) => !named.has(api))).toEqual([]);
});

test('no id leads out of a path that an ARN goes into part by part', () => {
  const isGreedy = (api: string) => apiNamed(api).write.http?.includes('+}') ?? false;
  const rows = catalogue().filter(({ api }) => isGreedy(api));
  expect(rows.length).toBeGreaterThan(0);
  const taken = rows.flatMap(({ arn, otherArns = [] }) =>
    [arn, ...otherArns].flatMap((form) =>
      variablesOf(form).flatMap((name) =>
        ['..', '../x', 'x/..', 'x/../y', './x', '/'].filter((text) => isId(serviceOf(form), name, text)),
      ),
    ),
  );
  expect(taken).toEqual([]);
});

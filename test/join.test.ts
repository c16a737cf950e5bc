// The two tables are one: every event that creates something names an API that tags it, and every API is named.

import { expect, test } from '@jest/globals';
import { catalogue } from '../parser/catalogue/catalogue.ts';
import { API_NAMES } from '../tag-manager/apis/apis.ts';

test('event rows and API rows are joined, with nothing left over on either side', () => {
  const named = new Set(catalogue().map(({ api }) => api));
  expect([...named].filter((api) => !API_NAMES.includes(api))).toEqual([]);
  expect(API_NAMES.filter((api) => !named.has(api))).toEqual([]);
});

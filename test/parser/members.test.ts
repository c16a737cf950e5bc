/**
 * Where rows look for ARNs and ids, against AWS's service models: a record made from a row has them where the row looks,
 * so only something else can tell that a row looks in the wrong place.
 */
import { expect, test } from '@jest/globals';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import { readFixture } from '../tag-manager/services/recorded.ts';

/** Members of requests and answers that are texts and are called as ids and ARNs are, dotted, in small letters. */
const { events } = readFixture('members.json.gz') as {
  readonly events: Readonly<Record<string, readonly string[]>>;
};

/** What no model has. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'CreateApplication responseElements.application.applicationArn': 'as the documentation has it',
  'CreateAttributeGroup responseElements.attributeGroup.attributeGroupArn': 'as the documentation has it',
  'CreateBucket requestParameters.bucketName': 'what records call the bucket of the path',
  'CreatePlatformVersion responseElements.platformArn':
    'the answer holds two structures, and records may flatten one',
  'RunInstances requestParameters.instancesSet.items[].instanceId': 'seen in records',
};

const eventOf = ({ eventSource, eventName }: CatalogueRow) => `${eventSource} ${eventName}`;

test('every path of a row leads to a text of the request or the answer', () => {
  const astray = catalogue().flatMap((row) => {
    const members = events[eventOf(row)];
    if (members === undefined) return [];
    return pathsOf(row)
      .filter((path) => !members.includes(asInModel(path)))
      .map((path) => `${row.eventName} ${path}`)
      .filter((name) => !(name in EXCEPTIONS));
  });
  expect(astray).toEqual([]);
});

/** A few events only CloudTrail has, and models grow: what is newer than the fixture is not compared. */
test('almost every event has a model', () => {
  const all = new Set(catalogue().map(eventOf));
  const known = [...all].filter((event) => events[event] !== undefined);
  expect(known.length).toBeGreaterThan(all.size * 0.97);
});

function pathsOf({ arnPaths = [], ids = {}, tagId = {} }: CatalogueRow): readonly string[] {
  const paths = [...arnPaths, ...Object.values(ids).flat(), ...Object.values(tagId).flat()];
  return paths.filter((path) => /^(requestParameters|responseElements)\./.test(path));
}

/** Without what CloudTrail puts around the members of EC2: the element of the operation, and those of lists. */
function asInModel(path: string): string {
  return path
    .replace(/\|.*$/, '')
    .replaceAll('[]', '')
    .toLowerCase()
    .replace(/^(\w+)\.[a-z0-9]+(?:response|request)\./, '$1.')
    .replace(/\.items?(?=\.|$)/g, '');
}

/** Whatever a row of the catalogue finds in a record, the store believes it when it comes back from the table. */
import { expect, test } from '@jest/globals';
import { recordOfRow } from '../../../fixtures/record-of-row.ts';
import { catalogue } from '../../../parser/catalogue/catalogue.ts';
import { readEvent } from '../../../parser/event/event.ts';
import { partitionOf } from '../../../parser/partition.ts';
import type { CreationEvent } from '../../../tag-manager/ownership/name-event.ts';
import { believed } from '../../../tag-manager/store/believed.ts';
import { attributesOfEvent, keyOfEvent, readEvent as readItem } from '../../../tag-manager/store/items.ts';
import { requestsOf } from '../../../tag-manager/tag-request.ts';
import { compileTagSettings } from '../../../tag-manager/tags/tag-settings.ts';
import { size } from '../../helpers/runs.ts';
import { created } from '../ownership/events.ts';
import { OPTIONS } from '../tagging.ts';

const settings = compileTagSettings({ ...OPTIONS, extra: { Team: '{creator.name}' } }, {});
const isRegion = (region: string, partition: string) => partitionOf(region)?.name === partition;

test.each(size(['cn-north-1'], ['eu-west-1', 'cn-north-1', 'us-gov-west-1']))(
  'of every row in %s',
  (region) => {
    const rows = catalogue().filter(
      ({ regions }) => regions === undefined || (partitionOf(region)?.name ?? '') in regions,
    );
    for (const row of rows) {
      const { record } = recordOfRow(row, { region });
      const verdict = readEvent(
        { index: 0, record },
        { origin: 'log', account: undefined },
        { upserts: 'tag' },
      );
      const requests = verdict.kind === 'creation' ? requestsOf(verdict.creation, settings) : [];
      expect(requests.length).toBeGreaterThan(0);
      for (const { name, event } of requests) {
        const item = { ...keyOfEvent(name, event), ...attributesOfEvent(name, event) };
        expect(believed(name, readItem(item), { settings, isRegion })).toEqual(event);
      }
    }
  },
);

const name = { account: '111122223333', arn: 'arn:aws:sns:eu-west-1:111122223333:news-of-today' };
const resource = {
  arn: name.arn,
  id: 'news-of-today',
  type: 'sns:topic',
  region: 'eu-west-1',
  api: 'sns:TagResource',
};

test.each<[string, Partial<CreationEvent['resource']>]>([
  ['an id of another', { id: 'news-of-tomorrow' }],
  ['nothing', { id: '' }],
  ['another region', { region: 'eu-central-1' }],
  ['another ARN', { arn: `${name.arn}-2` }],
  ['an API that is none', { api: 'sns:Publish' }],
])('an item of the table whose resource is named by %s is refused', (_, forged) => {
  const event = created(0, 'alice', { resource: { ...resource, ...forged } });
  expect(() => believed(name, event, { settings, isRegion })).toThrow('news-of-today');
});

/** Whatever a row of the catalogue finds in a record, the store believes it when it comes back from the table. */
import { expect, test } from '@jest/globals';
import { recordOfRow } from '../../../fixtures/record-of-row.ts';
import { catalogue } from '../../../parser/catalogue/catalogue.ts';
import { readEvent } from '../../../parser/event/event.ts';
import { partitionOf } from '../../../parser/partition.ts';
import { believed } from '../../../tag-manager/store/believed.ts';
import { attributesOfEvent, keyOfEvent, readEvent as readItem } from '../../../tag-manager/store/items.ts';
import { requestsOf } from '../../../tag-manager/tag-request.ts';
import { compileTagSettings } from '../../../tag-manager/tags/tag-settings.ts';
import { size } from '../../helpers/runs.ts';
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

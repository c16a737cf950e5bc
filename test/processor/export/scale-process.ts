/**
 * A process that exports so many resources as argument one says, in the format of argument two, to the file of argument three. The
 * states are made as they are asked for, a page of the table at a time. It says how many it wrote, and the most memory that it took.
 */

import { openOutput } from '../../../processor/cli/output-file.ts';
import { exportInventory } from '../../../processor/export/export-inventory.ts';
import { FORMATS, type FormatName } from '../../../processor/export/formats.ts';
import type { InventoryState, PageOfStates } from '../../../tag-manager/store/inventory.ts';
import { peakMiB } from '../../helpers/peak.ts';

const [count, format, path] = [Number(process.argv[2]), process.argv[3] as FormatName, process.argv[4] ?? ''];

/** 1 MB of the table, states and events mixed. */
const PAGE = 700;

function state(number: number): InventoryState {
  const id = `i-${number.toString(16).padStart(17, '0')}`;
  const user = `arn:aws:sts::111122223333:assumed-role/Team${number % 50}/person-${number % 3_000}@example.com`;
  const eventTime = `${new Date(1_700_000_000_000 + number * 60_000).toISOString().slice(0, 19)}Z`;
  const account = ['111122223333', '444455556666'][number % 2] ?? '';
  return {
    name: { account, arn: `arn:aws:ec2:eu-west-1:${account}:instance/${id}` },
    outcome: 'tagged',
    eventID: `902354f9-2110-4c4d-a206-${String(number).padStart(12, '0')}`,
    eventTime,
    eventName: 'RunInstances',
    user,
    region: 'eu-west-1',
    id,
    tags: new Map([
      ['CreatedBy', user],
      ['CreatedDate', eventTime],
      ['ManagedBy', 'auto-tagger'],
    ]),
  };
}

async function* states(): AsyncGenerator<PageOfStates> {
  for (let first = 0; first < count; first += PAGE) {
    const length = Math.min(PAGE, count - first);
    yield { states: Array.from({ length }, (_, at) => state(first + at)), broken: 0 };
  }
}

const { mark, isMarkAtEnd, begin } = FORMATS[format];
const output = await openOutput(path, { option: '-o', what: 'export', mark, isMarkAtEnd });
const begun = performance.now();
const { rows } = await exportInventory({
  inventory: { all: states, madeBy: states },
  wanted: { patterns: {}, isDeletedToo: false },
  writer: await begin((piece) => output.write(piece)),
  onPage: () => {},
  signal: new AbortController().signal,
});
const bytes = await output.commit();
const seconds = (performance.now() - begun) / 1000;
console.log(JSON.stringify({ rows, bytes, seconds, peakMiB: peakMiB() }));

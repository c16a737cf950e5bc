/** CloudTrail's part: records into log files, shuffled, late, and now and then twice. */
import { logFileOf } from '../helpers/log-files.ts';
import type { EventRecord, Place } from './kinds.ts';
import type { Random } from './random.ts';
import type { Counts } from './report.ts';
import type { Happened } from './world.ts';

export interface WrittenFile {
  readonly key: string;
  readonly body: Buffer;
  readonly arns: ReadonlySet<string>;
  /** Of its records, epoch milliseconds. */
  readonly times: ReadonlyMap<string, number>;
}

export interface LogFiles {
  /** Puts a record where it will be found; once, or twice. */
  add(happened: Happened, now: number): void;
  /** Files that are due by then. */
  takeDue(now: number): readonly WrittenFile[];
  /** When the next one is due; infinite where none is. */
  nextAt(): number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** CloudTrail gathers the records of five minutes. */
const SLOT = 5 * MINUTE;

interface OpenFile {
  readonly place: Place;
  readonly due: number;
  readonly happened: Happened[];
}

export function createLogFiles(random: Random, counts: Counts): LogFiles {
  const open = new Map<string, OpenFile>();
  let written = 0;

  function put(happened: Happened, at: number): void {
    const { place } = happened;
    const due = Math.ceil(at / SLOT) * SLOT;
    const key = `${place.account} ${place.region} ${due}`;
    const file = open.get(key) ?? { place, due, happened: [] };
    open.set(key, file);
    file.happened.push(happened);
  }

  function write({ place: { account, region }, happened }: OpenFile): WrittenFile {
    written++;
    const unique = String(written).padStart(16, 'aBxdEygHzjKwmNvp');
    const folder = `AWSLogs/${account}/CloudTrail/${region}/2026/01/01`;
    const records = [...happened.map(({ record }) => record), ...noise(random, happened)];
    return {
      key: `${folder}/${account}_CloudTrail_${region}_20260101T0000Z_${unique}.json.gz`,
      body: logFileOf(random.shuffled(records)),
      arns: new Set(happened.map(({ arn }) => arn)),
      times: new Map(happened.map(({ arn, record }) => [arn, Date.parse(record.eventTime)])),
    };
  }

  return {
    add(happened, now) {
      const isLate = random.chance(0.15);
      if (isLate) counts.add('lateFiles');
      put(happened, now + (isLate ? (60 + random.below(400)) * MINUTE : random.below(10) * MINUTE));
      if (random.chance(0.08)) put(happened, now + random.below(120) * MINUTE);
    },
    takeDue(now) {
      const due = [...open].filter(([, file]) => file.due <= now);
      for (const [key] of due) open.delete(key);
      return due.map(([, file]) => write(file));
    },
    nextAt: () => Math.min(...[...open.values()].map(({ due }) => due), Number.POSITIVE_INFINITY),
  };
}

/** Calls that make nothing, beside those that do. */
function noise(random: Random, happened: readonly Happened[]): readonly EventRecord[] {
  return happened
    .filter(() => random.chance(0.2))
    .map(({ record }) => ({
      ...record,
      eventName: 'DescribeThings',
      readOnly: true,
      responseElements: null,
    }));
}

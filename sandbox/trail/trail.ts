/** The sandbox's CloudTrail: keeps a record of every management call, and delivers log files into a bucket. */
import { gzipSync } from 'node:zlib';
import type { Clock } from '../clock.ts';
import { alphanumeric } from '../random.ts';
import { writeGson } from './gson.ts';
import { recordOf, type ServedCall, type TrailRecord } from './record.ts';

export interface TrailTarget {
  readonly bucket: string;
  /** Deliver only this account's records, as the trail of one account does; every account's without it. */
  readonly account?: string;
  readonly prefix?: string;
  /** Of an organization trail: `o-…`, a folder of the key. */
  readonly organizationId?: string;
}

export interface Delivery {
  readonly bucket: string;
  readonly key: string;
  /** How many records the file holds. */
  readonly records: number;
  /** The size of the object, compressed. */
  readonly bytes: number;
}

export interface Trail {
  /** All records since the start, in the order in which the calls were answered. */
  readonly records: readonly TrailRecord[];
  /** Writes the records not delivered yet, one file an account and region. Throws where the bucket does not exist. */
  deliver(target: TrailTarget): Delivery[];
  record(served: ServedCall): void;
}

/** An empty trail that puts its files by `putObject`. */
export function createTrail(
  clock: Clock,
  putObject: (bucket: string, key: string, body: Buffer) => void,
): Trail {
  const records: TrailRecord[] = [];
  const undelivered = new Set<TrailRecord>();
  return {
    records,
    record: (served) => {
      const record = recordOf(served);
      records.push(record);
      undelivered.add(record);
    },
    deliver: (target) => {
      const wanted = [...undelivered].filter(
        ({ recipientAccountId }) => target.account === undefined || target.account === recipientAccountId,
      );
      const files = Map.groupBy(
        wanted,
        ({ recipientAccountId, awsRegion }) => `${recipientAccountId} ${awsRegion}`,
      );
      return Array.from(files.values(), (file) => {
        const body = gzipSync(writeGson({ Records: file }));
        const key = keyOf(target, file, clock.now());
        putObject(target.bucket, key, body);
        for (const record of file) undelivered.delete(record);
        return { bucket: target.bucket, key, records: file.length, bytes: body.length };
      });
    },
  };
}

const FIVE_MINUTES = 5 * 60 * 1000;

/**
 * [prefix/]AWSLogs/[o-…/]account/CloudTrail/region/YYYY/MM/DD/account_CloudTrail_region_YYYYMMDDTHHmmZ_unique.json.gz;
 * the minutes are multiples of five (CloudTrail user guide, "Finding your CloudTrail log files").
 */
function keyOf({ prefix, organizationId }: TrailTarget, file: readonly TrailRecord[], now: number): string {
  const { recipientAccountId: account, awsRegion: region } = file[0] as TrailRecord;
  const delivered = new Date(Math.ceil(now / FIVE_MINUTES) * FIVE_MINUTES).toISOString();
  const day = delivered.slice(0, 10);
  const minute = `${day.replaceAll('-', '')}T${delivered.slice(11, 16).replace(':', '')}Z`;
  const name = `${account}_CloudTrail_${region}_${minute}_${alphanumeric(16)}.json.gz`;
  const folders = [
    prefix,
    'AWSLogs',
    organizationId,
    account,
    'CloudTrail',
    region,
    day.replaceAll('-', '/'),
    name,
  ];
  return folders.filter((folder) => folder !== undefined && folder !== '').join('/');
}

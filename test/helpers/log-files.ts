/** Log files as CloudTrail delivers them: one line of compact JSON, gzipped, under a key of the real form. */
import { gzipSync } from 'node:zlib';

export function logFileOf(records: readonly unknown[]): Buffer {
  return gzipSync(JSON.stringify({ Records: records }));
}

/** `number` tells apart the files of one account, region and minute. */
export function logKeyOf(account: string, region: string, number: number): string {
  const unique = String(number).padStart(16, 'aBxdEygHzjKwmNvp');
  const folder = `AWSLogs/${account}/CloudTrail/${region}/2025/03/04`;
  return `${folder}/${account}_CloudTrail_${region}_20250304T1040Z_${unique}.json.gz`;
}

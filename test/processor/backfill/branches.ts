/** Scopes in a bucket, keys of log files, and the listing of one branch. */
import { expect } from '@jest/globals';
import type { FoundBranch } from '../../../processor/backfill/scope/find-branches.ts';
import { type ListingOptions, listBranch } from '../../../processor/backfill/scope/list-branch.ts';
import { readScope, type Scope, type ScopeTexts } from '../../../processor/backfill/scope/scope.ts';
import type { ListObjects } from '../../../processor/file/bucket-listing.ts';

export const NOW = Date.parse('2026-11-26T14:30:12Z');
export const SIGNAL = new AbortController().signal;
export const BUCKET = 'logs';
export const [ONE, TWO] = ['111122223333', '444455556666'] as const;

export const scopeAt = (prefix: string, texts: ScopeTexts = {}): Scope =>
  readScope(`s3://${BUCKET}/${prefix}`, texts, NOW);

/** All from `after` on; no page is empty. */
export async function keysOf(
  branch: FoundBranch,
  scope: Scope,
  list: ListObjects,
  after?: string,
  options?: ListingOptions,
) {
  const keys: string[] = [];
  for await (const page of listBranch(branch, scope, after, list, SIGNAL, options)) {
    expect(page.length).toBeGreaterThan(0);
    keys.push(...page.map(({ key }) => key));
  }
  return keys;
}

/** Of a file that was delivered on the day, `2025/03/01`. */
export const keyOf = (
  account: string,
  region: string,
  day: string,
  { before = '', organization = '', at = '0900' } = {},
) =>
  `${before}AWSLogs/${organization}${account}/CloudTrail/${region}/${day}/` +
  `${account}_CloudTrail_${region}_${day.replaceAll('/', '')}T${at}Z_abcdefghijklmnop.json.gz`;

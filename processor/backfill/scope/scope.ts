/**
 * What a backfill is about: log files below a URL, of some accounts and regions, of what was done between two times.
 * Read from what the user types, and kept as JSON with the run.
 */
import * as z from 'zod';
import { printableJson } from '../../../parser/printable.ts';
import { patternProblem } from '../../file/filters.ts';
import { isBucketName, isKey } from '../../log-file-ref.ts';
import { narrow } from '../../narrow.ts';
import { ScopeError } from './scope-error.ts';
import { readSpan, type Span, type SpanTexts } from './times.ts';

/** Plain data: as it stands in the run's folder. */
export interface Scope extends Span {
  readonly bucket: string;
  /** What the keys begin with: empty, a folder, or a part of a name. */
  readonly prefix: string;
  /** Patterns, as filters have them. Absent: all. */
  readonly accounts?: readonly string[];
  /** Of the folders, which are named after the region in which the call was made. */
  readonly regions?: readonly string[];
}

export interface ScopeTexts extends SpanTexts {
  /** Between commas. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** `url` is `s3://bucket` or `s3://bucket/prefix`; `now` in epoch milliseconds. Throws ScopeError. */
export function readScope(url: string, texts: ScopeTexts, now: number): Scope {
  return {
    ...readUrl(url),
    ...readSpan(texts, now),
    ...patternsIn('account', texts.account),
    ...patternsIn('region', texts.region),
  };
}

export const A_URL = 's3://BUCKET or s3://BUCKET/PREFIX';

function readUrl(url: string): Pick<Scope, 'bucket' | 'prefix'> {
  const problem = (why: string) => new ScopeError(`${printableJson(url)}: ${why}`);
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(url) ?? [];
  if (bucket === undefined) throw problem(`expected ${A_URL}`);
  if (!isBucketName(bucket)) throw problem(`expected ${A_URL}, got no name of a bucket`);
  if (prefix.includes('*')) {
    throw problem(`expected ${A_URL} without *: --account, --region, --from and --to choose what lies below`);
  }
  if (prefix !== '' && !isKey(prefix)) throw problem('expected a prefix that a key of S3 can begin with');
  return { bucket, prefix };
}

const MEMBERS = { account: 'accounts', region: 'regions' } as const;

function patternsIn(name: 'account' | 'region', text: string | undefined): Partial<Scope> {
  if (text === undefined) return {};
  const patterns = text.split(',').flatMap((pattern) => pattern.trim() || []);
  if (patterns.length === 0) throw new ScopeError(`--${name} is empty`);
  for (const pattern of patterns) {
    const problem = patternProblem(name, pattern);
    if (problem !== undefined) throw new ScopeError(`--${name} ${problem}`);
  }
  return { [MEMBERS[name]]: patterns };
}

/** `s3://bucket/prefix`, as the user may have typed it. */
export function urlOf({ bucket, prefix }: Pick<Scope, 'bucket' | 'prefix'>): string {
  return `s3://${bucket}/${prefix}`;
}

const INSTANT = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const SCOPE = z.strictObject({
  bucket: z.string().refine(isBucketName),
  prefix: z.string(),
  from: z.optional(INSTANT),
  to: z.optional(INSTANT),
  accounts: z.optional(z.array(z.string()).min(1)),
  regions: z.optional(z.array(z.string()).min(1)),
});

/** A scope that was kept as JSON; `undefined` where it is none. */
export function scopeOf(value: unknown): Scope | undefined {
  const { data } = narrow(SCOPE, value) ?? {};
  if (data === undefined) return undefined;
  const { from, to, accounts, regions, ...place } = data;
  return {
    ...place,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(accounts !== undefined && { accounts }),
    ...(regions !== undefined && { regions }),
  };
}

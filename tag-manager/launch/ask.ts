/**
 * Asks a service what it shows of what was made on the way to something else, for as many ids as one call takes. What is
 * shown of others is passed over; an answer that cannot be AWS's is a failure, and nothing of it is believed.
 */
import { apiNamed } from '../apis/apis.ts';
import { CallError } from '../calls/call-failure.ts';
import type { Calls } from '../calls/calls.ts';
import { rateOf } from '../services/call-rate.ts';
import type { LaunchRow } from './rows.ts';
import { type Page, readPage, type Shown } from './shown.ts';

/** Values of one filter (EC2 API reference, `Filter`). */
export const MAX_IDS = 200;

/** Of one page, as many as `DescribeVolumes` ever gave (EC2 API reference); an unpaginated call is throttled sooner. */
const PAGE = '500';

/** Pages may be short, but not all of them, and not for ever. */
const MAX_PAGES = 100;

export interface Place {
  readonly account: string;
  readonly region: string;
}

interface Asking {
  readonly calls: Calls;
  readonly signal: AbortSignal;
}

/** By the id that it was made with; nothing of ids that show nothing. Throws CallError. */
export async function askWhatShows(
  row: LaunchRow,
  ids: readonly string[],
  place: Place,
  asking: Asking,
): Promise<ReadonlyMap<string, readonly Shown[]>> {
  const asked = new Set(ids);
  const found = new Map<string, Map<string, Shown>>();
  let next: string | undefined;
  for (let pages = 0; pages === 0 || next !== undefined; pages++) {
    if (pages === MAX_PAGES) throw broken(row, `gave ${MAX_PAGES} pages and has more`);
    const page = await askPage(row, ids, next, place, asking);
    for (const shown of page.shown) {
      if (!asked.has(shown.of)) continue;
      if (!row.id.test(shown.id)) throw broken(row, `shows ${JSON.stringify(shown.id.slice(0, 100))}`);
      const ofOne = found.get(shown.of) ?? new Map<string, Shown>();
      found.set(shown.of, ofOne.set(shown.id, shown));
      if (ofOne.size > row.maxEach)
        throw broken(row, `shows more than ${row.maxEach} ${row.noun} of ${shown.of}`);
    }
    next = page.next;
  }
  return new Map([...found].map(([id, shown]) => [id, [...shown.values()].sort(byId)]));
}

async function askPage(
  { api: name, call, filter, request, out }: LaunchRow,
  ids: readonly string[],
  next: string | undefined,
  { account, region }: Place,
  { calls, signal }: Asking,
): Promise<Page> {
  const { sendShaped, shapedClient } = await import('../services/shaped-call.ts'); // most log files launch nothing
  const api = apiNamed(name);
  const { service } = api;
  const input = {
    ...request,
    Filter: [{ Name: filter, Value: ids }],
    MaxResults: PAGE,
    ...(next !== undefined && { NextToken: next }),
  };
  const client = shapedClient({ service });
  return calls.make(
    { client, account, region, api, rate: rateOf(api, call) },
    signal,
    async (made, options) => readPage(out, await sendShaped({ service, call, out }, input, made, options)),
  );
}

function broken({ call }: LaunchRow, what: string): CallError {
  const message = `the answer to ${call} ${what}`;
  return new CallError({ class: 'broken-answer', error: 'BrokenAnswer', message }, undefined);
}

function byId(a: Shown, b: Shown): number {
  return a.id < b.id ? -1 : 1;
}

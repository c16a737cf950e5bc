/**
 * The public keys of CloudTrail in a region (`cloudtrail:ListPublicKeys`): asked for a month at a time, and kept. A key is valid for
 * a while only, so the months of a chain may have several. Source: AWS CloudTrail API Reference, "ListPublicKeys".
 */

import { serviceTable } from '../../../tag-manager/apis/apis.ts';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import { sendShaped, shapedClient } from '../../../tag-manager/services/shaped-call.ts';
import type { PublicKeyOf } from './digest-file.ts';

export interface PublicKeysOptions {
  readonly calls: Calls;
  /** Of the digests: each region has keys of its own. */
  readonly region: string;
  readonly signal: AbortSignal;
}

/** Throws CallError. */
export function createPublicKeys({ calls, region, signal }: PublicKeysOptions): PublicKeyOf {
  const found = new Map<string, Uint8Array>();
  const months = new Map<number, Promise<void>>();

  async function ask(begin: number): Promise<void> {
    const end = nextMonth(begin);
    for (let token: string | undefined, pages = 0; pages < MAX_PAGES; pages++) {
      const span = { StartTime: new Date(begin), EndTime: new Date(end) };
      const input = { ...span, ...(token !== undefined && { NextToken: token }) };
      const shaped = callOf(input);
      const callee = { client: shapedClient(shaped), account: undefined, region };
      const answer = await calls.make(callee, signal, (client, options) =>
        sendShaped(shaped, input, client, options),
      );
      for (const { Fingerprint, Value } of answer.PublicKeyList ?? []) {
        if (Fingerprint !== undefined) found.set(Fingerprint, Buffer.from(Value ?? '', 'base64'));
      }
      token = answer.NextToken;
      if (token === undefined || token === '') return;
    }
  }

  return async (fingerprint, at) => {
    const month = monthOf(at);
    if (!found.has(fingerprint)) {
      const asked = months.get(month) ?? ask(month);
      months.set(month, asked);
      asked.catch(() => months.delete(month)); // the next one asks again
      await asked;
    }
    return found.get(fingerprint);
  };
}

/** Far more than there are keys in a month. */
const MAX_PAGES = 100;

function callOf(input: Readonly<Record<string, unknown>>) {
  const table = serviceTable('cloudtrail');
  if (table === undefined) throw new RangeError('there is no row of cloudtrail');
  return {
    service: table.service,
    call: 'ListPublicKeys',
    in: { StartTime: '$time', EndTime: '$time', ...('NextToken' in input && { NextToken: '' }) },
    out: { PublicKeyList: [{ Value: '', Fingerprint: '' }], NextToken: '' },
  } as const;
}

function monthOf(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

function nextMonth(begin: number): number {
  const date = new Date(begin);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

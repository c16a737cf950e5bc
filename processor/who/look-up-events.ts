/**
 * What CloudTrail itself remembers without a trail: the management events of an account and region of the last 90 days, by one attribute, the newest
 * first (CloudTrail API Reference, "LookupEvents": at most 50 a page, two requests a second of an account and region).
 */

import { type CloudTrailRecord, isJsonObject } from '../../parser/record.ts';
import { serviceTable } from '../../tag-manager/apis/apis.ts';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import type { CallRate } from '../../tag-manager/calls/pace.ts';
import { type ShapedCall, sendShaped, shapedClient } from '../../tag-manager/services/shaped-call.ts';

export interface EventPlace {
  readonly account: string;
  readonly region: string;
}

export interface EventAttribute {
  readonly key: 'EventId' | 'EventName' | 'ReadOnly' | 'ResourceName' | 'Username';
  readonly value: string;
}

const ANSWER = { Events: [{ CloudTrailEvent: '' }], NextToken: '' } as const;

const RATE: CallRate = {
  name: 'CloudTrail LookupEvents',
  perSecond: 2,
  burst: 2,
  scope: 'account and region',
};

const API = { name: 'cloudtrail:LookupEvents', failures: [] };

/** 10,000 events take minutes at that rate; whoever needs more has a trail. */
const MAX_PAGES = 200;

/** Page by page; at the end, whether there was more than is read. Throws CallError. */
export async function* lookUpEvents(
  calls: Calls,
  { account, region }: EventPlace,
  { key, value }: EventAttribute,
  signal: AbortSignal,
): AsyncGenerator<readonly CloudTrailRecord[], 'all' | 'cut'> {
  const call = lookUpCall();
  const callee = { client: shapedClient(call), account, region, api: API, rate: RATE };
  const LookupAttributes = [{ AttributeKey: key, AttributeValue: value }];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const input = { LookupAttributes, ...(token !== undefined && { NextToken: token }) };
    const answer = await calls.make(callee, signal, (client, options) =>
      sendShaped(call, input, client, options),
    );
    yield (answer.Events ?? []).flatMap(({ CloudTrailEvent = '' }): readonly CloudTrailRecord[] => {
      const record = parsed(CloudTrailEvent);
      return record === undefined ? [] : [record];
    });
    token = answer.NextToken;
    if (token === undefined || token === '') return 'all';
  }
  return 'cut';
}

function lookUpCall(): ShapedCall<typeof ANSWER> {
  const table = serviceTable('cloudtrail');
  if (table === undefined) throw new RangeError('there is no row of cloudtrail');
  return { service: table.service, call: 'LookupEvents', out: ANSWER };
}

function parsed(text: string): CloudTrailRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // it is no record of CloudTrail's
  }
}

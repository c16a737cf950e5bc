/**
 * CloudTrail's event history (awscloudtrail/latest/APIReference/API_LookupEvents): the management events of the caller's account and region of the last
 * 90 days, the newest first, by one attribute, at most 50 a page. Events are those that a test puts as a resource
 * `arn:aws:cloudtrail:REGION:ACCOUNT:event/…` with the record among its details.
 */
import { AwsError } from '../aws-error.ts';
import type { Context, Output } from '../operation.ts';
import { ownResources } from './common.ts';

interface LookupInput {
  readonly LookupAttributes?: readonly { readonly AttributeKey: string; readonly AttributeValue: string }[];
  readonly NextToken?: string;
}

interface EventDetails {
  readonly record: Readonly<Record<string, unknown>>;
  /** What CloudTrail found in it: names of resources. */
  readonly resourceNames?: readonly string[];
}

const PAGE = 50;
const DAY_MS = 24 * 60 * 60 * 1000;
const HISTORY_DAYS = 90;

export function lookupEvents(context: Context, input: LookupInput): Output {
  const { LookupAttributes = [], NextToken } = input;
  if (LookupAttributes.length > 1) {
    throw new AwsError('InvalidLookupAttributesException', 400, 'You can only specify one lookup attribute.');
  }
  const asked = fingerprint(JSON.stringify(LookupAttributes));
  const [of = asked, from = '0'] = NextToken?.split(' ') ?? [];
  const start = Number(from);
  if (of !== asked || !Number.isInteger(start)) {
    throw new AwsError('InvalidNextTokenException', 400, 'The token was used with other parameters.');
  }
  const events = ownResources<EventDetails>(context, 'cloudtrail', 'event')
    .map(({ details }) => details)
    .filter(({ record }) => timeOf(record) > context.at - HISTORY_DAYS * DAY_MS)
    .filter((event) => LookupAttributes.every((attribute) => has(event, attribute)))
    .toSorted((one, other) => timeOf(other.record) - timeOf(one.record));
  const end = start + PAGE;
  return {
    Events: events.slice(start, end).map(({ record, resourceNames = [] }) => ({
      EventId: record.eventID,
      EventName: record.eventName,
      EventTime: timeOf(record) / 1000,
      EventSource: record.eventSource,
      Username: usernameOf(record),
      Resources: resourceNames.map((ResourceName) => ({ ResourceName })),
      CloudTrailEvent: JSON.stringify(record),
    })),
    ...(end < events.length && { NextToken: `${asked} ${end}` }),
  };
}

/** A token is good for the request that it came from. */
function fingerprint(asked: string): string {
  return Buffer.from(asked).toString('base64url');
}

function has(
  { record, resourceNames = [] }: EventDetails,
  {
    AttributeKey: key,
    AttributeValue: value,
  }: { readonly AttributeKey: string; readonly AttributeValue: string },
): boolean {
  switch (key) {
    case 'EventId':
      return record.eventID === value;
    case 'EventName':
      return record.eventName === value;
    case 'EventSource':
      return record.eventSource === value;
    case 'ReadOnly':
      return String(record.readOnly ?? false) === value;
    case 'ResourceName':
      return resourceNames.includes(value);
    case 'Username':
      return usernameOf(record) === value;
    default:
      throw new AwsError('InvalidLookupAttributesException', 400, `${key} is no lookup attribute`);
  }
}

function usernameOf({ userIdentity }: EventDetails['record']): string {
  const { userName, arn = '' } = (userIdentity ?? {}) as {
    readonly userName?: string;
    readonly arn?: string;
  };
  return userName ?? arn.split('/').at(-1) ?? '';
}

function timeOf({ eventTime }: EventDetails['record']): number {
  return Date.parse(String(eventTime));
}

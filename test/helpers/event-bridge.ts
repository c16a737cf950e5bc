/** What EventBridge does with an event of CloudTrail: the envelope that it puts around the record, and which patterns match that. */
import { createRequire } from 'node:module';
import type { CloudTrailRecord } from '../../parser/record.ts';
import { ACCOUNT, REGION } from './events.ts';

const require = createRequire(import.meta.url);

interface Matcher {
  matchesPattern(pattern: object, event: object): boolean;
}

/** Somebody else's, written after AWS's documentation and kept up by those who run EventBridge locally with it. */
const {
  matchesPattern,
}: Matcher = require('@coorpacademy/serverless-offline-eventbridge/src/eventbridge.js');

export interface EnvelopeOptions {
  readonly source?: string;
  readonly detailType?: string;
  readonly account?: string;
  readonly region?: string;
}

/** As in Amazon EventBridge User Guide, "AWS service events delivered via AWS CloudTrail". */
export function envelopeOf(record: CloudTrailRecord, options: EnvelopeOptions = {}) {
  const { eventSource, eventTime, recipientAccountId = ACCOUNT, awsRegion = REGION } = record;
  const {
    source = `aws.${String(eventSource).split('.')[0]}`,
    detailType = 'AWS API Call via CloudTrail',
    account = recipientAccountId,
    region = awsRegion,
  } = options;
  return {
    version: '0',
    id: '0a1b2c3d-5555-6666-7777-888899990000',
    'detail-type': detailType,
    source,
    account,
    time: eventTime,
    region,
    resources: [],
    detail: record,
  };
}

/** Whether one of them does. */
export function isMatched(patterns: readonly object[], event: object): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, event));
}

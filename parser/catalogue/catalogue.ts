/**
 * All rows, and the look-up by (eventSource, eventName). Always by the pair: glue, cassandra and timestream
 * have a `CreateTable` too, cloudfront a `CreateFunction`.
 */
import type { WantedEvent, WantedEvents } from '../record.ts';
import { DYNAMODB_ROWS } from './dynamodb.ts';
import { EC2_ROWS } from './ec2.ts';
import { ELASTICACHE_ROWS } from './elasticache.ts';
import { LAMBDA_ROWS } from './lambda.ts';
import { RDS_ROWS } from './rds.ts';
import type { CatalogueRow } from './row.ts';
import { S3_ROWS } from './s3.ts';
import { SNS_ROWS } from './sns.ts';
import { SQS_ROWS } from './sqs.ts';

export const CATALOGUE: readonly CatalogueRow[] = [
  ...EC2_ROWS,
  ...S3_ROWS,
  ...RDS_ROWS,
  ...LAMBDA_ROWS,
  ...DYNAMODB_ROWS,
  ...SNS_ROWS,
  ...SQS_ROWS,
  ...ELASTICACHE_ROWS,
];

/** Lambda appends `20150331` or `20150331v2`, CloudFront `2020_05_31`. */
export const DATE_SUFFIX = /(\d{8}(v\d+)?|\d{4}_\d\d_\d\d)$/;

const rowsByEvent = Map.groupBy(CATALOGUE, (row) => key(row.eventSource, row.eventName));

/** The rows of an event as a record names it, date suffix or not; none where the catalogue has no such event. */
export function rowsFor(eventSource: string, eventName: string): readonly CatalogueRow[] {
  return rowsByEvent.get(key(eventSource, eventName.replace(DATE_SUFFIX, ''))) ?? [];
}

/** The catalogue as the readers want it. */
export const CATALOGUED_EVENTS: WantedEvents = {
  has: (eventSource, eventName) => rowsFor(eventSource, eventName).length > 0,
  pairs: CATALOGUE.map(({ eventSource, eventName }): WantedEvent => ({ eventSource, eventName })),
};

function key(eventSource: string, eventName: string): string {
  return `${eventSource} ${eventName}`;
}

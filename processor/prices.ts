/**
 * List prices of AWS in us-east-1 without free tiers, in dollars, and how much of the function's time things take: what costs are
 * computed from, in docs/cost.md and by the estimate of a backfill. Source: the pages "Pricing" of each service, November 2026.
 */

export const PRICES = {
  lambdaGbSecond: 0.0000133334, // arm64
  lambdaRequest: 0.2 / 1e6,
  sqsRequest: 0.4 / 1e6,
  busEvent: 1 / 1e6, // to a bus of another account or region
  s3Get: 0.0004 / 1e3,
  s3Put: 0.005 / 1e3,
  s3List: 0.005 / 1e3,
  s3GbMonth: 0.023,
  batchJob: 0.25, // S3 Batch Operations
  batchObject: 1 / 1e6,
  stateTransition: 0.025 / 1e3, // Step Functions, standard workflows
  transferGb: 0.09, // to the internet, the first 10 TB a month
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  tableGbMonth: 0.25 + 0.2, // with point-in-time recovery
  logGb: 0.5,
  metric: 0.3,
  alarmMetric: 0.1,
  dashboard: 3,
  key: 1,
} as const;

/** Of the function; what is not measured is estimated high. */
export const FUNCTION_TIME = {
  secondsAnInvocation: 0.2,
  secondsAFile: 0.05,
  secondsACreation: 4, // nearly all of it waiting for its turn: docs/configuration.md, "Pace"
} as const;

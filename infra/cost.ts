/**
 * What a deployment costs a month, computed: list prices of AWS, how much of each is used, and three sizes of accounts. docs/cost.md
 * shows the table (`node infra/cost.ts` prints it).
 */
import { METRICS } from '../processor/metrics/metrics.ts';
import { FIRST_SERVICES } from '../processor/policy/policies.ts';
import { FUNCTION_TIME, PRICES } from '../processor/prices.ts';
import { DEFAULTS } from './chosen.ts';
import { RETENTION_DAYS } from './props.ts';

interface Size {
  readonly name: string;
  readonly filesADay: number;
  readonly creationsADay: number;
}

const SIZES: readonly Size[] = [
  { name: 'quiet account', filesADay: 1_000, creationsADay: 100 },
  { name: 'busy account', filesADay: 10_000, creationsADay: 2_000 },
  { name: 'organization', filesADay: 300_000, creationsADay: 30_000 },
];

/** How much one of each takes; what is not counted in the code is estimated high. */
const USE = {
  memoryGb: DEFAULTS.memoryMiB / 1024,
  ...FUNCTION_TIME,
  requestsAMessage: 3, // sent, received, deleted
  pollsAMonth: 2 * 5 * 3 * 60 * 24 * 30, // each of two queues by five pollers, which wait for 20 seconds
  eventsACreation: 2, // its deletion, and what the patterns match beyond
  alarmMetricsOfEvents: 5, // three rules, that of the bus, the queue
  writeUnitsAFile: 1,
  writeUnitsACreation: 6, // the event, the state, and the state's two indexes
  readUnitsACreation: 3,
  tableGbACreation: 2e-6,
  logGbAFile: 2e-6,
  logGbAnInvocation: 3e-6,
  logFileGb: 5e-6,
  archiveGbACreation: 1e-6,
} as const;

const DAYS = 30;
const WINDOWS_A_DAY = (24 * 60 * 60) / DEFAULTS.batchWindowSeconds;

/** A batch is as large as it may be, or as what a window brings; files that come by chance fill so many windows. */
function invocationsADay({ filesADay }: Size): number {
  const windows = WINDOWS_A_DAY * (1 - Math.exp(-filesADay / WINDOWS_A_DAY));
  return Math.max(windows, filesADay / DEFAULTS.batchSize);
}

/** Of eight services, three outcomes occur in a month. */
const OUTCOME_METRICS = FIRST_SERVICES.split(',').length * 3;

interface CostRow {
  readonly what: string;
  /** In dollars a month. */
  readonly cost: (size: Size) => number;
}

/** `alarmMetrics`: how many metrics the alarms look at. */
function rows(alarmMetrics: number): readonly CostRow[] {
  return [
    {
      what: 'Lambda',
      cost: (size) => {
        const { filesADay, creationsADay } = size;
        const invocations = invocationsADay(size);
        const seconds =
          invocations * USE.secondsAnInvocation +
          filesADay * USE.secondsAFile +
          creationsADay * USE.secondsACreation;
        return DAYS * (seconds * USE.memoryGb * PRICES.lambdaGbSecond + invocations * PRICES.lambdaRequest);
      },
    },
    {
      what: 'SQS: messages, and waiting for them',
      cost: ({ filesADay }) =>
        (DAYS * filesADay * USE.requestsAMessage + USE.pollsAMonth) * PRICES.sqsRequest,
    },
    { what: 'S3: reading log files', cost: ({ filesADay }) => DAYS * filesADay * PRICES.s3Get },
    {
      what: 'DynamoDB, with what a year of creations takes to be kept',
      cost: ({ filesADay, creationsADay }) =>
        DAYS * filesADay * USE.writeUnitsAFile * PRICES.writeUnit +
        DAYS * creationsADay * USE.writeUnitsACreation * PRICES.writeUnit +
        DAYS * creationsADay * USE.readUnitsACreation * PRICES.readUnit +
        365 * creationsADay * USE.tableGbACreation * PRICES.tableGbMonth,
    },
    {
      what: "CloudWatch Logs: the function's log",
      cost: (size) =>
        DAYS *
        (size.filesADay * USE.logGbAFile + invocationsADay(size) * USE.logGbAnInvocation) *
        PRICES.logGb,
    },
    {
      what: 'CloudWatch: metrics, if all occur in every hour',
      cost: () => (Object.keys(METRICS).length - 1 + OUTCOME_METRICS) * PRICES.metric,
    },
    { what: 'CloudWatch: alarms', cost: () => alarmMetrics * PRICES.alarmMetric },
    { what: 'CloudWatch: the dashboard', cost: () => PRICES.dashboard },
    { what: 'KMS: the key of the alert topic', cost: () => PRICES.key },
  ];
}

const NEW_BUCKET: CostRow = {
  what: `with a new trail: what it puts into the bucket, kept ${RETENTION_DAYS[DEFAULTS.retention]} days`,
  cost: ({ filesADay }) =>
    DAYS * filesADay * PRICES.s3Put +
    RETENTION_DAYS[DEFAULTS.retention] * filesADay * USE.logFileGb * PRICES.s3GbMonth,
};

/** A creation is looked at twice then: when it happens, and when its log file comes. */
const REAL_TIME: CostRow = {
  what: 'with `realTime`, where all happens in other accounts',
  cost: ({ creationsADay }) => {
    const events = DAYS * USE.eventsACreation * creationsADay;
    const creations = DAYS * creationsADay;
    const seconds = events * USE.secondsAnInvocation + creations * USE.secondsACreation;
    return (
      seconds * USE.memoryGb * PRICES.lambdaGbSecond +
      events * (PRICES.lambdaRequest + PRICES.busEvent + USE.logGbAnInvocation * PRICES.logGb) +
      (events * USE.requestsAMessage + USE.pollsAMonth / 2) * PRICES.sqsRequest +
      creations * (USE.writeUnitsACreation * PRICES.writeUnit + USE.readUnitsACreation * PRICES.readUnit) +
      USE.alarmMetricsOfEvents * PRICES.alarmMetric
    );
  },
};

/** Most files hold no creation, and nothing is archived of them. */
const ARCHIVE: CostRow = {
  what: 'with the archive: what is put there, and a year of it kept; what Athena reads is beside it',
  cost: ({ filesADay, creationsADay }) =>
    DAYS * Math.min(filesADay, creationsADay) * PRICES.s3Put +
    365 * creationsADay * USE.archiveGbACreation * PRICES.s3GbMonth,
};

/** As docs/cost.md shows it. */
export function costTable(alarmMetrics: number): string {
  const all = rows(alarmMetrics);
  const sum: CostRow = {
    what: '**together**',
    cost: (size) => all.reduce((total, { cost }) => total + cost(size), 0),
  };
  const cells = (row: CostRow) => [row.what, ...SIZES.map((size) => row.cost(size).toFixed(2))];
  const number = (value: number) => value.toLocaleString('en');
  const lines = [
    ['dollars a month', ...SIZES.map(({ name }) => name)],
    ['---', ...SIZES.map(() => '--:')],
    ['log files a day', ...SIZES.map(({ filesADay }) => number(filesADay))],
    ['resources created a day', ...SIZES.map(({ creationsADay }) => number(creationsADay))],
    ...[...all, sum, NEW_BUCKET, REAL_TIME, ARCHIVE].map(cells),
  ];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

if (import.meta.main) {
  const { alarmRows, metricsOf } = await import('./alarm-rows.ts');
  const { namesOf } = await import('./names.ts');
  const chosen = { trigger: 'queue' } as const;
  const alarms = alarmRows({ names: namesOf('auto-tagger'), chosen, eventRules: [], tableName: 'table' });
  console.log(costTable(alarms.reduce((sum, { metric }) => sum + metricsOf(metric), 0)));
}

/**
 * The whole way on one machine, in a simulated AWS: people create resources, CloudTrail delivers its log files,
 * S3 notifies the very handler that Lambda runs, and the tags are read back and compared with the calls.
 */

import { tableText, tagTable } from '../processor/cli/table.ts';
import type { FileReport } from '../processor/file/file-report.ts';
import { VARIABLE_NAMES } from '../processor/runtime/settings.ts';
import { type Credentials, type Identity, type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type Clients, createClients } from '../tag-manager/calls/clients.ts';
import { DEMO_CALLS, type DemoCall, type Desk } from './calls.ts';
import { type Expectation, readBack } from './read-back.ts';

const ACCOUNT = '111122223333';
const HOME_REGION = 'eu-west-1';
const LOG_BUCKET = 'cloudtrail-logs-111122223333';

const PEOPLE: Readonly<Record<DemoCall['who'], Identity>> = {
  alice: { account: ACCOUNT, type: 'IAMUser', userName: 'alice' },
  jane: {
    account: ACCOUNT,
    type: 'AssumedRole',
    roleName: 'AWSReservedSSO_Developer_0123456789abcdef',
    sessionName: 'jane@example.com',
  },
};

const CREATED_BY: Readonly<Record<DemoCall['who'], string>> = {
  alice: `arn:aws:iam::${ACCOUNT}:user/alice`,
  jane: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/jane@example.com`,
};

const FUNCTION: Identity = {
  account: ACCOUNT,
  type: 'AssumedRole',
  roleName: 'auto-tagger',
  sessionName: 'auto-tagger',
};

/**
 * False when any tag is not what the calls say. Changes this process's environment for good. Throws the signal's reason
 * once it is aborted.
 */
export async function runDemo(
  print: (text: string) => void,
  complain: (problem: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const sandbox = await startSandbox();
  pointSdkAt(sandbox);
  try {
    print(`A simulated AWS listens on ${sandbox.endpoint}.\n\n`);
    const expected = await makeCalls(sandbox, signal);
    print(
      `Two people made ${sandbox.trail.records.length} calls and created ${expected.length} resources.\n`,
    );

    const deliveries = deliverLogs(sandbox);
    print(`CloudTrail delivered ${deliveries.length} log files to s3://${LOG_BUCKET}:\n\n`);
    const reports = await invokeFunction(sandbox, deliveries);
    print(`${reportTable(reports)}\n`);

    signal.throwIfAborted();
    const found = await readBack(expected);
    print(`The tags on the resources, read back:\n\n${tagTable(found)}\n`);

    const problems = found.flatMap(({ arn, problem }) =>
      problem === undefined ? [] : [`${arn}: ${problem}`],
    );
    for (const problem of problems) complain(problem);
    print(
      `${found.length - problems.length} of ${found.length} resources bear the tags that the calls say.\n`,
    );
    return problems.length === 0;
  } finally {
    await sandbox.close();
  }
}

/** The SDK takes all of these from the environment; a user's own profile and settings must not get in the way. */
function pointSdkAt(sandbox: Sandbox): void {
  const { accessKeyId, secretAccessKey, sessionToken } = sandbox.credentials(FUNCTION);
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_') || VARIABLE_NAMES.includes(name)) delete process.env[name];
  }
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_REGION: HOME_REGION,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_CONFIG_FILE: NO_FILE,
    AWS_SHARED_CREDENTIALS_FILE: NO_FILE,
    LOG_BUCKETS: LOG_BUCKET,
    RATE_FACTOR: '1000000', // nobody else works in the sandbox
    POWERTOOLS_LOG_LEVEL: 'SILENT', // the same reports are shown as a table
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
}

const NO_FILE = '/nonexistent';

/** One call a minute, the last one a few minutes ago, as CloudTrail's delay has it. */
async function makeCalls(sandbox: Sandbox, signal: AbortSignal): Promise<Expectation[]> {
  const minute = 60_000;
  const start = Math.floor(Date.now() / minute) * minute - (DEMO_CALLS.length + 5) * minute;
  const expected: Expectation[] = [];
  for (const [at, call] of DEMO_CALLS.entries()) {
    signal.throwIfAborted();
    sandbox.clock.set(start + at * minute);
    const desk = deskOf(sandbox, call);
    const arns = await call.run(desk);
    for (const arn of arns) {
      if (arn === undefined) throw new Error(`a call of ${call.who} in ${call.region} returned no ARN`);
      expected.push({
        arn,
        region: call.region,
        account: ACCOUNT,
        tags: expectedTags(call, start + at * minute),
      });
    }
    desk.close();
  }
  sandbox.clock.run();
  return expected;
}

function expectedTags({ who, claims }: DemoCall, time: number): ReadonlyMap<string, string> {
  if (claims !== undefined) return new Map([['CreatedBy', claims]]);
  return new Map([
    ['CreatedBy', CREATED_BY[who]],
    ['CreatedDate', new Date(time).toISOString().replace('.000Z', 'Z')],
    ['ManagedBy', 'auto-tagger'],
  ]);
}

function deskOf(sandbox: Sandbox, { who, region }: DemoCall): Desk & { close(): void } {
  const credentials: Credentials = sandbox.credentials(PEOPLE[who]);
  const clients: Clients = createClients(() => async () => credentials);
  return {
    region,
    account: ACCOUNT,
    client: (clientClass) => clients.get(clientClass, ACCOUNT, region),
    ec2Arn: (type, id) => `arn:aws:ec2:${region}:${ACCOUNT}:${type}/${id}`,
    close: () => clients.destroy(),
  };
}

function deliverLogs(sandbox: Sandbox) {
  sandbox.putBucket({ name: LOG_BUCKET, account: ACCOUNT, region: HOME_REGION });
  return sandbox.trail.deliver({ bucket: LOG_BUCKET });
}

async function invokeFunction(
  sandbox: Sandbox,
  deliveries: readonly { readonly bucket: string; readonly key: string }[],
): Promise<readonly FileReport[]> {
  const { handler } = await import('../processor/handler.ts'); // reads the environment, which is set now
  const context = { invokedFunctionArn: `arn:aws:lambda:${HOME_REGION}:${ACCOUNT}:function:auto-tagger` };
  const answer = await handler(sandbox.s3Notification(deliveries), context);
  return (answer as { readonly reports: readonly FileReport[] }).reports;
}

function reportTable(reports: readonly FileReport[]): string {
  const rows = reports.map((report) => [
    report.file.slice(report.file.lastIndexOf('/') + 1),
    String(report.records),
    counts(report.ignored),
    String(report.creations),
    counts(report.outcomes),
    `${report.readMs} + ${report.tagMs}`,
  ]);
  return tableText(['log file', 'records', 'ignored', 'creations', 'resources', 'ms to read + tag'], rows);
}

function counts(of: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(of).map(([name, count]) => `${count} ${name}`);
}

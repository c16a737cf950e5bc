/** The command `verify` in the sandbox, in this process, with what a template says deployed there. */
import { ConfirmSubscriptionCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import type { CommandOptions } from '../../processor/cli/command-rows.ts';
import { run } from '../../processor/cli/commands/verify.ts';
import { readSettings } from '../../processor/runtime/settings.ts';
import { createAsker } from '../../processor/verify/asker.ts';
import { lookUpTrails } from '../../processor/verify/facts/trails.ts';
import type { Finding } from '../../processor/verify/finding.ts';
import { testLive } from '../../processor/verify/live/live.ts';
import { type Identity, type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { createCalls } from '../../tag-manager/calls/calls.ts';
import { InterruptedError } from '../../tag-manager/calls/stop.ts';
import { pointSdkAt } from '../helpers/environment.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION } from '../helpers/events.ts';
import { keptTerminal } from '../helpers/kept-terminal.ts';
import { type Clients, clientsOf } from '../sandbox/clients.ts';
import { deploy } from './deployed.ts';
import { ORGANIZATION } from './deployments.ts';
import { functionOf, resolver, type Template } from './templates.ts';

export const MEMBERS = [OTHER_ACCOUNT, '123456789012'];
/** As the templates have it. */
export const MEMBER_ROLE = 'auto-tagger';

const OPS: Identity = { type: 'IAMUser', account: ACCOUNT, userName: 'ops' };

export interface World {
  readonly sandbox: Sandbox;
  readonly clients: Clients;
  readonly template: Template;
}

export interface Verified {
  readonly isDone: boolean;
  readonly printed: string;
  readonly complaints: readonly string[];
  readonly requests: Sandbox['requests'];
}

export interface VerifyingOptions {
  readonly options?: CommandOptions;
  readonly caller?: Identity;
  readonly signal?: AbortSignal;
  readonly columns?: number;
}

/** What is there, then what is done to it, then the command. */
export async function verifying(
  template: Template,
  change: (world: World) => unknown = () => {},
  { options = {}, caller = OPS, signal = new AbortController().signal, columns }: VerifyingOptions = {},
): Promise<Verified> {
  const sandbox = await startSandbox();
  const clients = clientsOf(sandbox, OPS, REGION);
  const putBack = pointSdkAt(sandbox, caller, REGION);
  try {
    await deploy(template, sandbox, clients);
    await putSurroundings(template, sandbox, clients);
    await change({ sandbox, clients, template });
    const before = sandbox.requests.length;
    const { terminal, printed, complaints } = keptTerminal({ columns });
    const { FunctionName } = functionOf(template).Properties;
    const ending = await run({
      args: [],
      options: { function: FunctionName, ...options },
      terminal,
      signal,
      giveUp: terminal.complain,
    });
    return {
      isDone: ending === 'done',
      printed: printed.join(''),
      complaints,
      requests: sandbox.requests.slice(before),
    };
  } finally {
    putBack();
    clients.destroy();
    await sandbox.close();
  }
}

const READER = 'ops@example.com';

function alertsOf({ Resources }: Template): string {
  const isOfAlerts = (id: string) => String(Resources[id]?.Properties?.TopicName).endsWith('-alerts');
  return Object.keys(Resources).find(isOfAlerts) ?? '';
}

/** What a deployment finds: its organization, the roles in other accounts, and somebody who reads e-mail. */
async function putSurroundings(template: Template, sandbox: Sandbox, { sns }: Clients): Promise<void> {
  sandbox.putResource({ arn: `arn:aws:organizations::${ACCOUNT}:organization/${ORGANIZATION}` });
  for (const account of [ACCOUNT, ...MEMBERS]) putAccount(sandbox, account);
  for (const account of MEMBERS) {
    sandbox.allowRole(`arn:aws:iam::${account}:role/${MEMBER_ROLE}`, { accounts: [ACCOUNT] });
  }
  const TopicArn = String(resolver(template)({ Ref: alertsOf(template) }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: READER }));
  await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: READER }));
}

export function putAccount(sandbox: Sandbox, account: string, State = 'ACTIVE'): void {
  const arn = `arn:aws:organizations::${ACCOUNT}:account/${ORGANIZATION}/${account}`;
  sandbox.putResource({ arn, details: { State } });
}

/** A deployment of which AWS does not answer one question, asked with a short limit and with an interruption. */
export async function askingInVain(template: Template) {
  const stalls = ({ sandbox }: World) =>
    sandbox.faults.add({ service: 'cloudtrail', operation: 'DescribeTrails', effect: { stall: true } });
  const user = new AbortController();
  const stopped = verifying(
    template,
    (world) => {
      stalls(world);
      setTimeout(() => user.abort(new InterruptedError()), 300);
    },
    { signal: user.signal },
  );
  const [interrupted] = await Promise.allSettled([stopped]);

  const sandbox = await startSandbox();
  const putBack = pointSdkAt(sandbox, OPS, REGION);
  const calls = createCalls({ credentialsFor: () => async () => sandbox.credentials(OPS), concurrency: 1 });
  try {
    sandbox.faults.add({ service: 'cloudtrail', effect: { stall: true } });
    const deadline = AbortSignal.timeout(50);
    const asker = createAsker({ calls, region: REGION, signal: new AbortController().signal, deadline });
    return { interrupted, late: await lookUpTrails(asker, ['logs']) };
  } finally {
    calls.destroy();
    putBack();
    await sandbox.close();
  }
}

export interface LiveTest {
  readonly finding: Finding | undefined;
  /** Where it did not end well. */
  readonly error: unknown;
  readonly made: readonly string[];
  readonly left: readonly string[];
  readonly sandbox: Sandbox;
}

/** The live test by itself, with short limits; `onMade` is called once the resource is there. */
export async function testingLive(
  variables: Readonly<Record<string, string>>,
  onMade: (world: Pick<World, 'sandbox'> & { readonly arn: string; stop(): void }) => void,
): Promise<LiveTest> {
  const sandbox = await startSandbox();
  const putBack = pointSdkAt(sandbox, OPS, REGION);
  const credentials = async () => sandbox.credentials(OPS);
  const calls = createCalls({ credentialsFor: () => credentials, concurrency: 1 });
  const interruption = new AbortController();
  const made: string[] = [];
  const left: string[] = [];
  const timer = setInterval(() => {
    const [arn] = made;
    if (arn === undefined || !sandbox.hasResource(arn)) return;
    clearInterval(timer);
    onMade({ sandbox, arn, stop: () => interruption.abort(new InterruptedError()) });
  }, 5);
  try {
    const settings = readSettings({ LOG_BUCKETS: '*', ...variables, AWS_REGION: REGION }, 'function');
    const place = {
      account: ACCOUNT,
      region: REGION,
      partition: 'aws',
      caller: '',
      functionName: 'auto-tagger',
    };
    const live = testLive({
      place,
      settings,
      calls,
      signal: interruption.signal,
      waitMs: 500,
      pollMs: 10,
      onMake: (arn) => made.push(arn),
      onLeft: (problem) => left.push(problem),
    });
    const [result] = await Promise.allSettled([live]);
    const isWell = result.status === 'fulfilled';
    return {
      finding: isWell ? result.value : undefined,
      error: isWell ? undefined : result.reason,
      made,
      left,
      sandbox,
    };
  } finally {
    clearInterval(timer);
    calls.destroy();
    putBack();
    await sandbox.close();
  }
}

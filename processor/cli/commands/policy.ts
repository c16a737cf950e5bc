/**
 * `policy`: the IAM policies that the program takes, computed for the services, tag keys, queues, table and role of the
 * settings. One JSON object of documents by name; remarks go to stderr.
 */
import { keysWritten } from '../../../tag-manager/tags/tag-settings.ts';
import { DEPLOYMENT, deployedNames } from '../../deployed-names.ts';
import { ANY_ACCOUNT } from '../../policy/arns.ts';
import { documentOf, type PolicyDocument, PolicyError } from '../../policy/document.ts';
import { engineGrants, POLICY_ENGINES, type PolicyEngine } from '../../policy/engine-grants.ts';
import { NOTHING, type OwnResources, some } from '../../policy/own-grants.ts';
import {
  FIRST_SERVICES,
  functionPolicies,
  memberPolicies,
  memberTrust,
  undoPolicies,
} from '../../policy/policies.ts';
import { MAX_POLICIES } from '../../policy/split.ts';
import { onDemand, type Tagging } from '../../policy/tag-grants.ts';
import { readSettings, type Settings } from '../../runtime/settings.ts';
import { verifyGrants } from '../../verify/rows.ts';
import type { CommandCall } from '../command.ts';
import type { CommandOptions } from '../command-rows.ts';
import type { Ending } from '../endings.ts';
import { environmentOf } from '../environment.ts';
import { allowedIn, arnsIn, logBucketsIn, memberRoleIn } from '../policy/policy-options.ts';
import type { Terminal } from '../terminal.ts';

export async function run({ options, terminal }: CommandCall): Promise<Ending> {
  checkSide(options);
  const print = (documents: Documents) => terminal.print(`${JSON.stringify(documents, undefined, 2)}\n`);
  const env = environmentOf(options);
  const settings = readSettings({ ...env, SERVICES: env.SERVICES || FIRST_SERVICES }, 'command-line');
  if (options.verify) {
    print(named('verify', [documentOf(verifyGrants(settings.memberRole?.name))]));
    return 'done';
  }
  if (options.engine !== undefined) {
    print(named('engine', [enginePolicy(options, settings)]));
    return 'done';
  }
  const tagging: Tagging = {
    ...ANY_ACCOUNT,
    services: settings.planning.services,
    keys: keysWritten(settings.tags),
    allow: allowedIn(options, onDemand()),
    asksPerson: settings.tags.asksPerson,
  };
  const documents = documentsFor(options, tagging, settings);
  if (!env.SERVICES) {
    terminal.complain(
      `the policies are for ${FIRST_SERVICES}: set SERVICES to them too, or name others by --services`,
    );
  }
  complainOfLogs(options, terminal);
  const count = Object.keys(documents).filter((name) => name !== 'trust').length;
  if (count > MAX_POLICIES) {
    terminal.complain(
      `these are ${count} policies, and a role has ${MAX_POLICIES} unless AWS has raised that: name the services of the run by --services`,
    );
  }
  print(documents);
  return 'done';
}

type Documents = Readonly<Record<string, PolicyDocument>>;

function documentsFor(options: CommandOptions, tagging: Tagging, settings: Settings): Documents {
  const trust = trustOf(options, settings);
  if (options.undo)
    return { ...trust, ...named('undo', undoPolicies(tagging, undoResources(options, settings))) };
  if (options.member) return { ...trust, ...named('member', memberPolicies(tagging)) };
  return named('function', functionPolicies(tagging, ownResources(options, settings)));
}

/** Of whoever begins backfills that AWS carries out. Throws PolicyError. */
function enginePolicy(options: CommandOptions, { backfillBucket }: Settings): PolicyDocument {
  const { engine = '', deployment = DEPLOYMENT } = options;
  if (!isPolicyEngine(engine)) {
    throw new PolicyError(
      `--engine ${JSON.stringify(engine)}: expected ${POLICY_ENGINES.join(' or ')}; local takes what is printed without it`,
    );
  }
  if (backfillBucket === undefined) {
    throw new PolicyError(
      '--engine: which bucket keeps the runs? BACKFILL_BUCKET names that of the deployment',
    );
  }
  const logs = logBucketsIn(options);
  if (logs.length === 0)
    throw new PolicyError('--engine: whose log files are listed? --bucket names the bucket');
  return documentOf(engineGrants(engine, { names: deployedNames(deployment), backfillBucket, logs }));
}

function isPolicyEngine(name: string): name is PolicyEngine {
  return (POLICY_ENGINES as readonly string[]).includes(name);
}

const OF_FUNCTION = [
  ['bucket', '--bucket'],
  ['keys', '--keys'],
  ['queueKeys', '--queue-keys'],
  ['alertKeys', '--alert-keys'],
  ['settingsKeys', '--settings-keys'],
  ['queues', '--queues'],
  ['organization', '--organization'],
  ['accounts', '--accounts'],
  ['verifyDigests', '--verify-digests'],
] as const;

const OF_TAGS = [
  ['services', '--services'],
  ['allow', '--allow'],
  ['member', '--member'],
  ['principal', '--principal'],
  ['undo', '--undo'],
] as const;

const OF_VERIFY = [['verify', '--verify']] as const;

/** Where they are not about what is printed, options would be passed over without a word. */
function checkSide(options: CommandOptions): void {
  const { verify, engine, deployment } = options;
  const alone = [...OF_FUNCTION, ...OF_TAGS].find(([name]) => options[name] !== undefined);
  const besideEngine = [...OF_FUNCTION, ...OF_TAGS, ...OF_VERIFY].find(
    ([name]) => name !== 'bucket' && options[name] !== undefined,
  );
  if (engine !== undefined && besideEngine !== undefined) {
    throw new PolicyError(
      `${besideEngine[1]} is not about whoever begins a backfill with --engine ${engine}: the deployed function tags`,
    );
  }
  if (deployment !== undefined && engine === undefined) {
    throw new PolicyError('--deployment is about --engine, which is not given');
  }
  if (verify && alone !== undefined) {
    throw new PolicyError(`${alone[1]} is about tagging, and --verify about whoever looks whether it works`);
  }
  const isFunction = !options.member && !options.undo;
  const isOfMembers = (name: string) => !options.member && (name === 'organization' || name === 'accounts');
  const astray = isFunction
    ? undefined
    : OF_FUNCTION.find(([name]) => options[name] !== undefined && !isOfMembers(name));
  if (astray !== undefined) {
    const other = options.member ? '--member' : '--undo';
    throw new PolicyError(`${astray[1]} is about the function, and ${other} about tags alone`);
  }
  if (options.undo && options.allow !== undefined) {
    throw new PolicyError('--allow is about adding tags, and --undo about taking them away');
  }
  if (options.principal !== undefined && !options.member) {
    throw new PolicyError('--principal is about the role in other accounts: expected --member beside it');
  }
}

function trustOf({ member, principal }: CommandOptions, { memberRole }: Settings): Documents {
  if (!member || principal === undefined) return {};
  const [arn = ''] = arnsIn('--principal', principal, 'iam');
  return { trust: memberTrust(arn, memberRole?.externalId) };
}

/** Of the role in other accounts: nothing. Whose role is assumed need not be said where none is. */
function undoResources(options: CommandOptions, { store, memberRole }: Settings): OwnResources {
  if (options.member) return NOTHING;
  const isInOthers = options.organization !== undefined || options.accounts !== undefined;
  return {
    ...NOTHING,
    table: store === undefined ? undefined : tableArn(store.table),
    memberRole: isInOthers ? memberRoleIn(options, memberRole?.name) : undefined,
  };
}

function tableArn(table: string): string {
  return `arn:*:dynamodb:*:*:table/${table}`;
}

function ownResources(options: CommandOptions, settings: Settings): OwnResources {
  const { ownQueues, eventQueues, store, memberRole, alertTopic, archive, retryQueueArn } = settings;
  return {
    logs: logBucketsIn(options),
    logKeys: arnsIn('--keys', options.keys, 'kms'),
    table: store === undefined ? undefined : tableArn(store.table),
    sendsTo: ownQueues,
    receivesFrom: [...some(retryQueueArn), ...eventQueues, ...arnsIn('--queues', options.queues, 'sqs')],
    memberRole: memberRoleIn(options, memberRole?.name),
    alertTopic,
    archiveBucket: archive && `arn:*:s3:::${archive.bucket}`,
    sources: settings.live.sources.map(({ source }) => source),
    queueKeys: arnsIn('--queue-keys', options.queueKeys, 'kms'),
    alertKeys: arnsIn('--alert-keys', options.alertKeys, 'kms'),
    settingsKeys: arnsIn('--settings-keys', options.settingsKeys, 'kms'),
    verifiesDigests: options.verifyDigests ?? false,
  };
}

function named(name: string, documents: readonly PolicyDocument[]): Documents {
  return Object.fromEntries(documents.map((document, at) => [`${name}-${at + 1}`, document]));
}

function complainOfLogs({ bucket, member, undo }: CommandOptions, { complain }: Terminal): void {
  if (bucket === undefined && !member && !undo) {
    complain('nothing in them reads log files: name the bucket by --bucket');
  }
}

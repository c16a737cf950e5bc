/** All questions to AWS about a deployment, side by side as far as one does not need another's answer. Nothing is changed. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { partitionOf } from '../../../parser/partition.ts';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import { deployedNames } from '../../deployed-names.ts';
import { createBucketCalls } from '../../file/bucket-calls.ts';
import type { Settings } from '../../runtime/settings.ts';
import { ABSENT, foundIn } from '../answer.ts';
import type { Asker } from '../asker.ts';
import type { Configuration, Facts, FunctionFacts, PlaceFacts, QueueRole, TopicFacts } from './facts.ts';
import { lookUpFunction, settingsOf } from './function.ts';
import { lookUpLogBucket, lookUpRules } from './logs.ts';
import { lookUpMembers } from './members.ts';
import { simulate } from './permissions.ts';
import { prefixesOf } from './prefixes.ts';
import { ownQuestions, parentQuestions, tagQuestions } from './questions.ts';
import { lookUpQueues } from './queues.ts';
import { lookUpTable, lookUpTopic } from './store.ts';
import { lookUpTrails } from './trails.ts';

export interface LookUpOptions {
  readonly calls: Calls;
  readonly functionName: string;
  /** Other accounts to look at; all of the organization where none are named. */
  readonly accounts: readonly string[] | undefined;
}

/** Throws where AWS does not tell who we are: then it would tell nothing else. */
export async function lookUp(asker: Asker, options: LookUpOptions): Promise<Facts> {
  const place = await lookUpPlace(asker, options.functionName);
  const deployed = await lookUpFunction(asker, options.functionName);
  const settings = settingsOf(deployed.configuration, place.region);
  const parts =
    settings.kind === 'read'
      ? await lookUpParts(asker, options, place, deployed, settings.settings)
      : NO_PARTS;
  return { place, function: deployed, settings, namedAccounts: options.accounts, ...parts };
}

type Parts = Omit<Facts, 'place' | 'function' | 'settings' | 'namedAccounts'>;

const NO_PARTS: Parts = {
  queues: [],
  logs: [],
  eventRules: ABSENT,
  trails: ABSENT,
  table: undefined,
  topic: undefined,
  members: undefined,
  permissions: [],
};

async function lookUpPlace(asker: Asker, functionName: string): Promise<PlaceFacts> {
  const answer = await asker.ask('sts:GetCallerIdentity', STSClient, (client, options) =>
    client.send(new GetCallerIdentityCommand({}), options),
  );
  if (answer.kind !== 'found') {
    const why = answer.kind === 'unknown' ? answer.why : 'there is no such caller';
    throw new Error(`cannot tell which account your AWS credentials are of: ${why}`);
  }
  const { Account: account = '', Arn: caller = '' } = answer.value;
  const partition = partitionOf(asker.region)?.name ?? 'aws';
  return { account, caller, partition, region: asker.region, functionName };
}

async function lookUpParts(
  asker: Asker,
  { calls, accounts }: LookUpOptions,
  place: PlaceFacts,
  { configuration, mappings }: FunctionFacts,
  settings: Settings,
): Promise<Parts> {
  const { store, alertTopic, memberRole } = settings;
  const deployed = foundIn(configuration);
  const topicAsked = alertTopic === undefined ? undefined : lookUpTopic(asker, alertTopic);
  const [way, table, topic, members] = await Promise.all([
    lookUpWay(asker, { calls, place, settings, mappings, deployed, topic: topicAsked }),
    store && lookUpTable(asker, store.table),
    topicAsked,
    memberRole &&
      lookUpMembers(asker, { role: memberRole, place, functionRole: deployed?.role, accounts, calls }),
  ]);
  return { ...way, table, topic, members };
}

interface Way {
  readonly calls: Calls;
  readonly place: PlaceFacts;
  readonly settings: Settings;
  readonly mappings: FunctionFacts['mappings'];
  readonly deployed: Configuration | undefined;
  readonly topic: Promise<TopicFacts> | undefined;
}

/** From the trail to what the function may do with what it is told. */
async function lookUpWay(
  asker: Asker,
  { calls, place, settings, mappings, deployed, topic }: Way,
): Promise<Pick<Facts, 'queues' | 'logs' | 'eventRules' | 'trails' | 'permissions'>> {
  const { names } = settings.logBuckets;
  const [queues, trails] = await Promise.all([
    lookUpQueues(asker, mappings, settings),
    lookUpTrails(asker, names),
  ]);
  const found = foundIn(trails) ?? [];
  const arnsOf = (wanted: QueueRole) => queues.flatMap(({ role, arn }) => (role === wanted ? arn : []));
  const bus = deployedNames(place.functionName).eventBus;
  const eventQueues = arnsOf('events');
  const eventRules = eventQueues.length === 0 ? ABSENT : lookUpRules(asker, eventQueues, bus);
  const callBucket = createBucketCalls(calls, place.region);
  const logs = await Promise.all(
    names.map((name) =>
      lookUpLogBucket(asker, {
        name,
        owner: ownerOf(name, settings, place),
        topics: found.flatMap(({ bucket, topicArn = [] }) => (bucket === name ? topicArn : [])),
        functionName: place.functionName,
        workQueues: arnsOf('work'),
        callBucket,
      }),
    ),
  );
  const told = { queues, trails, logs, eventRules: await eventRules };
  if (deployed === undefined) return { ...told, permissions: [] };
  const own = ownQuestions({
    settings,
    place,
    queues,
    trails: found,
    topic: await topic,
    logGroup: deployed.logGroup,
    prefixes: prefixesOf(logs, trails),
  });
  const questions = [...own, ...parentQuestions(settings, place), ...tagQuestions(settings, place)];
  return { ...told, permissions: await simulate(asker, deployed.role, questions) };
}

function ownerOf(name: string, { logBuckets }: Settings, { account }: PlaceFacts): string {
  const access = logBuckets.accessTo(name, account);
  return (access.kind === 'allowed' ? access.owner : undefined) ?? account;
}

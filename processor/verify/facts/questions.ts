/**
 * What the function's role must be able to do, as questions to IAM: one resource for each tag action of the services that
 * are chosen, and all that the program takes beside tagging. Made of the tables and rows that the policies are made of.
 */
import { catalogue } from '../../../parser/catalogue/catalogue.ts';
import { servicePrefix } from '../../../parser/catalogue/row.ts';
import { apiNamed } from '../../../tag-manager/apis/apis.ts';
import { keysWritten } from '../../../tag-manager/tags/tag-settings.ts';
import { arnPatterns } from '../../policy/arns.ts';
import type { Condition, Grant } from '../../policy/document.ts';
import { ownGrants } from '../../policy/own-grants.ts';
import { parentGrants } from '../../policy/parent-grants.ts';
import type { Settings } from '../../runtime/settings.ts';
import { foundIn } from '../answer.ts';
import type { PlaceFacts, Question, QueueFacts, TopicFacts, TrailFacts } from './facts.ts';

/** Stands for what differs from resource to resource. */
const EXAMPLE = 'example';

/** To tag one resource by each tag action of the services that are chosen. */
export function tagQuestions(
  { planning, tags }: Settings,
  { partition, account, region }: PlaceFacts,
): readonly Question[] {
  const context = { 'aws:TagKeys': keysWritten(tags) };
  const byAction = new Map<string, Question>();
  for (const row of catalogue()) {
    const about = servicePrefix(row);
    if (!planning.services(about)) continue;
    const { actions, authorizedAs } = apiNamed(row.api);
    if (byAction.has(actions.write)) continue;
    const [pattern = '*'] = arnPatterns([authorizedAs ?? row.arn], { partition, account });
    const resource = actions.unscoped?.includes(actions.write) ? '*' : exampleOf(pattern, region);
    byAction.set(actions.write, { about, action: actions.write, resource, context });
  }
  return [...byAction.values()];
}

function exampleOf(pattern: string, region: string): string {
  const parts = pattern.split(':');
  if (parts[3] === '*') parts[3] = region;
  return parts.join(':').replaceAll('*', EXAMPLE);
}

export interface OwnParts {
  readonly settings: Settings;
  readonly place: PlaceFacts;
  readonly queues: readonly QueueFacts[];
  readonly trails: readonly TrailFacts[];
  readonly topic: TopicFacts | undefined;
  /** The function's. */
  readonly logGroup: string;
  /** Names of log buckets, and what stands before `AWSLogs/` in each. */
  readonly prefixes: ReadonlyMap<string, string>;
}

/** To read log files, to keep and send what it must, and to read what tags are made of. */
export function ownQuestions(parts: OwnParts): readonly Question[] {
  const { settings, place, queues, trails, topic, logGroup, prefixes } = parts;
  const { partition, account, region } = place;
  const { ownQueues, store, alertTopic, archive, live } = settings;
  const grants = ownGrants({
    logs: [...prefixes].map(([name, prefix]) => ({ arn: `arn:${partition}:s3:::${name}`, prefix })),
    logKeys: trails.flatMap(({ keyArn }) => keyArn ?? []),
    table: store && `arn:${partition}:dynamodb:${region}:${account}:table/${store.table}`,
    sendsTo: ownQueues,
    receivesFrom: queues.flatMap(({ role, arn }) =>
      role === 'work' || role === 'events' || role === 'retry' ? arn : [],
    ),
    memberRole: undefined,
    alertTopic,
    archiveBucket: archive && `arn:${partition}:s3:::${archive.bucket}`,
    sources: live.sources.map(({ source }) => source),
    home: place,
    queueKeys: keyArns(queues.map(({ attributes }) => foundIn(attributes)?.KmsMasterKeyId)),
    alertKeys: keyArns([topic && foundIn(topic.attributes)?.keyId]),
    logGroups: [`arn:${partition}:logs:${region}:${account}:log-group:${logGroup}:*`],
  });
  return grants.flatMap(questionsOf);
}

/** To read the tags of what others may be made for, where tags name persons: without it, nobody is behind these, and no failure tells it. */
export function parentQuestions(
  { planning, tags }: Settings,
  { partition, account }: PlaceFacts,
): readonly Question[] {
  if (!tags.asksPerson) return [];
  const grants = [...parentGrants(planning.services, { partition, account }).values()].flat();
  const byAction = new Map(
    grants.flatMap(({ sid, actions, resources: [resource = '*'] }) =>
      actions.map((action) => [action, { about: sid, action, resource, context: {} }] as const),
    ),
  );
  return [...byAction.values()].map((question) => ({
    ...question,
    resource: question.resource === '*' ? '*' : question.resource.replaceAll('*', EXAMPLE),
  }));
}

/** An alias or an id does not tell whose key it is. */
function keyArns(keys: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(keys.flatMap((key) => (key?.startsWith('arn:') ? key : [])))];
}

function questionsOf({ sid, actions, resources, condition }: Grant): readonly Question[] {
  const context = contextOf(condition);
  return resources.flatMap((resource) =>
    actions.map((action) => ({ about: sid, action, resource: resource.replaceAll('*', EXAMPLE), context })),
  );
}

/** What a request would have that the condition lets through. */
function contextOf(condition: Condition = {}): Question['context'] {
  const wanted = Object.values(condition).flatMap((keys) => Object.entries(keys));
  return Object.fromEntries(
    wanted.map(([key, values]) => {
      const [first = ''] = [values].flat(); // one of them is enough
      return [key, [first.replaceAll('*', EXAMPLE)]];
    }),
  );
}

/** To assume the member role of each account. */
export function memberQuestions(
  roleName: string,
  accounts: readonly string[],
  organization: string | undefined,
  { partition }: PlaceFacts,
): readonly Question[] {
  const context: Question['context'] =
    organization === undefined ? {} : { 'aws:ResourceOrgID': [organization] };
  return accounts.map((about) => ({
    about,
    action: 'sts:AssumeRole',
    resource: memberRoleArn(roleName, about, partition),
    context,
  }));
}

export function memberRoleArn(roleName: string, account: string, partition: string): string {
  return `arn:${partition}:iam::${account}:role/${roleName}`;
}

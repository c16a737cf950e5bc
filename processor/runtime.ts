/**
 * Everything that lives as long as the process, put together from the settings: clients, the tag manager, the
 * file processor. Made once, shared by all files.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Creation } from '../parser/creation.ts';
import { type ClientConfig, type Clients, createClients } from '../tag-manager/clients.ts';
import { createPlanner } from '../tag-manager/planner.ts';
import { createTagManager } from '../tag-manager/tag-manager.ts';
import { createTaggers } from '../tag-manager/taggers/taggers.ts';
import { type Accounts, ownAccountOnly } from './accounts.ts';
import type { Refusal } from './plan-file.ts';
import { createFileProcessor, type FileProcessor } from './process-file.ts';
import { failureQueue, type Queues, retryQueue } from './queues.ts';
import type { Settings } from './settings.ts';
import type { ResourceTagger } from './work/do-resource.ts';

export interface Runtime {
  readonly settings: Settings;
  readonly files: FileProcessor;
  /** For reading log files, wherever their bucket is. */
  readonly logBuckets: S3Client;
  /** Bounds the files that are open at once. */
  readonly fileLimit: LimitFunction;
  /** Closes all connections. */
  destroy(): void;
}

/** What tagging needs beyond planning. */
export interface TaggingRuntime extends Runtime {
  readonly clients: Clients;
  readonly queues: Queues;
  readonly resources: ResourceTagger;
}

/** Files open at once: enough to hide the time to the first byte, few enough to be held whole. */
export const MAX_OPEN_FILES = 32;

/** For tagging in `ownAccount`, the account of the environment's credentials. */
export function createTaggingRuntime(settings: Settings, ownAccount: string, region: string): TaggingRuntime {
  const accounts = ownAccountOnly(ownAccount, defaultProvider());
  const clients = createClients(accounts.credentialsFor);
  const tagManager = createTagManager({
    settings: settings.tags,
    clients,
    taggers: createTaggers(),
    limit: pLimit(settings.concurrency),
    now: Date.now,
  });
  const refuse = (creation: Creation) =>
    refusedByFilter(creation, settings) ?? refusedByAccount(creation, accounts);
  return {
    ...shared(settings, clients, region),
    files: createFileProcessor({ bounds: settings.bounds, refuse, tagManager }),
    clients,
    queues: createQueues(settings, clients, region),
    resources: { tagManager, accounts, ownAccount, ownRegion: region },
  };
}

function createQueues(
  { retryQueueUrl, failureQueueUrl }: Settings,
  clients: Clients,
  region: string,
): Queues {
  const client = clients.get(SQSClient, undefined, region);
  return {
    retry: retryQueueUrl === undefined ? undefined : retryQueue(client, retryQueueUrl),
    failure: failureQueueUrl === undefined ? undefined : failureQueue(client, failureQueueUrl),
  };
}

/** For planning: reads log buckets and calls nobody else. */
export function createPlanningRuntime(settings: Settings, region: string): Runtime {
  const clients = createClients(ownAccountOnly(undefined, defaultProvider()).credentialsFor);
  const refuse = (creation: Creation) => refusedByFilter(creation, settings);
  const tagManager = createPlanner(settings.tags);
  const files = createFileProcessor({ bounds: settings.bounds, refuse, tagManager });
  return { ...shared(settings, clients, region), files };
}

/** The account of the environment's credentials. */
export async function findOwnAccount(region: string): Promise<string> {
  const clients = createClients(() => defaultProvider());
  try {
    const { Account } = await clients
      .get(STSClient, undefined, region)
      .send(new GetCallerIdentityCommand({}));
    if (Account === undefined) throw new Error('STS did not say which account the credentials belong to');
    return Account;
  } finally {
    clients.destroy();
  }
}

function shared(settings: Settings, clients: Clients, region: string) {
  return {
    settings,
    logBuckets: clients.get(LogBucketClient, undefined, region),
    fileLimit: pLimit(MAX_OPEN_FILES),
    destroy: () => clients.destroy(),
  };
}

/** S3 tells where a bucket is when it is asked in the wrong region; for reading, that may be followed. */
class LogBucketClient extends S3Client {
  constructor(config: ClientConfig) {
    super({ ...config, followRegionRedirects: true });
  }
}

function refusedByFilter(creation: Creation, { filter }: Settings): Refusal | undefined {
  const detail = filter(creation);
  return detail === undefined ? undefined : { reason: 'filtered-out', detail };
}

function refusedByAccount({ account }: Creation, accounts: Accounts): Refusal | undefined {
  if (accounts.canTag(account)) return undefined;
  return { reason: 'no-role', detail: `there is no role to tag with in account ${account}` };
}

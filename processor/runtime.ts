/**
 * Everything that lives as long as the process when there is something to tag, put together from the settings:
 * clients, the tag manager, the file processor, the queues. Made once, shared by all files.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import pLimit from 'p-limit';
import type { Creation } from '../parser/creation.ts';
import { type ClientLimits, type Clients, createClients } from '../tag-manager/clients.ts';
import { createTagManager } from '../tag-manager/tag-manager.ts';
import { createTaggers } from '../tag-manager/taggers/taggers.ts';
import { type Accounts, ownAccountOnly } from './accounts.ts';
import type { Refusal } from './plan-file.ts';
import { type Runtime, readingParts, refusedByFilter } from './planning-runtime.ts';
import { createFileProcessor } from './process-file.ts';
import { failureQueue, type Queues, retryQueue } from './queues.ts';
import type { Settings } from './settings.ts';
import type { ResourceTagger } from './work/do-resource.ts';

/** What tagging needs beyond planning. */
export interface TaggingRuntime extends Runtime {
  readonly clients: Clients;
  readonly queues: Queues;
  readonly resources: ResourceTagger;
}

/** For tagging in `ownAccount`, the account of the environment's credentials. */
export function createTaggingRuntime(
  settings: Settings,
  ownAccount: string,
  region: string,
  limits?: ClientLimits,
): TaggingRuntime {
  const accounts = ownAccountOnly(ownAccount, defaultProvider());
  const clients = createClients(accounts.credentialsFor, limits);
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
    ...readingParts(settings, clients, region),
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

/** The account of the environment's credentials. Throws what is wrong with them. */
export async function findOwnAccount(region: string): Promise<string> {
  const clients = createClients(() => defaultProvider());
  try {
    const sts = clients.get(STSClient, undefined, region);
    const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return Account;
  } catch (cause) {
    const { name, message } = cause as Error;
    throw new Error(`cannot tell which account your AWS credentials are of: ${name}: ${message}`, { cause });
  } finally {
    clients.destroy();
  }
}

function refusedByAccount({ account }: Creation, accounts: Accounts): Refusal | undefined {
  if (accounts.canTag(account)) return undefined;
  return { reason: 'no-role', detail: `there is no role to tag with in account ${account}` };
}

/**
 * Everything that lives as long as the process when there is something to tag, put together from the settings:
 * clients, the tag manager, the file processor, the queues. Made once, shared by all files.
 */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Creation } from '../../parser/event/creation.ts';
import { personOfArn } from '../../parser/event/creator.ts';
import { canHaveCreated } from '../../parser/event/possible-resource.ts';
import { mayBeParent } from '../../parser/parents/parent.ts';
import { canBeParent } from '../../parser/parents/possible-parent.ts';
import { partitionOf } from '../../parser/partition.ts';
import { type AccountRefusal, createAccounts, type Members } from '../../tag-manager/calls/accounts.ts';
import { assumeRole } from '../../tag-manager/calls/assume-role.ts';
import { type Calls, createCalls } from '../../tag-manager/calls/calls.ts';
import type { ClientLimits } from '../../tag-manager/calls/clients.ts';
import { createDenials, type Stop } from '../../tag-manager/denials.ts';
import type { Journal } from '../../tag-manager/journal.ts';
import { createDynamoDbStore, type Store } from '../../tag-manager/store/dynamodb.ts';
import type { Ledger } from '../../tag-manager/store/ledger.ts';
import { createLookUp, type LookUp } from '../../tag-manager/store/look-up.ts';
import { readOnly } from '../../tag-manager/store/read-only.ts';
import type { Undone } from '../../tag-manager/store/undone.ts';
import { createTagManager } from '../../tag-manager/tag-manager.ts';
import { createTaggers, type TaggerFor } from '../../tag-manager/taggers/taggers.ts';
import { type Alerts, createAlerts } from '../alerts/alerts.ts';
import { type Archive, createArchive } from '../archive/archive.ts';
import type { LogReader } from '../file/log-reader.ts';
import { createFileProcessor } from '../file/process-file.ts';
import type { TrustedQueues } from '../notification/trust.ts';
import { createQueues, type Queues } from '../queues/queues.ts';
import { createNamesSender } from '../queues/send-names.ts';
import type { ResourceTagger } from '../work/context.ts';
import { tellOfFiles } from './files-seen.ts';
import { functionName } from './function-name.ts';
import { createLogAccess } from './log-access.ts';
import { MAX_OPEN_FILES, type Runtime, refusedByFilter } from './planning-runtime.ts';
import { refreshSettings, type Settings } from './settings.ts';

/** What tagging needs beyond planning. */
export interface TaggingRuntime extends Runtime {
  /** Every call to AWS. */
  readonly calls: Calls;
  readonly logs: LogReader;
  /** Bounds the files that are open at once. */
  readonly fileLimit: LimitFunction;
  readonly queues: Queues;
  readonly trustedQueues: TrustedQueues;
  readonly resources: ResourceTagger;
  /** Where there is a bucket of it, and it is no dry run. */
  readonly archive: Archive | undefined;
  readonly taggerFor: TaggerFor;
  /** Keeps what was undone, where there is a store. */
  readonly undone: Undone | undefined;
  /** What the metadata store keeps of names, where there is one. */
  readonly ledger: Ledger | undefined;
  /** By what names it knows a resource, where there is one. */
  readonly lookUp: LookUp | undefined;
  /** Where there is a topic, and it is no dry run. */
  readonly alerts: Alerts | undefined;
  /** One like it, with connections of its own, for a run of a backfill: it sends no alerts, and is destroyed with this one. */
  forRun(settings: Settings, options: RunTagging): TaggingRuntime;
}

export interface TaggingOptions {
  /** Of the environment's credentials. */
  readonly ownAccount: string;
  /** Where we run. */
  readonly region: string;
  /** Hears once of each account that AWS lets us not into. */
  readonly onRefused: (refusal: AccountRefusal) => void;
  /** Hears where nothing more is tried, because AWS denies everything there. @default all is tried, always */
  readonly onStop?: (stop: Stop) => void;
  /** Hears of each call to the metadata store. */
  readonly onStoreCall?: () => void;
  /** Hears of alerts that cannot be sent. @default there are no alerts */
  readonly onAlertProblem?: (problem: string, error: Error) => void;
  /** Hears of each write to a resource before it is sent. */
  readonly journal?: Journal;
  /** Also what was tagged before, and undone, is tagged: somebody asks for it anew. @default false */
  readonly tagsUndone?: boolean;
  /**
   * Names that are to be judged again go to the retry queue, where there is one, in the place of being judged at once.
   * @default false
   */
  readonly sendsNames?: boolean;
  /** The metadata store is told of log files that are done. @default true */
  readonly tellsOfFiles?: boolean;
  readonly limits?: ClientLimits;
}

/** What a run wants otherwise. */
export type RunTagging = Pick<TaggingOptions, 'journal' | 'tagsUndone' | 'tellsOfFiles'>;

export function createTaggingRuntime(settings: Settings, options: TaggingOptions): TaggingRuntime {
  const { ownAccount, region, onRefused, onStop, onStoreCall, onAlertProblem, journal, limits } = options;
  const { tagsUndone = false, tellsOfFiles = true, sendsNames = false } = options;
  const assume: Members['assume'] = (arn, role, signal) => assumeRole(calls, { arn, role, region }, signal);
  const accounts = createAccounts({
    own: ownAccount,
    credentials: defaultProvider(),
    members: settings.memberRole && {
      role: settings.memberRole,
      partition: partitionOf(region)?.name ?? 'aws',
      assume,
      onRefused(refusal) {
        onRefused(refusal);
        alerts?.addRefusal(refusal);
      },
      now: () => Date.now(),
    },
  });
  const maxOpenFiles = settings.openFiles ?? MAX_OPEN_FILES;
  const calls = createCalls({
    credentialsFor: accounts.credentialsFor,
    concurrency: settings.concurrency,
    maxOpenFiles,
    pace: settings.pace,
    ...(limits && { limits }),
  });
  const store = storeOf(settings, heard(calls, onStoreCall), region);
  const { alertTopic: topicArn } = settings;
  const alerts =
    topicArn !== undefined && onAlertProblem !== undefined && !settings.tags.dryRun
      ? createAlerts({
          topicArn,
          calls,
          claims: store?.claims,
          functionName: functionName(),
          ownAccount,
          now: () => Date.now(),
          onProblem: onAlertProblem,
        })
      : undefined;
  const queues = createQueues(
    { retry: settings.retryQueueUrl, failure: settings.failureQueueUrl },
    calls,
    region,
    settings.pace.handlers,
  );
  const taggerFor = createTaggers();
  const tagManager = createTagManager({
    settings: settings.tags,
    calls,
    taggerFor,
    ...(store && { ledger: settings.tags.dryRun ? readOnly(store.ledger) : store.ledger }),
    ...(journal && { journal }),
    tagsUndone,
    personOfArn,
    batchesAtOnce: settings.concurrency,
    mayBeParent,
    isTagged: settings.eventFilter,
    ...(sendsNames && queues.retry && { judgeAgain: createNamesSender(queues.retry, Date.now) }),
    now: Date.now,
    ...(onStop && { denials: createDenials(onStop) }),
  });
  const refuse = (creation: Creation) => refusedByFilter(creation, settings);
  const { planning, requiresAccount } = settings;
  const files = createFileProcessor({
    ...planning,
    refuse,
    accounts,
    tagManager,
    requiresAccount,
    keepsMakers: settings.tags.asksPerson,
  });
  const isTold = store !== undefined && tellsOfFiles && !settings.tags.dryRun;
  const ofRuns = new Set<TaggingRuntime>();
  const { logs, read } = createLogAccess(settings, { calls, region, ownAccount });
  return {
    settings,
    calls,
    logs,
    openLogs: async () => logs,
    maxOpenFiles,
    fileLimit: pLimit(maxOpenFiles),
    refresh: (signal) => refreshSettings(settings, read, signal),
    destroy() {
      for (const each of ofRuns) each.destroy();
      accounts.destroy();
      calls.destroy();
    },
    files: isTold ? tellOfFiles(files, store.files, Date.now) : files,
    queues,
    alerts,
    forRun(ofRun, more) {
      const { onAlertProblem: _, ...others } = options;
      // Its writes belong into its journal, so it hands none on.
      const made = createTaggingRuntime(ofRun, { ...others, sendsNames: false, ...more });
      ofRuns.add(made);
      return made;
    },
    archive:
      settings.archive && !settings.tags.dryRun
        ? createArchive({ ...settings.archive, ownAccount, region, calls, now: Date.now })
        : undefined,
    taggerFor,
    undone: store?.undone,
    ledger: store?.ledger,
    lookUp: settings.store && createLookUp({ name: settings.store.table, region }, calls),
    trustedQueues: { own: settings.ownQueues, events: settings.eventQueues },
    resources: {
      tagManager,
      accounts,
      services: settings.planning.services,
      ownAccount,
      ownRegion: region,
    },
  };
}

/** The same calls, each told of. */
function heard(calls: Calls, onCall: (() => void) | undefined): Calls {
  if (onCall === undefined) return calls;
  return {
    ...calls,
    make(callee, signal, send) {
      onCall();
      return calls.make(callee, signal, send);
    },
  };
}

/** In our own account and region. */
function storeOf({ store, tags }: Settings, calls: Calls, region: string): Store | undefined {
  if (store === undefined) return undefined;
  return createDynamoDbStore({
    table: { name: store.table, region },
    calls,
    settings: tags,
    canHaveCreated,
    canBeParent,
    fileTtlHours: store.fileTtlHours,
    now: Date.now,
  });
}

export interface OwnIdentity {
  readonly account: string;
  readonly arn: string;
}

/** Whom the environment's credentials are of. Throws what is wrong with them. */
export async function findOwnIdentity(region: string, signal: AbortSignal): Promise<OwnIdentity> {
  const credentials = defaultProvider();
  const calls = createCalls({ credentialsFor: () => credentials, concurrency: 1 });
  try {
    const { GetCallerIdentityCommand, STSClient } = await import('../../tag-manager/calls/sts-client.ts');
    const callee = { client: STSClient, account: undefined, region };
    const { Account: account = '', Arn: arn = '' } = await calls.make(callee, signal, (client, options) =>
      client.send(new GetCallerIdentityCommand({}), options),
    );
    return { account, arn };
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`cannot tell which account your AWS credentials are of: ${message}`, { cause });
  } finally {
    calls.destroy();
  }
}

/** A tag manager on a sandbox: the real one, with the real SDK clients, over HTTP. */
import '../helpers/one-realm.ts';
import '../helpers/rate-limiter.ts';
import type { Creation } from '../../parser/event/creation.ts';
import { personOfArn } from '../../parser/event/creator.ts';
import { mayBeParent } from '../../parser/parents/parent.ts';
import { type Identity, type Sandbox, type ServedRequest, startSandbox } from '../../sandbox/sandbox.ts';
import { createCalls } from '../../tag-manager/calls/calls.ts';
import type { ClientLimits, CredentialsFor } from '../../tag-manager/calls/clients.ts';
import type { PaceSettings } from '../../tag-manager/calls/pace.ts';
import type { Denials } from '../../tag-manager/denials.ts';
import type { Journal } from '../../tag-manager/journal.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { JudgeAgain } from '../../tag-manager/run.ts';
import type { Ledger } from '../../tag-manager/store/ledger.ts';
import { createTagManager, type TagManager } from '../../tag-manager/tag-manager.ts';
import { createTaggers } from '../../tag-manager/taggers/taggers.ts';
import { compileTagSettings, type TagOptions } from '../../tag-manager/tags/tag-settings.ts';
import { ACCOUNT, arnOf, EVENT_TIME, type KindName } from './creations.ts';

export const KEYS = {
  createdBy: 'CreatedBy',
  createdDate: 'CreatedDate',
  managedBy: 'ManagedBy',
  secondMarker: 'TaggedBy',
};

export const OPTIONS: TagOptions = {
  keys: KEYS,
  createdBy: 'arn',
  extra: [],
  onExisting: 'keep',
  dryRun: false,
};

/** A day after the events: "not found" is final. */
export const NOW = Date.parse(EVENT_TIME) + 24 * 60 * 60_000;

/** There is all the time. */
export const UNENDING = new AbortController().signal;

/** Failures are answered at once: only tests of retries want them. */
const NO_RETRIES: ClientLimits = { maxAttempts: 1, connectionTimeoutMs: 1_000, requestTimeoutMs: 5_000 };

export interface ManagerOptions {
  readonly options?: Partial<TagOptions>;
  readonly limits?: Partial<ClientLimits>;
  /** What templates read. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default those of the account's tagger */
  readonly credentialsFor?: CredentialsFor;
  /** Calls under way at once. */
  readonly concurrency?: number;
  /** @default as fast as they can */
  readonly pace?: PaceSettings;
  /** Epoch milliseconds. */
  readonly now?: number;
  /** @default the memory of the process */
  readonly ledger?: Ledger;
  readonly journal?: Journal;
  readonly tagsUndone?: boolean;
  readonly judgeAgain?: JudgeAgain;
  readonly denials?: Denials;
}

export interface Tagging {
  readonly sandbox: Sandbox;
  /** A tag manager with clients of its own, closed with the sandbox. */
  manager(options?: ManagerOptions): TagManager;
  /** One run of a new tag manager. */
  tag(creations: readonly Creation[], options?: ManagerOptions): Promise<readonly Outcome[]>;
  /** The account of every client that the managers have made. */
  readonly clientsMade: readonly (string | undefined)[];
  /** What `work` asks of the sandbox. */
  requestsOf(work: () => Promise<unknown>): Promise<readonly ServedRequest[]>;
  close(): Promise<void>;
}

/** Whom the tag manager calls as in an account. */
export const taggerOf = (account: string): Identity => ({
  type: 'AssumedRole',
  account,
  roleName: 'auto-tagger',
  sessionName: 'test',
});

/** The caller closes it. */
export async function startTagging(options: Parameters<typeof startSandbox>[0] = {}): Promise<Tagging> {
  const sandbox = await startSandbox(options);
  process.env.AWS_ENDPOINT_URL = sandbox.endpoint;
  const destroyers: (() => void)[] = [];
  const clientsMade: (string | undefined)[] = [];

  const ownCredentials: CredentialsFor = (account) => {
    const credentials = sandbox.credentials(taggerOf(account ?? ACCOUNT));
    return async () => credentials;
  };

  function manager(managerOptions: ManagerOptions = {}): TagManager {
    const { options, limits, env = {}, concurrency = 16, now = NOW, ledger, journal, pace } = managerOptions;
    const { credentialsFor = ownCredentials, tagsUndone = false, judgeAgain, denials } = managerOptions;
    const calls = createCalls({
      credentialsFor: (account) => {
        clientsMade.push(account);
        return credentialsFor(account);
      },
      concurrency,
      pace,
      limits: { ...NO_RETRIES, ...limits },
    });
    destroyers.push(() => calls.destroy());
    const settings = compileTagSettings({ ...OPTIONS, ...options }, { env });
    return createTagManager({
      settings,
      calls,
      taggerFor: createTaggers(),
      batchesAtOnce: concurrency,
      mayBeParent,
      ...(judgeAgain && { judgeAgain }),
      ...(ledger && { ledger }),
      ...(journal && { journal }),
      ...(denials && { denials }),
      tagsUndone,
      personOfArn,
      now: () => now,
    });
  }

  return {
    sandbox,
    manager,
    clientsMade,
    tag: async (creations, options) => (await manager(options).tag({ creations }, UNENDING)).outcomes,
    requestsOf: async (work) => {
      const before = sandbox.requests.length;
      await work();
      return sandbox.requests.slice(before);
    },
    close: async () => {
      for (const destroy of destroyers) destroy();
      await sandbox.close();
    },
  };
}

export interface ResourceFacts {
  readonly account?: string;
  readonly region?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** What its service says, epoch milliseconds. @default EVENT_TIME */
  readonly createdAt?: number;
}

/** Makes a resource exist in the sandbox, with tags that no rule was applied to. */
export function putResource(sandbox: Sandbox, kind: KindName, id: string, facts: ResourceFacts = {}): string {
  const { account = ACCOUNT, region = 'eu-west-1', tags = {}, createdAt = Date.parse(EVENT_TIME) } = facts;
  const arn = arnOf(kind, id, { account, region });
  if (kind === 'bucket') {
    sandbox.putBucket({ name: id, account, region });
    sandbox.putTags(arn, tags);
  } else {
    sandbox.putResource({ arn, account, region, tags, createdAt });
  }
  return arn;
}

/** The operations that add tags. */
const WRITES: ReadonlySet<string> = new Set([
  'CreateTags',
  'TagResource',
  'AddTagsToResource',
  'TagQueue',
  'PutBucketTagging',
]);

export const isWrite = ({ operation }: ServedRequest): boolean => WRITES.has(operation);

/** `ec2 CreateTags`, in the order in which the requests came in. */
export const operationsOf = (requests: readonly ServedRequest[]): string[] =>
  requests.map(({ service, operation }) => `${service} ${operation}`);

/** The tags of ours for an event. */
export const ours = (by: string, at: string): Record<string, string> => ({
  CreatedBy: by,
  CreatedDate: at,
  ManagedBy: 'auto-tagger',
});

/**
 * Which accounts we may tag in, and with which credentials: in our own with those that we run with, in others with
 * those of a role of the same name in each. They are asked for once, kept until shortly before they expire, and asked
 * for anew then; a refusal is kept for an hour, because somebody may make the role meanwhile.
 */
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import pLimit from 'p-limit';
import { type MemberRole, SESSION_SECONDS } from './assume-role.ts';
import { CallError, type CallFailure, readFailure } from './call-failure.ts';
import { keepLeastRecent } from './least-recent.ts';
import { onAbort } from './on-abort.ts';

export interface Accounts {
  /** Why nothing can be tagged in the account, whatever AWS would say; asks nobody. */
  closed(account: string, partition: string): string | undefined;
  /**
   * Why AWS lets us not into the account; `undefined` where it does, and where it cannot say for the moment: then the
   * calls that want the credentials fail, and say so. Throws nothing; once the signal is aborted it waits no longer.
   */
  refused(account: string, signal: AbortSignal): Promise<string | undefined>;
  /** For no account: the credentials that we run with. The provider throws CallError. */
  credentialsFor(account: string | undefined): AwsCredentialIdentityProvider;
  /** Ends what is being asked for. */
  destroy(): void;
}

/** AWS lets us not into an account. */
export interface AccountRefusal {
  readonly account: string;
  readonly roleArn: string;
  readonly failure: CallFailure;
}

export interface AccountsOptions {
  /** The account of `credentials`; `undefined` where nothing is to be tagged. */
  readonly own: string | undefined;
  readonly credentials: AwsCredentialIdentityProvider;
  /** How to get into other accounts. @default not at all */
  readonly members?: Members | undefined;
}

export interface Members {
  readonly role: MemberRole;
  /** Of our own credentials: a role of another partition cannot be assumed. */
  readonly partition: string;
  /** Throws CallError. */
  readonly assume: (roleArn: string, role: MemberRole, signal: AbortSignal) => Promise<AwsCredentialIdentity>;
  /** Hears of a refusal once, until it is forgotten. */
  readonly onRefused: (refusal: AccountRefusal) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Five minutes before they expire, as early as the SDK itself renews (@smithy/core, `EXPIRATION_MS`). Counted from when
 * they were asked for: by a clock that is an hour fast, what STS says of their end would be over when it comes.
 */
const KEPT_FOR_MS = (SESSION_SECONDS - 5 * 60) * 1000;

const REFUSED_FOR_MS = 60 * 60_000;

/** More than an organization has by default; each takes about 2 KB, most of it the session token. */
const MAX_ACCOUNTS = 10_000;

/**
 * That are asked for at once. STS takes 600 calls a second of an account in a region, all its callers together (IAM User
 * Guide, "IAM and AWS STS quotas"); one takes some 30 ms.
 */
const ASKED_AT_ONCE = 8;

/**
 * AWS STS API Reference, "AssumeRole": no such role, no trust, no permission, a suspended account all are AccessDenied.
 * Other denials are about our own credentials, and would look like that for every account.
 */
const REFUSALS = /^(AccessDenied(Exception)?|RegionDisabledException|ValidationError)$/;

export function createAccounts({ own, credentials, members }: AccountsOptions): Accounts {
  const isOwn = (account: string | undefined) => account === undefined || account === own;
  const sessions = members === undefined ? undefined : createSessions(members);
  return {
    closed(account, partition) {
      if (isOwn(account)) return undefined;
      if (members === undefined) return `there is no role to tag with in account ${account}`;
      if (members.partition === partition) return undefined;
      return `account ${account} is of the partition ${partition}, and we run in ${members.partition}, where no role of it can be assumed`;
    },
    async refused(account, signal) {
      if (isOwn(account) || sessions === undefined) return undefined;
      const answer = await sessions.answer(account, signal).catch(() => undefined);
      if (answer === undefined || 'credentials' in answer) return undefined;
      const { roleArn, failure } = answer.refusal;
      return `${roleArn} cannot be assumed: ${failure.error}: ${failure.message}`;
    },
    credentialsFor(account) {
      if (account === undefined || isOwn(account)) return credentials;
      if (sessions === undefined) throw new RangeError(`there are no credentials for account ${account}`);
      return async () => {
        const answer = await sessions.answer(account);
        if ('credentials' in answer) return answer.credentials;
        throw new CallError(answer.refusal.failure, undefined);
      };
    },
    destroy: () => sessions?.destroy(),
  };
}

type Answer = { readonly credentials: AwsCredentialIdentity } | { readonly refusal: AccountRefusal };

/** What is known of one account. */
interface Session {
  answer?: Answer;
  /** Epoch milliseconds. */
  goodUntil: number;
  asking?: Promise<Answer> | undefined;
}

/** Whoever asks while an answer is awaited gets that answer; he may leave, the others still get it. */
function createSessions({ role, partition, assume, onRefused, now }: Members) {
  const sessions = keepLeastRecent<string, Session>(MAX_ACCOUNTS);
  const places = pLimit(ASKED_AT_ONCE);
  const end = new AbortController();

  async function ask(account: string): Promise<Pick<Session, 'goodUntil'> & { readonly answer: Answer }> {
    const roleArn = roleArnOf(role.name, account, partition);
    const askedAt = now();
    try {
      const credentials = await assume(roleArn, role, end.signal);
      return { answer: { credentials }, goodUntil: askedAt + KEPT_FOR_MS };
    } catch (error) {
      const failure = readFailure(error);
      if (!REFUSALS.test(failure.error)) throw error;
      const refusal = { account, roleArn, failure };
      onRefused(refusal);
      return { answer: { refusal }, goodUntil: askedAt + REFUSED_FOR_MS };
    }
  }

  async function renew(session: Session, account: string): Promise<Answer> {
    try {
      const { answer, goodUntil } = await ask(account);
      session.goodUntil = goodUntil;
      session.answer = answer;
      return answer;
    } finally {
      session.asking = undefined;
    }
  }

  return {
    /** Throws CallError, and the signal's reason. */
    async answer(account: string, signal?: AbortSignal): Promise<Answer> {
      signal?.throwIfAborted();
      const session = sessions.get(account, () => ({ goodUntil: 0 }));
      if (session.answer !== undefined && now() < session.goodUntil) return session.answer;
      session.asking ??= places(() => renew(session, account));
      return signal === undefined ? session.asking : unlessAborted(session.asking, signal);
    },
    destroy: () => end.abort(new Error('the connections to AWS are closed')),
  };
}

/** Nothing of a record chooses more than the account. */
function roleArnOf(name: string, account: string, partition: string): string {
  if (!/^\d{12}$/.test(account)) throw new RangeError('expected an account of 12 digits');
  return `arn:${partition}:iam::${account}:role/${name}`;
}

async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = Promise.withResolvers<never>();
  const forget = onAbort(signal, () => aborted.reject(signal.reason));
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    forget();
  }
}

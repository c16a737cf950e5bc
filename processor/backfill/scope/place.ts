/**
 * What a folder of a log bucket is, by its path alone. CloudTrail writes
 * `[prefix/]AWSLogs/[o-id/]account/CloudTrail/region/yyyy/mm/dd/`; beside it lie digests, insights and the logs of other
 * services. Source: AWS CloudTrail User Guide, "Finding your CloudTrail log files". Names of folders can be anything.
 */
import { type NotReadReason, whyNotReadIn } from '../../../parser/log-key.ts';

/** The log files of one account and region, below one prefix. */
export interface Branch {
  /** `111122223333/eu-west-1`, an organization's id before it; with all that stands before, where that is a prefix of a trail. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Ends in a slash: `AWSLogs/111122223333/CloudTrail/eu-west-1/`. */
  readonly prefix: string;
}

export type Place =
  /** In none of CloudTrail's folders; `AWSLogs/` may stand below it. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'logs' | 'organization' }
  | { readonly kind: 'account'; readonly account: string }
  /** `CloudTrail/` of an account. */
  | { readonly kind: 'trail'; readonly account: string }
  /** The folder of a region, or one below it. */
  | { readonly kind: 'branch'; readonly branch: Branch }
  /** Of digests, of other services: no log files. */
  | { readonly kind: 'other'; readonly reason: NotReadReason };

const OUTSIDE: Place = { kind: 'outside' };

/** `folder` is empty, the bucket itself, or ends in a slash. */
export function placeOf(folder: string): Place {
  const at = folder.lastIndexOf(`/${LOGS}`) + 1; // the last such folder counts, as for keys of log files
  if (!folder.startsWith(LOGS, at)) return OUTSIDE;
  const [first = '', ...others] = folder
    .slice(at + LOGS.length)
    .split('/')
    .slice(0, -1);
  const logs = folder.slice(0, at + LOGS.length);
  if (logs.length === folder.length) return { kind: 'logs' };
  if (/^aws-account-id=\d{12}$/.test(first)) return { kind: 'other', reason: 'other-service' };
  const organization = /^o-[a-z0-9]{10,32}$/.test(first) ? `${first}/` : '';
  if (organization !== '' && others.length === 0) return { kind: 'organization' };
  const [account = '', source, region] = organization === '' ? [first, ...others] : others;
  if (!/^\d{12}$/.test(account)) return OUTSIDE;
  if (source === undefined) return { kind: 'account', account };
  if (source !== 'CloudTrail') return { kind: 'other', reason: reasonOf(account, source) };
  if (region === undefined) return { kind: 'trail', account };
  if (!REGION.test(region)) return OUTSIDE;
  return { kind: 'branch', branch: branchOf({ logs, organization, account, region }) };
}

const LOGS = 'AWSLogs/';

/** Of any partition, also of one that there is not yet: its records are judged one by one. */
const REGION = /^[a-z]{2,8}(-[a-z]{2,12}){1,3}-\d{1,2}$/;

interface BranchParts {
  /** With all before it. */
  readonly logs: string;
  /** With its slash, or empty. */
  readonly organization: string;
  readonly account: string;
  readonly region: string;
}

function branchOf({ logs, organization, account, region }: BranchParts): Branch {
  const before = logs === LOGS ? organization : `${logs}${organization}`;
  return {
    name: `${before}${account}/${region}`,
    account,
    region,
    prefix: `${logs}${organization}${account}/CloudTrail/${region}/`,
  };
}

function reasonOf(account: string, source: string): NotReadReason {
  return whyNotReadIn(`${LOGS}${account}/${source}/`)('log.gz') ?? 'other-service';
}

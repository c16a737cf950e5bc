/** What a run is about, in words, before anything is done. */
import type { RunInfo } from '../../backfill/run/run-info.ts';
import type { FoundBranch } from '../../backfill/scope/find-branches.ts';
import { type Scope, urlOf } from '../../backfill/scope/scope.ts';
import { counted } from '../../report/view/words.ts';
import type { BackfillAccounts } from './accounts.ts';
import type { PreparedRun } from './prepare-run.ts';

export interface RunPlan {
  readonly scope: Scope;
  readonly branches: readonly FoundBranch[];
  readonly accounts: BackfillAccounts;
  readonly identity: { readonly account: string; readonly arn: string };
  readonly filters: Readonly<Record<string, string>>;
  /** Keys of the tags. */
  readonly keys: readonly string[];
  readonly dryRun: boolean;
  readonly verifyDigests: boolean;
}

const MOST_NAMED = 5;

export function planLines({
  scope,
  branches,
  accounts,
  identity,
  filters,
  keys,
  dryRun,
  verifyDigests,
}: RunPlan): readonly string[] {
  const filtered = Object.entries(filters).map(([name, text]) => `${name}=${text}`);
  return [
    `${aboutText(scope)}, in ${counted(branches.length, 'folder of an account and region', 'folders of accounts and regions')}`,
    ...(verifyDigests
      ? [
          'log files count only where CloudTrail’s digests vouch for them; others tag nothing, and are counted',
        ]
      : []),
    ...(filtered.length > 0 ? [`only what these leave: ${filtered.join(' ')}`] : []),
    `${dryRun ? 'a dry run, which tags nothing' : `gets the tags ${keys.join(', ')}`}, as ${identity.arn} in account ${identity.account}`,
    accountsText(accounts),
  ];
}

/** The same of a run of this process. */
export function preparedLines(
  prepared: PreparedRun,
  { filters, dryRun, verifyDigests = false }: Pick<RunInfo, 'filters' | 'dryRun' | 'verifyDigests'>,
): readonly string[] {
  const { templates } = prepared.runtime.settings.tags;
  return planLines({ ...prepared, filters, dryRun, verifyDigests, keys: [...templates.keys()] });
}

/** `s3://logs/: what was created since 2025-01-01T00:00:00Z` */
export function aboutText(scope: Scope): string {
  return `${urlOf(scope)}: what was created ${spanText(scope)}`;
}

/** `in 2 accounts (…), and 1 account (…) left out: …`. */
export function accountsText({ taggable, leftOut }: BackfillAccounts): string {
  const left = leftOut.length === 0 ? '' : `, and ${named(leftOut)} left out: there is no role to tag with`;
  return `in ${taggable.length === 0 ? 'no account' : named(taggable)}${left}`;
}

function spanText({ from, to }: Scope): string {
  if (from === undefined) return to === undefined ? 'at any time' : `before ${to}`;
  return to === undefined ? `since ${from}` : `from ${from} to ${to}`;
}

function named(accounts: readonly string[]): string {
  const names = accounts.slice(0, MOST_NAMED).join(', ');
  const more = accounts.length > MOST_NAMED ? ', …' : '';
  return `${counted(accounts.length, 'account')} (${names}${more})`;
}

/** What is typed to go on with a run, to stop it and the like. */
export function againBy(id: string, runs: string | undefined): (what: 'resume' | 'stop') => string {
  const where = runs === undefined ? '' : ` --runs ${quoted(runs)}`;
  return (what) => `auto-tagger backfill ${what} ${id}${where}`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

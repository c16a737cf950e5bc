/** What the options of `verify` say, checked. */
import { isAccount } from '../../../parser/account.ts';
import { partitionOf } from '../../../parser/partition.ts';
import { ownRegion } from '../../runtime/settings.ts';
import type { CommandOptions } from '../command-rows.ts';

/** An option that cannot be used; the message names it. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError';
}

export interface VerifyOptions {
  readonly functionName: string;
  readonly region: string;
  readonly accounts: readonly string[] | undefined;
  readonly isLive: boolean;
  readonly waitMs: number;
}

const DEFAULT_FUNCTION = 'auto-tagger';
const DEFAULT_WAIT_MINUTES = '20';

/** Throws VerifyError. */
export function readVerifyOptions(options: CommandOptions, env: NodeJS.ProcessEnv): VerifyOptions {
  const {
    function: functionName = DEFAULT_FUNCTION,
    region = ownRegion(env),
    accounts,
    live,
    wait,
  } = options;
  if (!/^[\w-]{1,64}$/.test(functionName)) {
    throw new VerifyError(`--function ${quoted(functionName)}: expected the name of a function`);
  }
  if (partitionOf(region) === undefined) {
    throw new VerifyError(`--region ${quoted(region)}: expected a region such as eu-west-1`);
  }
  if (wait !== undefined && !live) throw new VerifyError('--wait is about --live: expected that beside it');
  const minutes = wait ?? DEFAULT_WAIT_MINUTES;
  if (!/^[1-9]\d{0,2}$/.test(minutes)) {
    throw new VerifyError(`--wait ${quoted(minutes)}: expected a number of minutes from 1 to 999`);
  }
  return {
    functionName,
    region,
    accounts: accounts === undefined ? undefined : accountsIn(accounts),
    isLive: live === true,
    waitMs: Number(minutes) * 60_000,
  };
}

function accountsIn(text: string): readonly string[] {
  const list = [...new Set(text.split(',').flatMap((part) => part.trim() || []))];
  if (list.length === 0) throw new VerifyError('--accounts is empty');
  for (const account of list) {
    if (!isAccount(account)) throw new VerifyError(`--accounts ${quoted(account)}: expected 12 digits`);
  }
  return list;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

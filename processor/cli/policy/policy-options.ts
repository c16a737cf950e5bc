/** What the options of `policy` say, checked: an ARN that is none would be found out by IAM, or never. */
import { AN_ACCOUNT, AN_ORGANIZATION_ID, isAccount, isOrganizationId } from '../../../parser/account.ts';
import { parseArn } from '../../../parser/arn.ts';
import { isBucketName } from '../../log-file-ref.ts';
import { PolicyError } from '../../policy/document.ts';
import type { LogBucket, MemberRoleGrant } from '../../policy/own-grants.ts';
import type { CommandOptions } from '../command-rows.ts';

/** `logs, archive/o-a1b2c3d4e5`: buckets, and what stands before `AWSLogs/`. Throws PolicyError. */
export function logBucketsIn({ bucket }: CommandOptions): readonly LogBucket[] {
  return listOf('--bucket', bucket).map((entry) => {
    const [name = '', ...folders] = entry.replace(/^s3:\/\//, '').split('/');
    const prefix = folders.filter((folder) => folder !== '').join('/');
    if (!isBucketName(name) || /[*?$]/.test(prefix) || /(^|\/)AWSLogs(\/|$)/.test(prefix)) {
      const expected = 'the name of a bucket, or logs/prefix where a prefix stands before AWSLogs/';
      throw new PolicyError(`--bucket ${JSON.stringify(entry)}: expected ${expected}`);
    }
    return { arn: `arn:*:s3:::${name}`, prefix: prefix === '' ? '' : `${prefix}/` };
  });
}

/** Throws PolicyError. */
export function arnsIn(flag: string, text: string | undefined, service: string): readonly string[] {
  return listOf(flag, text).map((entry) => {
    const arn = parseArn(entry);
    if (arn?.service === service && isAccount(arn.account) && !/[*?$]/.test(entry)) return entry;
    throw new PolicyError(`${flag} ${JSON.stringify(entry)}: expected an ARN of ${service}`);
  });
}

/** The role of the settings, and whose it may be. Throws PolicyError. */
export function memberRoleIn(
  { organization, accounts }: CommandOptions,
  name: string | undefined,
): MemberRoleGrant | undefined {
  if (name === undefined) {
    const [lonely] = [organization && '--organization', accounts && '--accounts'].filter(Boolean);
    if (lonely === undefined) return undefined;
    throw new PolicyError(`${lonely} is about the role of --role or MEMBER_ROLE_NAME, which is not named`);
  }
  if ((organization === undefined) === (accounts === undefined)) {
    throw new PolicyError(`whose is the role ${name}? Expected either --organization or --accounts`);
  }
  if (organization !== undefined) {
    if (!isOrganizationId(organization)) {
      throw new PolicyError(`--organization ${JSON.stringify(organization)}: expected ${AN_ORGANIZATION_ID}`);
    }
    return { partition: '*', name, of: { organization } };
  }
  const ids = listOf('--accounts', accounts);
  for (const id of ids) {
    if (!isAccount(id)) throw new PolicyError(`--accounts ${JSON.stringify(id)}: expected ${AN_ACCOUNT}`);
  }
  return { partition: '*', name, of: { accounts: ids } };
}

/** Throws PolicyError for what cannot be chosen. */
export function allowedIn({ allow }: CommandOptions, known: readonly string[]): readonly string[] {
  const actions = listOf('--allow', allow);
  for (const action of actions) {
    if (!known.includes(action)) {
      throw new PolicyError(`--allow ${JSON.stringify(action)}: expected one of ${known.join(', ')}`);
    }
  }
  return actions;
}

/** Of an option that is given. Throws PolicyError where it names nothing. */
function listOf(flag: string, text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const list = text.split(',').flatMap((part) => part.trim() || []);
  if (list.length === 0) throw new PolicyError(`${flag} is empty`);
  return list;
}

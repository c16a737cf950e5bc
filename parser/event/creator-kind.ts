/**
 * What kind of caller made a call: somebody, a role that nobody is known behind, a service, or the root user (CloudTrail user
 * guide, "CloudTrail userIdentity element", `type`).
 */
import { textAt } from '../path.ts';
import type { CloudTrailRecord } from '../record.ts';
import { type Creator, readRole } from './creator.ts';

export const CREATOR_KINDS = ['person', 'role', 'service', 'root', 'unknown'] as const;

export type CreatorKind = (typeof CREATOR_KINDS)[number];

/** A user of IAM counts as a person: no record tells that a program uses its keys. */
const KINDS: ReadonlyMap<string, CreatorKind> = new Map([
  ['Root', 'root'],
  ['IAMUser', 'person'],
  ['IdentityCenterUser', 'person'],
  ['SAMLUser', 'person'],
  ['Directory', 'person'],
  ['FederatedUser', 'person'],
  ['AWSService', 'service'],
  ['WebIdentityUser', 'role'],
]);

/** `unknown` where the record tells the account alone, as of callers of another one. */
export function creatorKind(record: CloudTrailRecord, { person }: Creator): CreatorKind {
  const type = textAt(record, 'userIdentity.type') ?? '';
  const known = KINDS.get(type);
  if (known !== undefined) return known;
  const { role, subject } = readRole(record);
  if (role?.startsWith('AWSServiceRoleFor')) return 'service';
  if (role !== undefined) return person === role || person === subject ? 'role' : 'person';
  return textAt(record, 'userIdentity.invokedBy') === undefined ? 'unknown' : 'service';
}

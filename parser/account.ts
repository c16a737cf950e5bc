/** Ids of AWS accounts, and of organizations of them. */

/** Twelve digits (AWS Account Management Reference Guide, "AWS account identifiers"). */
export function isAccount(value: unknown): value is string {
  return typeof value === 'string' && /^\d{12}$/.test(value);
}

export const AN_ACCOUNT = 'an account of 12 digits';

/** AWS Organizations API Reference, "Organization": the pattern of `Id`. */
export function isOrganizationId(value: unknown): value is string {
  return typeof value === 'string' && /^o-[a-z0-9]{10,32}$/.test(value);
}

export const AN_ORGANIZATION_ID = 'the id of an organization, such as o-a1b2c3d4e5';

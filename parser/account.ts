/** Ids of AWS accounts. */

/** Twelve digits (AWS Account Management Reference Guide, "AWS account identifiers"). */
export function isAccount(value: unknown): value is string {
  return typeof value === 'string' && /^\d{12}$/.test(value);
}

export const AN_ACCOUNT = 'an account of 12 digits';

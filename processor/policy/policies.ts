/**
 * The policies of the program: for the function, for the role that lets it into other accounts, and for whoever takes
 * the tags away again. Pure: made of the catalogue, the API rows and what is asked for; no AWS call is made.
 */
import { COMMON_SERVICES } from '../file/services.ts';
import type { PolicyDocument } from './document.ts';
import { NOTHING, type OwnResources, ownGrants, undoOwnGrants } from './own-grants.ts';
import { MAX_POLICIES_RAISED, splitInPolicies } from './split.ts';
import { type Tagging, tagGrants, undoGrants } from './tag-grants.ts';

/** Tagged where nobody says which. */
export const FIRST_SERVICES = COMMON_SERVICES.join();

/** Of the function, or of whoever runs the commands: what it reads and keeps, and tagging in its own account. Throws PolicyError. */
export function functionPolicies(
  tagging: Tagging,
  own: OwnResources,
  maxPolicies?: number,
): readonly PolicyDocument[] {
  return splitInPolicies([{ grants: ownGrants(own) }, ...tagGrants(tagging)], maxPolicies);
}

/** Of the role in other accounts: tagging alone. Throws PolicyError. */
export function memberPolicies(tagging: Tagging, maxPolicies?: number): readonly PolicyDocument[] {
  return splitInPolicies(tagGrants(tagging), maxPolicies);
}

/**
 * Of whoever takes our tags away again, `own` being what else that takes. For all services they are more than a role has by
 * default: whoever undoes a run knows which services it tagged. Throws PolicyError.
 */
export function undoPolicies(
  tagging: Tagging,
  own: OwnResources = NOTHING,
  maxPolicies: number = MAX_POLICIES_RAISED,
): readonly PolicyDocument[] {
  return splitInPolicies([{ grants: undoOwnGrants(own) }, ...undoGrants(tagging)], maxPolicies);
}

/** Of the role in other accounts: who may assume it. */
export function memberTrust(principal: string, externalId: string | undefined): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AutoTagger',
        Effect: 'Allow',
        Principal: { AWS: principal },
        Action: ['sts:AssumeRole'],
        ...(externalId !== undefined && {
          Condition: { StringEquals: { 'sts:ExternalId': externalId } },
        }),
      },
    ],
  };
}

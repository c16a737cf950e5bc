/**
 * The table of forms in `docs/notifications.md`, made from the same rows that the code goes by. Prints it when run:
 * `node processor/notification/forms-table.ts`.
 */
import type { Told } from './form.ts';
import { FORMS } from './forms.ts';

const HEAD = ['form', 'told by', 'keys', 'taken', '`TRIGGER_MODE`', 'source'];

const TAKEN = {
  anywhere: 'anywhere',
  outermost: 'outside any envelope',
  alone: 'as the whole event',
} as const;

export function formsTable(): string {
  const rows = FORMS.map(({ name, told, keys, within, callers, source }) => [
    `\`${name}\``,
    describeTold(told),
    keys ?? '',
    TAKEN[within],
    callers.length === 0 ? 'any' : callers.join(', '),
    source,
  ]);
  const lines = [HEAD, HEAD.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function describeTold(told: Told): string {
  if (told === 'an array') return told;
  if (told instanceof RegExp) return `a text like \`${told.source}\``;
  return Object.entries(told)
    .map(([key, expected]) => {
      if (expected === true) return `\`${key}\``;
      return typeof expected === 'string'
        ? `\`${key}\`: ${expected}`
        : `\`${key}\` like \`${expected.source}\``;
    })
    .join(', ');
}

if (import.meta.main) console.log(formsTable());

/**
 * The table in `SECURITY.md` of what is believed of whom, made from the same rows that the code goes by. Prints it when
 * run: `node processor/notification/trust-table.ts`.
 */
import { FORMS } from './forms.ts';
import { type BelievedFrom, WHO_IS_BELIEVED } from './trust.ts';

export function trustTable(): string {
  const rows = Object.entries(WHO_IS_BELIEVED).map(([from, who]) => [who, formsFrom(from as BelievedFrom)]);
  const head = ['from', 'is taken'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function formsFrom(from: BelievedFrom): string {
  return FORMS.filter(({ believedFrom }) => believedFrom === from)
    .map(({ name }) => `\`${name}\``)
    .join(', ');
}

if (import.meta.main) console.log(trustTable());

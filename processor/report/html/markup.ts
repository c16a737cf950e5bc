/**
 * HTML that cannot be broken out of: whatever is put into a template is escaped, unless it was made by one. What could steer the
 * reader's eye (marks of direction, control characters) is written out as on a terminal.
 */
import { printable } from '../../../parser/printable.ts';

/** Text that is HTML. Only this file makes any. */
export class Markup {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** For what is no template: a style sheet, a script, a plot. Never for what others chose. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }
}

export type Content = Markup | string | number | undefined | readonly Content[];

/** A template whose values are escaped; lists are joined, and `undefined` is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return Markup.trusted(String.raw({ raw: parts }, ...values.map(textOf)));
}

function textOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (Array.isArray(content)) return content.map(textOf).join('');
  return escaped(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Code points that are no characters may stand in no page. */
const NO_CHARACTERS = /\p{Noncharacter_Code_Point}/gu;

/** Of a text between tags, or of an attribute between quotes. */
export function escaped(text: string): string {
  return printable(text.toWellFormed().replace(NO_CHARACTERS, '\ufffd')).replace(
    /[&<>"'`]/g,
    (sign) => ENTITIES[sign] as string,
  );
}

/** Tables and lists that sections of the page are made of. */
import { number, share } from '../view/words.ts';
import { type Content, html, type Markup } from './markup.ts';

/** Text that others chose, which must not turn around what stands beside it. */
export function name(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Content;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
}

/** The first cell of each row is its heading. */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  foot: readonly Content[] = [],
): Markup {
  const heads = columns.map(({ head, isNumber }) => html`<th scope="col"${kind(isNumber)}>${head}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map(({ cell, isNumber }, at) =>
      at === 0
        ? html`<th scope="row"${kind(isNumber)}>${cell(row)}</th>`
        : html`<td${kind(isNumber)}>${cell(row)}</td>`,
    );
    return html`<tr>${cells}</tr>`;
  });
  const last = foot.map((content, at) =>
    at === 0
      ? html`<th scope="row">${content}</th>`
      : html`<td${kind(columns[at]?.isNumber)}>${content}</td>`,
  );
  return html`<table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${body}</tbody>${
    last.length > 0 ? html`<tfoot><tr>${last}</tr></tfoot>` : undefined
  }</table>`;
}

function kind(isNumber: boolean | undefined): Markup {
  return isNumber ? html` class="n"` : html``;
}

/** Can be scrolled, by keys too, where the screen is too narrow for what is in it. */
export function scrollable(label: string, content: Content, isTall = false): Markup {
  const classes = isTall ? 'scroll tall' : 'scroll';
  return html`<div class="${classes}" tabindex="0" role="region" aria-label="${label}, table">${content}</div>`;
}

export function details(summary: string, content: Content): Markup {
  return html`<details><summary>${summary}</summary>${content}</details>`;
}

export interface Bar {
  readonly label: Content;
  readonly count: number;
}

/** Names with their numbers, each with a bar: a plot that is its own table. */
export function bars(caption: string, of: string, all: readonly Bar[], total?: number): Markup {
  const most = Math.max(1, ...all.map(({ count }) => count));
  const sum = total ?? all.reduce((before, { count }) => before + count, 0);
  const rows = all.map(
    ({ label, count }) =>
      html`<tr><th scope="row">${label}</th><td class="b">${bar(count / most)}</td><td class="n">${number(count)}</td><td class="n">${share(count, sum)}</td></tr>`,
  );
  return html`<table><caption>${caption}</caption><thead><tr><th scope="col">${of}</th><td></td><th scope="col" class="n">number</th><th scope="col" class="n">share</th></tr></thead><tbody>${rows}</tbody>${
    total === undefined
      ? undefined
      : html`<tfoot><tr><th scope="row">sum</th><td></td><td class="n">${number(total)}</td><td></td></tr></tfoot>`
  }</table>`;
}

function bar(part: number): Markup {
  const width = part === 0 ? 0 : Math.max(0.8, Math.round(part * 1000) / 10);
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="1"></rect></svg>`;
}

export function legend(entries: readonly (readonly [label: Content, colour: string])[]): Markup {
  const items = entries.map(
    ([label, colour]) =>
      html`<li><svg aria-hidden="true" viewBox="0 0 1 1"><rect width="1" height="1" fill="${colour}"></rect></svg>${label}</li>`,
  );
  return html`<ul class="legend">${items}</ul>`;
}

export function section(id: string, title: string, content: Content): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>
`;
}

export function note(text: Content): Markup {
  return html`<p class="note">${text}</p>`;
}

/**
 * As much of a document as Observable Plot asks for while it draws: elements, attributes, children, text. A browser's DOM
 * for servers would be three times the size of Plot itself. What is written of it is escaped as all the rest of the page.
 */
import { escaped, Markup } from './markup.ts';

const SVG = 'http://www.w3.org/2000/svg';
const HTML = 'http://www.w3.org/1999/xhtml';

export class SvgElement {
  readonly ownerDocument: SvgDocument;
  readonly namespaceURI: string;
  readonly name: string;
  readonly attributes = new Map<string, string>();
  children: (SvgElement | string)[] = [];

  constructor(document: SvgDocument, name: string, namespaceURI: string) {
    this.ownerDocument = document;
    this.name = name;
    this.namespaceURI = namespaceURI;
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, String(value));
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  appendChild(child: SvgElement | string): SvgElement | string {
    return this.insertBefore(child, null);
  }

  insertBefore(child: SvgElement | string, next: SvgElement | string | null): SvgElement | string {
    const at = next === null ? -1 : this.children.indexOf(next);
    this.children.splice(at < 0 ? this.children.length : at, 0, child);
    return child;
  }

  append(...children: readonly (SvgElement | string)[]): void {
    for (const child of children) this.appendChild(child);
  }

  get textContent(): string {
    return this.children.map((child) => (typeof child === 'string' ? child : child.textContent)).join('');
  }

  set textContent(text: unknown) {
    this.children = [String(text)];
  }
}

export interface SvgDocument {
  readonly documentElement: SvgElement;
  createElement(name: string): SvgElement;
  createElementNS(namespaceURI: string, name: string): SvgElement;
  createTextNode(text: unknown): string;
}

export function svgDocument(): SvgDocument {
  const document: SvgDocument = {
    get documentElement() {
      return root;
    },
    createElement: (name) => new SvgElement(document, name, HTML),
    createElementNS: (namespaceURI, name) => new SvgElement(document, name, namespaceURI),
    createTextNode: String,
  };
  const root = new SvgElement(document, 'html', HTML);
  return document;
}

/** Styles are left out: they stand in the page's own sheet, the only one that its policy lets in. */
export function svgMarkup(element: SvgElement): Markup {
  if (element.namespaceURI !== SVG) throw new Error(`expected an element of SVG, got <${element.name}>`);
  return Markup.trusted(written(element, true));
}

/** A tenth of a pixel is less than anybody sees, and a plot is half as long. */
const LONG_NUMBER = /\d+\.\d{2,}/g;

const shortened = (value: string) =>
  value.replace(LONG_NUMBER, (number) => String(Math.round(Number(number) * 10) / 10));

/** A picture has one name; its parts have none for whoever has it read aloud. */
function written({ name, attributes, children }: SvgElement, isWhole = false): string {
  const isKept = (key: string) => key !== 'style' && (isWhole || !key.startsWith('aria-'));
  const pairs = [...attributes].filter(([key]) => isKept(key)).map(attribute);
  const inner = children.flatMap((child) => {
    if (typeof child === 'string') return escaped(child);
    return child.name === 'style' ? [] : written(child);
  });
  return `<${name}${pairs.join('')}>${inner.join('')}</${name}>`;
}

const GEOMETRY = /^(x|y|x1|x2|y1|y2|width|height|d|transform)$/;

function attribute([name, value]: readonly [string, string]): string {
  return ` ${name}="${escaped(GEOMETRY.test(name) ? shortened(value) : value)}"`;
}

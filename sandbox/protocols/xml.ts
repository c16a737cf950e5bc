/** XML in and out, by fast-xml-parser. Values are plain objects; a Date is written in ISO 8601. */
import { XMLBuilder, XMLParser } from 'fast-xml-parser';

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === 'Tag',
});

/** Keeps what is there apart: attributes, and elements that come once. */
const exactParser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  ignoreDeclaration: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
});

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: false,
});

/** The document as nested objects of strings, under its root element's name. Throws on text that is not XML. */
export function readXml(text: string): Readonly<Record<string, unknown>> {
  return parser.parse(text, true) as Record<string, unknown>;
}

/** As `readXml`, with attributes as members that begin with `@`; an element is a list where it comes more than once. */
export function readXmlExactly(text: string): Readonly<Record<string, unknown>> {
  return exactParser.parse(text, true) as Record<string, unknown>;
}

/** The element of a list's items inside the list's own element; undefined where the list has none of its own. */
export type ItemName = (key: string) => string | undefined;

/** A document of one root element. */
export function writeXml(
  root: string,
  namespace: string | undefined,
  content: Readonly<Record<string, unknown>>,
  itemName?: ItemName,
): string {
  const attributes = namespace === undefined ? {} : { '@xmlns': namespace };
  const wire = toWire(content, itemName) as Record<string, unknown>;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: { ...attributes, ...wire } })}`;
}

/** XML in JSON: a list of one item is the item itself, as converters without a schema write it. */
export function unwrapSingles(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? unwrapSingles(value[0]) : value.map(unwrapSingles);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, unwrapSingles(child)]));
}

function toWire(value: unknown, itemName: ItemName | undefined): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => toWire(item, itemName));
  if (typeof value !== 'object' || value === null) return value === undefined ? undefined : String(value);
  const entries = Object.entries(value).filter(([, child]) => child !== undefined && child !== null);
  return Object.fromEntries(
    entries.map(([key, child]) => {
      const wire = toWire(child, itemName);
      const item = Array.isArray(wire) ? itemName?.(key) : undefined;
      return [key, item === undefined ? wire : { [item]: wire }];
    }),
  );
}

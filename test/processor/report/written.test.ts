/** What reports are written as: nothing that a log holds leaves its place in the page, in the CSV or on the terminal. */
import { describe, expect, test } from '@jest/globals';
import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import { type DefaultTreeAdapterMap, parse } from 'parse5';
import { printable } from '../../../parser/printable.ts';
import { CSV_HEAD, csvLine } from '../../../processor/report/csv.ts';
import { html } from '../../../processor/report/html/markup.ts';
import { pageOf } from '../../../processor/report/html/page.ts';
import { textOf } from '../../../processor/report/text.ts';
import type { Report } from '../../../processor/report/view/report.ts';
import { runs } from '../../helpers/runs.ts';
import { anyFiles, HOSTILE, reportOfSums, row, SUBJECT, sumsOf } from './made.ts';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

function* nodesIn(node: Node): Generator<Node> {
  yield node;
  if ('childNodes' in node) for (const child of node.childNodes) yield* nodesIn(child);
}

interface Page {
  readonly text: string;
  readonly elements: readonly Element[];
  readonly texts: readonly string[];
  readonly problems: readonly string[];
}

function read(report: Report): Page {
  return readText([...pageOf(report)].join(''));
}

function readText(text: string): Page {
  const problems: string[] = [];
  const document = parse(text, { onParseError: ({ code }) => problems.push(code) });
  const nodes = [...nodesIn(document)];
  const elements = nodes.filter((node): node is Element => 'tagName' in node);
  const texts = nodes.flatMap((node) => ('value' in node ? [node.value] : []));
  return { text, elements, texts, problems };
}

const BARE = read(reportOfSums(sumsOf([])));

const hostileReport = () =>
  reportOfSums(
    sumsOf(
      HOSTILE.map((text, at) => ({
        file: text,
        rows: [
          row({
            arn: text,
            type: text,
            service: text,
            account: text,
            region: text,
            reason: text,
            creator: text,
            person: text,
            eventName: text,
            eventID: String(at),
            outcome: at % 2 === 0 ? 'kept' : 'would-tag',
          }),
        ],
        ignored: 1,
        malformed: 0,
      })),
    ),
    {
      ...SUBJECT,
      title: HOSTILE[0] ?? '',
      about: HOSTILE,
      facts: HOSTILE.map((text) => [text, text] as const),
    },
  );

const ELEMENTS = new Set(
  (
    'html head meta title style body a header p h1 nav ul li main section h2 h3 figure svg g path line rect text tspan ' +
    'details summary div table caption thead tbody tfoot tr th td bdi span small strong br dl dt dd label input select ' +
    'option button footer script'
  ).split(' '),
);

const ATTRIBUTE = /^(on|style$|src|href$|xlink|action|formaction|srcdoc|background|poster|data$|ping)/i;

function checkHarmless({ elements, problems, text }: Page): void {
  expect(problems).toEqual([]);
  expect(elements.map(({ tagName }) => tagName).filter((name) => !ELEMENTS.has(name))).toEqual([]);
  for (const name of ['script', 'style', 'title']) {
    expect(
      elements.filter(({ tagName, namespaceURI }) => tagName === name && !namespaceURI.includes('svg')),
    ).toHaveLength(1);
  }
  const attributes = elements.flatMap(({ attrs }) => attrs);
  const odd = attributes.filter(
    ({ name, value }) => ATTRIBUTE.test(name) && !(name === 'href' && /^#[a-z-]+$/.test(value)),
  );
  expect(odd).toEqual([]);
  expect(text).not.toMatch(/[\p{Bidi_Control}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}|\ufeff/u);
  expect(text.isWellFormed()).toBe(true);
}

test.each(HOSTILE)('%j stays in its attribute and its element', (text) => {
  const { elements, texts } = readText(
    html`<!doctype html><title>x</title><p title="${text}" lang='${text}'>${text}</p>`.text,
  );
  const attributes = elements.flatMap(({ attrs }) => attrs.map(({ name, value }) => [name, value]));
  const written = printable(text.toWellFormed());
  expect(attributes).toEqual([
    ['title', written],
    ['lang', written],
  ]);
  expect(texts).toEqual(['x', written]);
});

describe('the page', () => {
  test('holds every hostile text as text, whole, and where it was put', () => {
    const page = read(hostileReport());
    checkHarmless(page);
    for (const text of HOSTILE.filter((each) => each.length < 300)) {
      expect(page.texts).toContain(printable(text.toWellFormed()));
    }
    expect(page.texts.filter((text) => text.includes('alert(1)')).length).toBeGreaterThan(50);
  });

  test('of anything is harmless', () => {
    fc.assert(
      fc.property(anyFiles, (files) => checkHarmless(read(reportOfSums(sumsOf(files))))),
      runs(8),
    );
  });

  test('lets in its own style and script by their hashes, and nothing else', async () => {
    const policy = BARE.elements
      .find(({ attrs }) => attrs.some(({ value }) => value === 'Content-Security-Policy'))
      ?.attrs.find(({ name }) => name === 'content')?.value;
    const { createHash } = await import('node:crypto');
    const hashOf = (name: string) => {
      const element = BARE.elements.find(({ tagName }) => tagName === name);
      const [content] = element?.childNodes ?? [];
      const text = content !== undefined && 'value' in content ? content.value : '';
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hashOf('style')}`,
      `script-src ${hashOf('script')}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test('begins with its mark, by which it is known as ours', () => {
    expect(BARE.text.slice(0, 200)).toContain('<meta name="generator" content="auto-tagger 0.1.0">');
  });

  test('is headed and labelled: one h1, sections under h2, tables with captions and scopes', () => {
    const { elements } = read(hostileReport());
    const named = (name: string) => elements.filter(({ tagName }) => tagName === name);
    const has = (element: Element, name: string) => element.attrs.some((each) => each.name === name);
    expect(named('h1')).toHaveLength(1);
    expect(named('h2').length).toBe(named('section').length);
    for (const table of named('table')) {
      expect(table.childNodes.some((child) => 'tagName' in child && child.tagName === 'caption')).toBe(true);
    }
    expect(named('th').filter((element) => !has(element, 'scope'))).toEqual([]);
    const pictures = named('svg').filter((element) => !has(element, 'aria-hidden'));
    expect(pictures.length).toBeGreaterThan(3);
    for (const picture of pictures)
      expect(picture.attrs.map(({ name }) => name)).toEqual(expect.arrayContaining(['role', 'aria-label']));
    expect(elements.filter((element) => has(element, 'tabindex') && !has(element, 'aria-label'))).toEqual([]);
  });

  test('lists 10,000 resources at most, and says that there are more', () => {
    const rows = Array.from({ length: 10_001 }, (_, at) => row({ eventID: String(at) }));
    const page = [...pageOf(reportOfSums(sumsOf([{ file: 'x', rows, ignored: 0, malformed: 0 }])))].join('');
    expect(page.match(/<tr data-outcome/g)).toHaveLength(10_000);
    expect(page).toContain('The newest 10,000 of 10,001: --csv writes them all.');
  });
});

describe('the CSV', () => {
  test('is read back as it was, but for what could do harm', () => {
    const cells = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(cells, (text) => {
        const csv = CSV_HEAD + csvLine(row({ arn: text, person: text }));
        const [read] = parseCsv(csv, { columns: true, relax_quotes: false }) as [Record<string, string>];
        const written = printable(text.toWellFormed());
        const plain = (value = '') => value.replaceAll(/(^|;)'/g, '$1');
        expect(plain(read.arn)).toBe(plain(written));
        expect(read.arn).not.toMatch(/(^\s*|;[\s"]*)[=+\-@]/);
        expect(csv.split('\r\n')).toHaveLength(3);
        expect(csv.replaceAll('\r\n', '')).not.toMatch(/\p{Cc}/u);
      }),
      runs(200),
    );
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\uff1d1', '"=1"'.slice(1)])(
    '%s is no formula',
    (text) => {
      expect(csvLine(row({ arn: text }))).toContain(
        `,'${text.replaceAll('"', '""')}`.replace(/^,(?=.*")/, ',"'),
      );
    },
  );

  test('a spreadsheet that parts cells by semicolons finds no formula behind one', () => {
    const line = csvLine(row({ arn: 'a;=1+1', person: 'b; "=2"', reason: 'c;d' }));
    expect(line).toContain(`,a;'=1+1,`);
    expect(line).toContain(`,"b;' ""=2""",`);
    expect(line).toContain(',c;d,');
  });
});

describe('the text', () => {
  test('keeps within 80 columns, whatever is in it', () => {
    fc.assert(
      fc.property(anyFiles, (files) => {
        const text = textOf(reportOfSums(sumsOf(files)));
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      }),
      runs(40),
    );
  });

  test('says what was created, by whom, and where the records went', () => {
    const rows = [row(), row({ person: 'ben' }), row({ service: 's3', outcome: 'kept' })];
    const text = textOf(
      reportOfSums(sumsOf([{ file: rows[0]?.file ?? '', rows, ignored: 7, malformed: 0 }])),
    );
    expect(text).toMatch(/^3 resources by 2 creators, created 2025-03-04 to 2025-03-04$/m);
    expect(text).toMatch(/^ {2}ec2 +2 █+$/m);
    expect(text).toMatch(/^ {2}anna +2 █+$/m);
    expect(text).toMatch(/^ {2}kept as it was +1 +33 % █+$/m);
    expect(text).toMatch(/^ {2}not-in-catalogue +7 +70 % █+$/m);
  });
});

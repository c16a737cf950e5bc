/** The page in a real browser: nothing leaves it, nothing in it is broken, it fits narrow and wide screens, light and dark. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pageOf } from '../../../processor/report/html/page.ts';
import { CLEAN_ENVIRONMENT } from '../../helpers/command.ts';
import type { Look, Seen } from './browse.ts';
import { ACCOUNTS, fileName, HOSTILE, reportOfSums, row, SUBJECT, sumsOf } from './made.ts';

/** A month of three accounts, one of them silent for a week, and every hostile text in every place. */
function madePage(): string {
  const files = ACCOUNTS.flatMap((account, which) =>
    Array.from({ length: 40 }, (_, day) => {
      const date = new Date(Date.UTC(2025, 2, 1 + day)).toISOString().slice(0, 10);
      const text = HOSTILE[(day + which) % HOSTILE.length] as string;
      const eventTime = `${date}T10:17:05Z`;
      const rows = [
        row({
          account,
          eventTime,
          eventID: `${day}`,
          service: day % 3 === 0 ? 's3' : 'ec2',
          outcome: day % 4 === 0 ? 'kept' : 'tagged',
        }),
        ...(day % 2 === 0
          ? [
              row({
                account,
                eventTime,
                arn: text,
                person: text,
                reason: text,
                type: text,
                service: text,
                creatorKind: 'role',
              }),
            ]
          : []),
      ];
      return { file: fileName(account, 'eu-west-1', date), rows, ignored: 3, malformed: 0 };
    }).filter((_, day) => which !== 1 || day < 20 || day > 26),
  );
  const rate = {
    stepSeconds: 10,
    columns: new Map(
      Array.from({ length: 30 }, (_, at) => [at, { written: at * 7, throttled: at % 5 }] as const),
    ),
  };
  const speed = {
    seconds: 300,
    writes: 3_000,
    rate,
    throttled: new Map(HOSTILE.map((text, at) => [text, at + 1] as const)),
  };
  const subject = { ...SUBJECT, about: HOSTILE, facts: HOSTILE.map((text) => [text, text] as const), speed };
  return [...pageOf(reportOfSums(sumsOf(files), subject))].join('');
}

let folder: string;
let seen: readonly Seen[] | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'auto-tagger-browser-'));
  const path = join(folder, 'report.html');
  writeFileSync(path, madePage());
  const looks: readonly Look[] = [
    { path, width: 1280, scheme: 'light', isJudged: true },
    { path, width: 1280, scheme: 'dark', isJudged: true },
    { path, width: 400, scheme: 'light' },
    { path, width: 400, scheme: 'dark', isUsed: true },
    { path, width: 400, scheme: 'light', withoutScript: true },
  ];
  try {
    const args = ['--no-warnings', join(import.meta.dirname, 'browse.ts'), JSON.stringify(looks)];
    seen = JSON.parse(
      execFileSync(process.execPath, args, { env: CLEAN_ENVIRONMENT, encoding: 'utf8', timeout: 120_000 }),
    );
  } catch (error) {
    if ((error as { status?: number }).status !== 3) throw error;
    console.warn('there is no browser that runs here: the page was not opened in one');
  }
}, 150_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the page in a browser', () => {
  test('asks for nothing, and has nothing to complain of', () => {
    for (const { asked, said } of seen ?? []) expect({ asked, said }).toEqual({ asked: [], said: [] });
  });

  test('fits its screen, with plots made for it', () => {
    for (const { pageWidth, plots, widePlots } of (seen ?? []).slice(0, 4)) {
      expect({ plots, widePlots }).toEqual({ plots: 4, widePlots: 0 });
      expect([400, 1280]).toContain(pageWidth);
    }
    expect(seen?.map(({ pageWidth }) => pageWidth) ?? [1280, 1280, 400, 400, 0]).toEqual([
      1280, 1280, 400, 400, 0,
    ]);
  });

  test('is light by day and dark by night', () => {
    const [light, dark] = seen ?? [];
    expect(light?.background).toBe(seen && 'rgb(244, 246, 248)');
    expect(dark?.background).toBe(seen && 'rgb(14, 19, 24)');
  });

  test('keeps nobody out: contrast, headings, labels, keyboard (axe)', () => {
    for (const { barriers } of seen ?? []) expect(barriers).toEqual([]);
  });

  test('shows the whole table without its script, and some of it with', () => {
    const [withScript, , , , without] = seen ?? [];
    expect(withScript?.visibleRows).toBe(seen && 100);
    expect(withScript?.hasTools).toBe(seen && true);
    expect(without?.visibleRows).toBe(seen && 169);
    expect(without?.hasTools).toBe(seen && false);
  });

  test('searches, and sorts by the keyboard', () => {
    const { used } = seen?.[3] ?? { used: undefined };
    if (used === undefined) return;
    expect(used.found).toMatch(/^\d+ of \d+ found, of 169 shown$/);
    expect(used.foundRows).toBeGreaterThan(10);
    expect(used.ascending).toEqual([...used.ascending].sort());
    expect(used.descending).toEqual([...used.descending].sort().reverse());
    expect(used.ariaSort).toBe('descending');
  });

  test('lets in no script, style, picture or request of others', () => {
    const { used } = seen?.[3] ?? { used: undefined };
    if (used === undefined) return;
    expect(used.cameThrough).toBe(false);
    expect(used.forbidden).toEqual([
      'connect-src',
      'img-src',
      'script-src-attr',
      'script-src-elem',
      'style-src-attr',
      'style-src-elem',
    ]);
  });
});

/**
 * Opens pages in a headless browser, as a process of its own, because its library is large: paths and what to look at in, what was
 * seen out, both as JSON. It exits with 3 where there is no browser.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

export interface Look {
  readonly path: string;
  readonly width: number;
  readonly scheme: 'light' | 'dark';
  readonly withoutScript?: true;
  /** Also looks for what keeps people out, which takes a second. */
  readonly isJudged?: true;
  /** Also types, clicks, and tries what the policy forbids. */
  readonly isUsed?: true;
}

export interface Seen {
  /** What the page said on the console, errors and broken policies among it. */
  readonly said: readonly string[];
  /** All that it asked for, beside itself. */
  readonly asked: readonly string[];
  readonly pageWidth: number;
  readonly background: string;
  readonly visibleRows: number;
  readonly hasTools: boolean;
  /** Plots that are shown, and those that are wider than the page. */
  readonly plots: number;
  readonly widePlots: number;
  readonly barriers: readonly string[];
  readonly used?: Used;
}

export interface Used {
  readonly found: string;
  readonly foundRows: number;
  readonly ascending: readonly string[];
  readonly descending: readonly string[];
  readonly ariaSort: string | null;
  /** What broke the policy, and whether any of it came through. */
  readonly forbidden: readonly string[];
  readonly cameThrough: boolean;
}

const NO_BROWSER = 3;

/** The one of a package; where it does not run, that of the system. */
async function launch(): Promise<Browser | undefined> {
  const { default: packaged } = await import('@sparticuz/chromium');
  const places: readonly (() => Promise<string | undefined>)[] = [
    () => packaged.executablePath(),
    async () => onPath('chromium') ?? onPath('chromium-browser') ?? onPath('google-chrome'),
  ];
  for (const place of places) {
    try {
      const executablePath = await place();
      if (executablePath === undefined) continue;
      return await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--no-zygote', '--headless=shell'],
      });
    } catch (error) {
      process.stderr.write(`${(error as Error).message.split('\n')[0]}\n`);
    }
  }
  return undefined;
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

async function look(
  browser: Browser,
  { path, width, scheme, withoutScript, isJudged, isUsed }: Look,
): Promise<Seen> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    javaScriptEnabled: withoutScript !== true,
    offline: true,
  });
  try {
    const page = await context.newPage();
    const said: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (!request.isNavigationRequest()) asked.push(request.url());
    });
    await page.goto(`file://${path}`);
    const rows = page.locator('#resources tbody tr:visible');
    const plots = page.locator('svg.plot:visible');
    const boxes = await Promise.all((await plots.all()).map((plot) => plot.boundingBox()));
    const seen = {
      said,
      asked,
      visibleRows: await rows.count(),
      hasTools: await page.locator('#tools').isVisible(),
      plots: boxes.length,
      widePlots: boxes.filter((box) => box !== null && box.x + box.width > width).length,
    };
    if (withoutScript) return { ...seen, pageWidth: 0, background: '', barriers: [] };
    const [pageWidth = 0, background = ''] = (await page.evaluate(
      '[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]',
    )) as [number, string];
    const barriers = isJudged ? await barriersOf(page) : [];
    const before = { ...seen, said: [...said], asked: [...asked], pageWidth, background, barriers };
    return isUsed ? { ...before, used: await use(page) } : before;
  } finally {
    await context.close();
  }
}

/** One of each list: all of them would take ten times as long. */
const FEWER = `
  for (const each of document.querySelectorAll('details')) each.open = true;
  for (const each of document.querySelectorAll('tbody tr:nth-child(n+2), svg g > :nth-child(n+2), dl > :nth-child(n+3), .plot:not(.wide)')) each.remove();
`;

async function barriersOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  await page.evaluate(FEWER);
  const found = (await page.evaluate(
    'axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] })',
  )) as { violations: { id: string; nodes: { html: string }[] }[] };
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.length} times, as in ${nodes[0]?.html.slice(0, 200)}`,
  );
}

const FORBIDDEN = `(async () => {
  const broken = [];
  document.addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
  window.cameThrough = false;
  const script = document.createElement('script');
  script.textContent = 'window.cameThrough = true';
  document.body.append(script);
  const image = document.createElement('img');
  image.src = 'https://example.com/x.png';
  document.body.append(image);
  const sheet = document.createElement('style');
  sheet.textContent = 'body { display: none }';
  document.body.append(sheet);
  document.body.insertAdjacentHTML('beforeend', '<p style="color:red" onclick="window.cameThrough = true" id="inserted">x</p>');
  document.getElementById('inserted').click();
  await fetch('https://example.com/').catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  const isHidden = getComputedStyle(document.body).display === 'none';
  return { forbidden: [...new Set(broken)].sort(), cameThrough: window.cameThrough || isHidden };
})()`;

async function use(page: Page): Promise<Used> {
  const first = () => page.locator('#resources tbody tr:visible td:first-child').allInnerTexts();
  await page.locator('#search').fill('ANNA 444455556666');
  await page.locator('#status', { hasText: 'found' }).waitFor(); // a script of ours could not wait: it takes eval
  const found = await page.locator('#status').innerText();
  const foundRows = await page.locator('#resources tbody tr:visible').count();
  const header = page.locator('#resources thead th').first();
  await header.locator('button').focus();
  await page.keyboard.press('Enter');
  const ascending = await first();
  await page.keyboard.press('Enter');
  const descending = await first();
  const ariaSort = await header.getAttribute('aria-sort');
  const tried = (await page.evaluate(FORBIDDEN)) as Pick<Used, 'forbidden' | 'cameThrough'>;
  return { found, foundRows, ascending, descending, ariaSort, ...tried };
}

const browser = await launch();
if (browser === undefined) process.exit(NO_BROWSER);
try {
  const looks = JSON.parse(process.argv[2] ?? '[]') as readonly Look[];
  const seen: Seen[] = [];
  for (const each of looks) seen.push(await look(browser, each));
  process.stdout.write(JSON.stringify(seen));
} finally {
  await browser.close();
}

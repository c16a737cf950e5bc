/**
 * The plots, drawn by Observable Plot without a browser. Colours are variables of the page, which knows light and dark.
 * Each is drawn twice, for wide and narrow screens, because text must not shrink with the picture; the page shows one.
 */
import { axisX, axisY, barX, cell, type PlotOptions, plot, rectY, ruleY, text } from '@observablehq/plot';
import type { Column } from '../run/write-rate.ts';
import { startOf } from '../sums/days.ts';
import type { Coverage } from '../view/coverage.ts';
import { STATES } from '../view/coverage.ts';
import type { Gaps } from '../view/gaps.ts';
import type { OverTime } from '../view/over-time.ts';
import { OTHERS } from '../view/over-time.ts';
import { columnText, counted, daysText, number, share } from '../view/words.ts';
import { html, type Markup } from './markup.ts';
import { type SvgElement, svgDocument, svgMarkup } from './svg-document.ts';

const WIDTHS = { wide: 1080, narrow: 340 } as const;

type Size = keyof typeof WIDTHS;

/** `name` is what the picture shows, for whoever does not see it. */
function drawn(name: string, options: (size: Size) => PlotOptions): Markup {
  const sizes = (Object.keys(WIDTHS) as Size[]).map((size) => {
    // Plot's types are those of a browser, which are not known here: that ours has what it asks for, the tests tell.
    const svg: SvgElement = plot({ width: WIDTHS[size], ...options(size), document: svgDocument() });
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', name);
    svg.setAttribute('class', `plot ${size}`);
    svg.setAttribute('font-size', '12');
    return svgMarkup(svg);
  });
  return html`${sizes}`;
}

/** The colour of one of the series. */
export function seriesColour(at: number, name: string): string {
  return name === OTHERS ? 'var(--others)' : `var(--series-${at})`;
}

/** Columns of stacked services. */
export function overTimePlot({ starts, series, unit }: OverTime): Markup {
  const bars = series.flatMap(({ name, counts }, at) =>
    counts.flatMap((count, column) => {
      if (count === 0) return [];
      const start = starts[column] as number;
      const title = `${columnText(start, unit)}: ${name} ${number(count)}`;
      const place = { from: startOf(start), to: startOf(starts[column + 1] as number) };
      return [{ ...place, count, title, colour: seriesColour(at, name) }];
    }),
  );
  const inset = starts.length > 60 ? 0.25 : 1;
  return drawn(`Resources created by ${unit}, by service`, (size) => ({
    height: size === 'wide' ? 300 : 220,
    marginLeft: 52,
    marginBottom: 34,
    x: { type: 'utc', label: null },
    y: { grid: true, label: null, ticks: 5, tickFormat: shortNumber },
    marks: [
      rectY(bars, {
        x1: 'from',
        x2: 'to',
        y: 'count',
        fill: 'colour',
        title: 'title',
        insetLeft: inset,
        insetRight: inset,
      }),
      ruleY([0]),
      axisX({ ticks: size === 'wide' ? 10 : 4, label: null }),
    ],
  }));
}

/** `1.2k`: a column of them is as wide as the widest. */
function shortNumber(value: number): string {
  return value.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });
}

/** What became of the resources of each service, in shares. */
export function coveragePlot({ services, states }: Coverage): Markup {
  const bars = services.flatMap(({ service, total, counts }) =>
    states.flatMap((state) => {
      const count = counts[state];
      if (count === 0) return [];
      const title = `${service}: ${number(count)} ${STATES[state].label} (${share(count, total)})`;
      return [{ service, part: count / total, title, colour: `var(--state-${state})` }];
    }),
  );
  const names = services.map(({ service }) => service);
  const marginLeft = Math.min(150, 20 + 7 * Math.max(0, ...names.map((name) => name.length)));
  return drawn('What became of the resources of each service, in shares', () => ({
    height: 46 + 24 * services.length,
    marginLeft,
    marginRight: 64,
    x: {
      percent: true,
      label: null,
      domain: [0, 100],
      ticks: 4,
      tickFormat: (value: number) => `${value} %`,
    },
    y: { domain: names, label: null },
    marks: [
      barX(bars, { x: 'part', y: 'service', fill: 'colour', title: 'title', insetTop: 2, insetBottom: 2 }),
      text(services, {
        x: () => 1,
        y: 'service',
        text: ({ total }: { readonly total: number }) => shortNumber(total),
        dx: 8,
        textAnchor: 'start',
      }),
      axisY({ tickSize: 0, label: null }),
    ],
  }));
}

/** Days without any file, account by account. */
export function gapsPlot({ calendar: { unit, columns, rows } }: Gaps): Markup {
  const cells = rows.flatMap(({ account, cells: of }) =>
    of.flatMap(({ silent, days }, at) => {
      const column = columns[at];
      if (days === 0 || column === undefined) return [];
      const title = `${account}, ${unit === 'day' ? daysText(column) : columnText(column[0], 'month')}: ${
        silent === 0 ? 'files on every day' : `no file on ${counted(silent, 'day')} of ${days}`
      }`;
      return [{ account, at: column[0], title, colour: `var(--gap-${gapClass(silent, days)})` }];
    }),
  );
  const every = (size: Size) => Math.ceil(columns.length / (size === 'wide' ? 12 : 3));
  return drawn('Days without a log file, by account', (size) => ({
    height: 46 + 20 * rows.length,
    marginLeft: 106,
    x: { domain: columns.map(([from]) => from), label: null },
    y: { domain: rows.map(({ account }) => account), label: null },
    marks: [
      cell(cells, {
        x: 'at',
        y: 'account',
        fill: 'colour',
        title: 'title',
        inset: columns.length > 60 ? 0.4 : 1,
      }),
      axisY({ tickSize: 0, label: null }),
      axisX({
        ticks: columns.filter((_, at) => at % every(size) === 0).map(([from]) => from),
        tickFormat: (from: number) => columnText(from, unit),
        tickSize: 3,
        label: null,
      }),
    ],
  }));
}

/** Writes of tags over the time of a run. */
export function ratePlot(
  columns: readonly (readonly [at: number, column: Column])[],
  stepSeconds: number,
): Markup {
  const bars = columns.flatMap(([at, { written, throttled }]) => {
    const place = { from: new Date(at * stepSeconds * 1000), to: new Date((at + 1) * stepSeconds * 1000) };
    const time = place.from.toISOString().slice(0, 19).replace('T', ' ');
    return [
      { ...place, count: written, colour: 'var(--series-0)', title: `${time}: ${number(written)} written` },
      {
        ...place,
        count: throttled,
        colour: 'var(--state-failed)',
        title: `${time}: ${number(throttled)} throttled`,
      },
    ].filter(({ count }) => count > 0);
  });
  return drawn('Writes of tags over the time of the run', (size) => ({
    height: 200,
    marginLeft: 52,
    marginBottom: 34,
    x: { type: 'utc', label: null },
    y: { grid: true, label: null, ticks: 4, tickFormat: shortNumber },
    marks: [
      rectY(bars, { x1: 'from', x2: 'to', y: 'count', fill: 'colour', title: 'title', inset: 0.25 }),
      ruleY([0]),
      axisX({ ticks: size === 'wide' ? 10 : 4, label: null }),
    ],
  }));
}

/** 0 where there were files on every day, 3 where there was none. */
export function gapClass(silent: number, days: number): number {
  if (silent === 0) return 0;
  if (silent === days) return 3;
  return silent / days <= 0.25 ? 1 : 2;
}

/** The sections of the page but for the table of resources, one function each. */
import { IGNORED_REASONS, type IgnoredReason } from '../../../parser/event/ignored-reason.ts';
import { OUTCOMES, type OutcomeName } from '../../../tag-manager/outcome.ts';
import { STATES } from '../view/coverage.ts';
import type { CreatorsOfKind } from '../view/creators.ts';
import { lengthOf, MAX_LISTED } from '../view/gaps.ts';
import { OTHERS } from '../view/over-time.ts';
import type { Report, Speed } from '../view/report.ts';
import { bytes, columnText, counted, daysText, duration, number, share, volume } from '../view/words.ts';
import { html, type Markup } from './markup.ts';
import { coveragePlot, gapsPlot, overTimePlot, ratePlot, seriesColour } from './plots.ts';
import { bars, details, legend, name, note, scrollable, section, table } from './tables.ts';

export function overTimeSection({ overTime, coverage }: Report): Markup {
  const { series, starts, unit, outside } = overTime;
  const title = `Created over time, by service`;
  if (series.length === 0) return section('over-time', title, note('Nothing was created that is tagged.'));
  const columns = starts.slice(0, -1).map((start, at) => ({ start, at }));
  const numbers = table(
    `Resources created by ${unit}`,
    [
      { head: unit, cell: ({ start }) => columnText(start, unit) },
      ...series.map(({ name: service, counts }) => ({
        head: service,
        cell: ({ at }: { at: number }) => number(counts[at] ?? 0),
        isNumber: true,
      })),
    ],
    columns,
    ['sum', ...series.map(({ total }) => number(total))],
  );
  const count = coverage.services.length + coverage.otherServices;
  return section('over-time', title, [
    legend(series.map(({ name: service }, at) => [name(service), seriesColour(at, service)])),
    html`<figure>${overTimePlot(overTime)}</figure>`,
    outside > 0
      ? note(
          `${counted(outside, 'resource')} more bear times before CloudTrail was, or still to come, and are not in the plot.`,
        )
      : undefined,
    note(
      `Each column is a ${unit}${count > series.length ? `; the largest of ${count} services have colours of their own` : ''}.`,
    ),
    details('The numbers', scrollable('Resources created over time', numbers, true)),
  ]);
}

const KINDS: Readonly<Record<CreatorsOfKind['kind'], string>> = {
  person: 'People',
  role: 'Roles',
  service: 'Services of AWS',
  root: 'Root users',
  unknown: 'Of whom only the account is known',
};

export function creatorsSection({ creators: { kinds, names, missing } }: Report): Markup {
  const all = kinds.reduce((sum, { total }) => sum + total, 0);
  const parts = kinds.map(({ kind, total, top, others, names: known }) => {
    const listed = top.map(({ name: creator, count }) => ({ label: name(creator), count }));
    const rest = others > 0 ? [{ label: OTHERS, count: others }] : [];
    const caption = `${counted(total, 'resource')}, ${share(total, all)} of all; ${counted(known, 'name')}`;
    return html`<div><h3>${KINDS[kind]}</h3>${bars(caption, 'name', [...listed, ...rest], total)}</div>`;
  });
  return section('creators', 'Who created it', [
    note(
      'A person is a user of IAM or of Identity Center, or somebody who is known to stand behind a session of a role. Names are counted over all accounts.',
    ),
    missing > 0
      ? note(
          `There are more creators than are kept apart (${number(names)}): each of these numbers may be too low, by ${number(missing)} at most. The sums are exact.`,
        )
      : undefined,
    html`<div class="grid">${parts}</div>`,
  ]);
}

export function placesSection({ places }: Report): Markup {
  const { services, accounts, totals, total, accountCount, serviceCount } = places;
  const most = Math.max(1, ...accounts.flatMap(({ counts }) => counts));
  const rows = accounts.map(
    ({ name: account, counts, total: sum }) =>
      html`<tr><th scope="row">${account}</th>${counts.map((count) => heat(count, most))}<td class="n sum">${number(sum)}</td></tr>`,
  );
  const heads = services.map((service) => html`<th scope="col" class="n">${name(service)}</th>`);
  const matrix = html`<table class="heat"><caption>Resources of each account and service</caption><thead><tr><th scope="col">account</th>${heads}<th scope="col" class="n">sum</th></tr></thead><tbody>${rows}</tbody><tfoot><tr><th scope="row">sum</th>${totals.map((count) => html`<td class="n">${number(count)}</td>`)}<td class="n">${number(total)}</td></tr></tfoot></table>`;
  return section('places', 'Accounts and services', [
    note(`${counted(accountCount, 'account')}, ${counted(serviceCount, 'service')}; the darker, the more.`),
    scrollable('Accounts and services', matrix),
  ]);
}

const STEPS = 5;

/** By its logarithm, because a few accounts have most. */
function heat(count: number, most: number): Markup {
  if (count === 0) return html`<td class="n z">·</td>`;
  const step = most === 1 ? STEPS : Math.ceil((Math.log(count + 1) / Math.log(most + 1)) * STEPS);
  return html`<td class="n h${Math.min(STEPS, Math.max(1, step))}">${number(count)}</td>`;
}

export function coverageSection(report: Report): Markup {
  const { coverage } = report;
  const parts = wholeOf(report);
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  const { states, services, otherServices, outside, outsideTotal, leftOut, leftOutTotal, reasons } = coverage;
  const numbers = table(
    'Resources of each service, by what became of them',
    [
      { head: 'service', cell: ({ service }) => name(service) },
      ...states.map((state) => ({
        head: STATES[state].label,
        cell: ({ counts }: (typeof services)[number]) => number(counts[state]),
        isNumber: true,
      })),
      { head: 'sum', cell: ({ total: sum }) => number(sum), isNumber: true },
    ],
    services,
  );
  return section('coverage', 'What became of it', [
    wholePlot(parts, whole),
    legend(
      parts.map(({ label, count, colour }) => [
        `${label}: ${number(count)} (${share(count, whole)})`,
        colour,
      ]),
    ),
    services.length > 0 && states.length > 1 ? html`<figure>${coveragePlot(coverage)}</figure>` : undefined,
    otherServices > 0 ? note(`${counted(otherServices, 'smaller service')} not shown.`) : undefined,
    services.length > 0 ? details('The numbers', scrollable('Outcomes of each service', numbers)) : undefined,
    html`<div class="grid">${[
      reasons.length === 0
        ? undefined
        : html`<div><h3>Why</h3>${table(
            'Reasons that were given, the commonest first',
            [
              { head: 'outcome', cell: ({ outcome }) => outcome },
              { head: 'service', cell: ({ service }) => name(service) },
              { head: 'reason', cell: ({ reason }) => name(reason) },
              { head: 'resources', cell: ({ count }) => number(count), isNumber: true },
            ],
            reasons,
          )}</div>`,
      outside.length === 0
        ? undefined
        : html`<div><h3>Not covered</h3>${bars(
            'Calls that created something outside the catalogue, so that nothing of it is tagged',
            'service and call',
            outside.map(({ name: call, count }) => ({ label: name(call), count })),
            outsideTotal,
          )}</div>`,
      leftOut.length === 0
        ? undefined
        : html`<div><h3>Left out by SERVICES</h3>${bars(
            'Records of services that the settings leave out',
            'service',
            leftOut.map(({ name: service, count }) => ({ label: name(service), count })),
            leftOutTotal,
          )}</div>`,
    ]}</div>`,
  ]);
}

export function gapsSection({ gaps, unnamedFiles }: Report): Markup {
  const { silences, silentDays, regional, regionalCount, branches, accounts, span } = gaps;
  const unnamed =
    unnamedFiles > 0
      ? note(
          `${counted(unnamedFiles, 'file')} bear names that do not tell for which account, region and day they are.`,
        )
      : undefined;
  if (span === undefined) {
    return section('gaps', 'Days without log files', [
      note('No file says by its name for which day it is.'),
      unnamed,
    ]);
  }
  const about = `${counted(accounts, 'account')}, ${counted(branches, 'pair')} of account and region, ${daysText(span)}. Looked at is what lies between the first and the last file of each.`;
  const verdict =
    silences.length === 0
      ? html`<p><strong>No account was silent.</strong> On every day each had a file of some region.</p>`
      : html`<p class="warn">Accounts were without any file on ${counted(silentDays, 'day')}, if added up.</p>`;
  const list =
    silences.length === 0
      ? undefined
      : scrollable(
          'Days on which accounts had no files',
          table(
            `Days on which an account had no file of any region, the longest first${silences.length === MAX_LISTED ? `; the first ${MAX_LISTED}` : ''}`,
            [
              { head: 'account', cell: ({ account }) => account },
              { head: 'days', cell: ({ gap }) => daysText(gap) },
              { head: 'how many', cell: ({ gap }) => number(lengthOf(gap)), isNumber: true },
              {
                head: 'regions',
                cell: ({ regions }) => number(regions),
                isNumber: true,
              },
            ],
            silences,
          ),
          true,
        );
  const regions = table(
    `Single regions, while others of the account had files${regionalCount > regional.length ? `; the longest ${regional.length} of ${number(regionalCount)}` : ''}`,
    [
      { head: 'account', cell: ({ account }) => account },
      { head: 'region', cell: ({ region }) => region },
      { head: 'days', cell: ({ gap }) => daysText(gap) },
      { head: 'how many', cell: ({ gap }) => number(lengthOf(gap)), isNumber: true },
    ],
    regional,
  );
  return section('gaps', 'Days without log files', [
    note(about),
    verdict,
    legend([
      ['files on every day', 'var(--gap-0)'],
      ['some days without', 'var(--gap-1)'],
      ['many', 'var(--gap-2)'],
      ['none at all', 'var(--gap-3)'],
    ]),
    html`<figure>${gapsPlot(gaps)}</figure>`,
    list,
    regional.length > 0
      ? details(
          `${counted(regionalCount, 'gap')} of single regions, in which perhaps nothing happened`,
          scrollable('Days on which regions had no files', regions, true),
        )
      : undefined,
    unnamed,
  ]);
}

export function recordsSection({ tallies }: Report): Markup {
  const { records, creations, malformed, ignored, resources, outcomes } = tallies;
  const reasons = (Object.entries(ignored) as [IgnoredReason, number][]).sort(
    ([, one], [, other]) => other - one,
  );
  const parts = [
    { label: explained('creation', 'created what is listed below'), count: creations },
    ...reasons.map(([reason, count]) => ({
      label: explained(reason, IGNORED_REASONS[reason]?.meaning ?? ''),
      count,
    })),
    ...(malformed > 0
      ? [{ label: explained('malformed', 'is no record, or larger than any'), count: malformed }]
      : []),
  ];
  const ends = (Object.entries(outcomes) as [OutcomeName, number][])
    .sort(([, one], [, other]) => other - one)
    .map(([outcome, count]) => ({ label: explained(outcome, OUTCOMES[outcome].meaning), count }));
  return section('records', 'Where the records went', [
    note('Every record is counted once, and every resource: the sums are those of all.'),
    html`<div class="grid"><div>${bars('Records: each one …', 'what it was', parts, records)}</div><div>${bars(
      `Resources of the ${counted(creations, 'creation')}: each one …`,
      'what became of it',
      ends,
      resources,
    )}</div></div>`,
  ]);
}

interface Part {
  readonly label: string;
  readonly count: number;
  readonly colour: string;
}

/** All that was created as far as the records tell, tagged or not. */
function wholeOf({ coverage: { states, total, outsideTotal } }: Report): readonly Part[] {
  const parts = states.map((state) => ({
    label: STATES[state].label as string,
    count: total[state],
    colour: `var(--state-${state})`,
  }));
  if (outsideTotal === 0) return parts;
  return [...parts, { label: 'not covered', count: outsideTotal, colour: 'var(--state-outside)' }];
}

/** One bar of all of it. The legend below it has its numbers. */
function wholePlot(parts: readonly Part[], whole: number): Markup | undefined {
  if (whole === 0) return undefined;
  let at = 0;
  const rects = parts.map(({ count, colour }) => {
    const x = at;
    at += (100 * count) / whole;
    return html`<rect x="${x.toFixed(2)}" width="${(at - x).toFixed(2)}" height="1" fill="${colour}"></rect>`;
  });
  return html`<svg class="whole" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${rects}</svg>`;
}

function explained(term: string, meaning: string): Markup {
  return html`${term}<br><span class="note">${meaning}</span>`;
}

export function speedSection({ subject, tallies }: Report): Markup {
  const { seconds, throttled, writes, rate } = subject.speed;
  const per = (value: number) => (seconds > 0 ? value / seconds : 0);
  const { files, compressedBytes, records, skipped, unreadable, bytes: read } = tallies;
  const facts: (readonly [string, string])[] = [
    ...subject.facts,
    ['time', duration(seconds)],
    ['files', `${number(files)}, ${number(Math.round(per(files)))} a second`],
    ['records', `${number(records)}, ${number(Math.round(per(records)))} a second`],
    ...(compressedBytes > 0
      ? [['read', `${volume(tallies)}, ${bytes(per(read > 0 ? read : compressedBytes))} a second`] as const]
      : []),
    ['files that could not be read', number(unreadable)],
    ...Object.entries(skipped).map(([what, count]) => [`passed over: ${what}`, number(count)] as const),
    ...(writes === undefined
      ? []
      : [
          [
            'writes of tags',
            `${number(writes)}, ${per(writes).toLocaleString('en', { maximumFractionDigits: 1 })} a second`,
          ] as const,
        ]),
  ];
  const places = [...(throttled ?? [])].sort(([, one], [, other]) => other - one).slice(0, MAX_PLACES);
  const throttling =
    throttled === undefined
      ? undefined
      : places.length === 0
        ? note('No write ended because AWS throttled it.')
        : bars(
            'Writes that AWS throttled to the end',
            'API, account and region',
            places.map(([place, count]) => ({ label: name(place), count })),
          );
  return section('speed', 'The work', [
    html`<dl>${facts.map(([term, value]) => html`<dt>${term}</dt><dd>${name(value)}</dd>`)}</dl>`,
    rate === undefined || rate.columns.size < 2 ? undefined : rateParts(rate),
    throttling,
  ]);
}

const MAX_PLACES = 15;

function rateParts({ columns, stepSeconds }: NonNullable<Speed['rate']>): Markup {
  const sorted = [...columns].sort(([one], [other]) => one - other);
  const every = stepSeconds < 60 ? counted(stepSeconds, 'second') : duration(stepSeconds);
  const numbers = table(
    `Writes of tags, every ${every}`,
    [
      {
        head: 'from (UTC)',
        cell: ([at]) => new Date(at * stepSeconds * 1000).toISOString().slice(0, 19).replace('T', ' '),
      },
      { head: 'written', cell: ([, { written }]) => number(written), isNumber: true },
      { head: 'throttled', cell: ([, { throttled }]) => number(throttled), isNumber: true },
    ],
    sorted,
  );
  return html`<h3>Writes of tags, every ${every}</h3>${legend([
    ['written', 'var(--series-0)'],
    ['throttled', 'var(--state-failed)'],
  ])}<figure>${ratePlot(sorted, stepSeconds)}</figure>${details('The numbers', scrollable('Writes of tags', numbers, true))}`;
}

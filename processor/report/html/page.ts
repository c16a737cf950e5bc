/**
 * The report as one page that needs nothing beside it: no request leaves it, and its policy lets in no style and no script but its
 * own two. It is written in pieces, because the table of resources is long.
 */
import { createHash } from 'node:crypto';
import type { OutcomeName } from '../../../tag-manager/outcome.ts';
import type { ResourceRow } from '../../file/resource-row.ts';
import { STATE_NAMES, STATES, type State } from '../view/coverage.ts';
import type { Report } from '../view/report.ts';
import { counted, number, share } from '../view/words.ts';
import { GENERATOR } from './generator.ts';
import { type Content, html, Markup } from './markup.ts';
import { SCRIPT } from './script.ts';
import {
  coverageSection,
  creatorsSection,
  gapsSection,
  overTimeSection,
  placesSection,
  recordsSection,
  speedSection,
} from './sections.ts';
import { STYLE } from './style.ts';
import { name, note } from './tables.ts';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing is loaded, sent or framed; neither attributes nor inserted elements can bring styles or scripts in. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const SECTIONS: readonly (readonly [id: string, title: string, make: (report: Report) => Markup])[] = [
  ['over-time', 'Over time', overTimeSection],
  ['creators', 'Creators', creatorsSection],
  ['places', 'Accounts', placesSection],
  ['coverage', 'Outcomes', coverageSection],
  ['gaps', 'Gaps', gapsSection],
  ['records', 'Records', recordsSection],
  ['speed', 'The work', speedSection],
];

/** Pieces of the page, in their order. */
export function* pageOf(report: Report): Generator<string> {
  const { subject, version, madeAt } = report;
  yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${Markup.trusted(GENERATOR)}${version}">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${subject.title} · auto-tagger</title>
<style>${Markup.trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
<p class="brand">auto-tagger · report</p>
<h1>${headline(report)}</h1>
<p class="lead">${about(report)}</p>
${subject.isPartial ? html`<p class="warn">It is not complete: the work was stopped, or goes on. The figures are of what was done until then.</p>` : undefined}
<nav aria-label="Sections"><ul>${[...SECTIONS, ['list', 'Resources'] as const].map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main id="main">
${tiles(report)}
`.text;
  for (const [, , make] of SECTIONS) yield make(report).text;
  yield* resources(report);
  yield html`</main>
<footer>Made by auto-tagger ${version} on ${madeAt.slice(0, 16).replace('T', ' ')} UTC. All times are UTC. This file asks nothing of the network.</footer>
<script>${Markup.trusted(SCRIPT)}</script>
</body>
</html>
`.text;
}

function headline({ tallies, creators }: Report): string {
  const { resources } = tallies;
  if (resources === 0) return 'Nothing was created';
  return `${counted(resources, 'resource')}, by ${counted(creators.names, 'creator')}`;
}

function about({ subject, first, last }: Report): Content {
  const days = first === '' ? '' : ` · created ${first.slice(0, 10)} to ${last.slice(0, 10)}`;
  const shown = subject.about.slice(0, 5);
  const more = subject.about.length - shown.length;
  return html`${name(subject.title)}: ${shown.map((path, at) => html`${at > 0 ? ', ' : ''}${name(path)}`)}${more > 0 ? ` and ${number(more)} more` : ''}${days}`;
}

function tiles({ tallies, creators, places, coverage, gaps, subject }: Report): Markup {
  const { tagged, planned, failed, deferred } = coverage.total;
  const people = creators.kinds.find(({ kind }) => kind === 'person');
  const isPlan = tagged === 0 && planned > 0;
  const tile = (label: string, figure: string, detail: string) =>
    html`<li><span class="label">${label}</span><span class="figure">${figure}</span><span class="detail">${detail}</span></li>`;
  return html`<ul class="tiles">${[
    tile('Resources', number(tallies.resources), `of ${counted(places.serviceCount, 'service')}`),
    tile(
      isPlan ? 'Would be tagged' : 'Tagged',
      share(isPlan ? planned : tagged, tallies.resources),
      failed + deferred > 0 ? `${number(failed)} failed, ${number(deferred)} to do` : 'none failed',
    ),
    tile('Not covered', number(coverage.outsideTotal), 'calls outside the catalogue'),
    tile('Creators', number(creators.names), `${counted(people?.names ?? 0, 'person', 'people')}`),
    tile(
      'Accounts',
      number(Math.max(places.accountCount, gaps.accounts)),
      `log files of ${number(gaps.accounts)}`,
    ),
    tile(
      'Days without files',
      number(gaps.silentDays),
      gaps.silentDays === 0 ? 'no account was silent' : 'of whole accounts',
    ),
    tile('Records', compact(tallies.records), `in ${counted(tallies.files, 'file')}`),
    tile(
      'Files a second',
      number(Math.round(subject.speed.seconds > 0 ? tallies.files / subject.speed.seconds : 0)),
      'all in all',
    ),
  ]}</ul>`;
}

function compact(value: number): string {
  return value.toLocaleString('en', {
    notation: value >= 100_000 ? 'compact' : 'standard',
    maximumFractionDigits: 1,
  });
}

const ROWS_A_PIECE = 200;

const HEADS = ['created', 'resource', 'account and region', 'type and call', 'outcome', 'creator'];

function* resources({ rows, rowsSeen }: Report): Generator<string> {
  const cut =
    rowsSeen > rows.length
      ? note(`The newest ${number(rows.length)} of ${number(rowsSeen)}: --csv writes them all.`)
      : undefined;
  const states = STATE_NAMES.filter((state) => rows.some(({ outcome }) => stateOf(outcome) === state));
  yield html`<section id="list" aria-labelledby="list-title"><h2 id="list-title">Resources</h2>${cut}
<div class="tools" id="tools" hidden><label>Search<input type="search" id="search" placeholder="name, person, account, call …" autocomplete="off" spellcheck="false"></label><label>What became of it<select id="outcome"><option value="">all</option>${states.map((state) => html`<option value="${state}">${STATES[state].label}</option>`)}</select></label></div>
<p class="note" id="status" role="status"></p>
<div class="scroll" tabindex="0" role="region" aria-label="Resources, table"><table class="rows" id="resources"><caption>What was created, the newest first</caption><thead><tr>${HEADS.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>
`.text;
  for (let at = 0; at < rows.length; at += ROWS_A_PIECE) {
    yield rows
      .slice(at, at + ROWS_A_PIECE)
      .map((row) => resource(row).text)
      .join('');
  }
  yield html`</tbody></table></div><p class="more" id="more" hidden><button type="button">Show more</button></p></section>
`.text;
}

function resource(row: ResourceRow): Markup {
  const { eventTime, arn, account, region, type, outcome, reason, creator, person, creatorKind, eventName } =
    row;
  const state = stateOf(outcome);
  const why = reason === '' ? undefined : html`<small>${name(reason)}</small>`;
  return html`<tr data-outcome="${state}"><td>${eventTime.slice(0, 10)}<small>${eventTime.slice(11, 19)}</small></td><td>${name(arn)}</td><td>${name(account)}<small>${name(region)}</small></td><td>${name(type)}<small>${name(eventName)}</small></td><td><span class="dot state-${state}"></span>${outcome}${why}</td><td>${name(person)}<small>${creatorKind}${creator === person ? undefined : html` · ${name(creator)}`}</small></td></tr>
`;
}

function stateOf(outcome: OutcomeName): State {
  return (
    STATE_NAMES.find((state) => (STATES[state].outcomes as readonly string[]).includes(outcome)) ?? 'failed'
  );
}

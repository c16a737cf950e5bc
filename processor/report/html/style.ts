/**
 * The style sheet of the page: light and dark, narrow and wide, on paper. Series have the colours of Okabe and Ito ("Color
 * Universal Design", 2008), which people who confuse colours can tell apart.
 */

const LIGHT = `
  color-scheme: light;
  --page: #f4f6f8; --card: #ffffff; --ink: #17212b; --muted: #54616e; --line: #dbe1e7; --soft: #eef2f5;
  --accent: #0b5fa5; --bar: #0072b2; --warn: #a23b00; --heat: #0072b2;
  --series-0: #0072b2; --series-1: #e69f00; --series-2: #009e73; --series-3: #cc79a7;
  --series-4: #56b4e9; --series-5: #d55e00; --series-6: #f0e442; --others: #98a3ae;
  --state-tagged: #009e73; --state-planned: #0072b2; --state-kept: #56b4e9; --state-gone: #98a3ae;
  --state-deferred: #e69f00; --state-failed: #d55e00; --state-outside: #cc79a7;
  --gap-0: #cfe6dd; --gap-1: #f3c66b; --gap-2: #e08a2c; --gap-3: #b23c00;`;

const DARK = `
  color-scheme: dark;
  --page: #0e1318; --card: #161d24; --ink: #e6ebf0; --muted: #9fadba; --line: #2b3640; --soft: #1d262f;
  --accent: #7cc0f5; --bar: #3d9ddb; --warn: #ff9d5c; --heat: #2f8fd0;
  --series-0: #2b8ccc; --series-1: #e69f00; --series-2: #12b083; --series-3: #d58ab3;
  --series-4: #7cc8f4; --series-5: #e8702a; --series-6: #f0e442; --others: #6f7b87;
  --state-tagged: #12b083; --state-planned: #2b8ccc; --state-kept: #7cc8f4; --state-gone: #6f7b87;
  --state-deferred: #e69f00; --state-failed: #e8702a; --state-outside: #d58ab3;
  --gap-0: #21453a; --gap-1: #8a6a22; --gap-2: #d98c2b; --gap-3: #ffcf70;`;

const PAGE = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
bdi { unicode-bidi: isolate; }
a { color: var(--accent); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999px; background: var(--card); padding: 8px 14px; }
.skip:focus { left: 12px; top: 12px; z-index: 1; }
header, main, footer { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 36px; padding-bottom: 20px; }
h3 + table caption { padding-top: 0; }
.brand { margin: 0 0 6px; color: var(--muted); font-size: 13px; letter-spacing: .06em; text-transform: uppercase; font-weight: 600; }
h1 { margin: 0; font-size: 32px; line-height: 1.2; letter-spacing: -.015em; text-wrap: balance; }
h2 { margin: 0; font-size: 20px; line-height: 1.3; letter-spacing: -.01em; }
h3 { margin: 22px 0 8px; font-size: 15px; }
p { margin: 8px 0; max-width: 78ch; }
.lead { color: var(--muted); margin: 10px 0 0; max-width: none; }
.note { color: var(--muted); font-size: 14px; }
.warn { color: var(--warn); font-weight: 600; }
nav { margin-top: 18px; font-size: 14px; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0; padding: 0; list-style: none; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 0 0 16px; padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 16px 12px; }
.tiles .label { display: block; color: var(--muted); font-size: 13px; }
.tiles .figure { display: block; font-size: 27px; line-height: 1.25; font-weight: 650; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.tiles .detail { display: block; color: var(--muted); font-size: 13px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 22px 24px 20px; margin: 0 0 16px; }
figure { margin: 14px 0 4px; }
.plot { display: block; width: 100%; height: auto; overflow: visible; color: var(--muted); }
.plot text { white-space: pre; }
.plot rect { stroke: var(--card); stroke-width: .5px; }
.narrow { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 12px 0 0; padding: 0; list-style: none; font-size: 13px; }
.legend svg { width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
details { margin-top: 12px; border-top: 1px solid var(--line); padding-top: 10px; }
summary { cursor: pointer; color: var(--accent); font-size: 14px; width: fit-content; }
.scroll { overflow-x: auto; }
.scroll table:not(.rows) :is(th, td) { overflow-wrap: break-word; }
.tall { max-height: 440px; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); font-size: 13px; padding: 6px 0; }
th, td { text-align: left; padding: 6px 10px; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: 400; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-size: 13px; font-weight: 600; vertical-align: bottom; overflow-wrap: normal; }
tfoot th, tfoot td { font-weight: 650; border-bottom: 0; border-top: 1px solid var(--muted); }
td.n, th.n { text-align: right; white-space: nowrap; overflow-wrap: normal; }
td.b { width: 34%; min-width: 90px; vertical-align: middle; }
.bar { display: block; width: 100%; height: 9px; }
.bar rect { fill: var(--bar); }
.whole { display: block; width: 100%; height: 26px; margin-top: 14px; border-radius: 6px; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 4px 36px; }
.heat { border-collapse: separate; border-spacing: 2px; }
.heat th, .heat td { border: 0; padding: 6px 8px; border-radius: 4px; }
.heat th:first-child { white-space: nowrap; padding-left: 0; }
.heat td.z { color: var(--muted); }
.h1 { background: color-mix(in srgb, var(--heat) 7%, transparent); } .h2 { background: color-mix(in srgb, var(--heat) 16%, transparent); }
.h3 { background: color-mix(in srgb, var(--heat) 27%, transparent); } .h4 { background: color-mix(in srgb, var(--heat) 38%, transparent); }
.h5 { background: color-mix(in srgb, var(--heat) 50%, transparent); }
.sum { font-weight: 650; }
dl { display: grid; grid-template-columns: minmax(120px, max-content) 1fr; gap: 4px 18px; margin: 12px 0 0; font-size: 14px; }
dt { color: var(--muted); } dd { margin: 0; }
.tools { display: flex; flex-wrap: wrap; gap: 10px; align-items: end; margin: 14px 0 4px; }
.tools label { display: grid; gap: 3px; font-size: 13px; color: var(--muted); }
.tools label:first-child { flex: 1 1 260px; }
input, select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--muted); border-radius: 8px; padding: 7px 11px; }
input, select { width: 100%; }
button { cursor: pointer; } button:hover { background: var(--soft); }
th button { border: 0; padding: 0 2px; background: none; font-weight: 600; text-align: left; white-space: nowrap; }
th button::after { content: "↕"; opacity: .45; margin-left: 4px; } th[aria-sort=ascending] button::after { content: "↑"; opacity: 1; } th[aria-sort=descending] button::after { content: "↓"; opacity: 1; }
.rows td { font-size: 13px; } .rows td:nth-child(1) { white-space: nowrap; overflow-wrap: normal; }
.rows td:nth-child(2) { min-width: 260px; } .rows td:nth-child(4), .rows td:nth-child(5) { overflow-wrap: normal; } .rows td:nth-child(6) { min-width: 240px; }
.rows small { display: block; color: var(--muted); font-size: 12px; }
.dot { display: inline-block; width: 9px; height: 9px; border-radius: 50%; margin-right: 6px; }
.state-tagged { background: var(--state-tagged); } .state-planned { background: var(--state-planned); } .state-kept { background: var(--state-kept); }
.state-gone { background: var(--state-gone); } .state-deferred { background: var(--state-deferred); } .state-failed { background: var(--state-failed); }
footer { padding: 8px 24px 48px; color: var(--muted); font-size: 13px; }
[hidden] { display: none !important; }
@media (max-width: 720px) {
  header, main, footer { padding-left: 14px; padding-right: 14px; } header { padding-top: 22px; }
  section { padding: 16px 14px; border-radius: 12px; } h1 { font-size: 25px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 8px; } .tiles .figure { font-size: 22px; } .tiles li { padding: 10px 12px; }
  .wide { display: none; } .narrow { display: block; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 6px; }
  td.b { width: 18%; min-width: 40px; } th, td { padding: 6px 7px; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  :root { ${LIGHT} --page: #ffffff; }
  body { font-size: 11px; } header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  section { border: 0; padding: 8px 0; break-inside: auto; } figure, .tiles, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  nav, .skip, .tools, .more, #status { display: none; } details::details-content { content-visibility: visible; block-size: auto; } .scroll, .tall { overflow: visible; max-height: none; }
  .plot rect, .bar rect, .whole rect, .legend rect, .h1, .h2, .h3, .h4, .h5, .dot { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}`;

export const STYLE = `:root { ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
${PAGE}`;

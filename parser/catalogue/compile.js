/**
 * Joins the rows (services/) to one module beside this file, so that they are bundled like any other code and nothing
 * is read at run time: the names of all events in plain text, and the rest of the rows deflated, to be expanded when the
 * first record of an event comes. The project's `prepare` step runs it. JavaScript, so that any
 * Node from 20 on can run it before the project's own Node is installed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';

const SERVICES = new URL('services/', import.meta.url);
const OUTPUT = new URL('rows-module.js', import.meta.url);

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(OUTPUT, compileRows());

/** The module's text. */
export function compileRows() {
  const sources = readSources();
  const names = sources.map(({ source, creates, deletes, makers }) => {
    return [source, namesOf(creates), namesOf(deletes), namesOf(makers)].join('|');
  });
  const rows = sources.map(({ creates, deletes, makers }) =>
    JSON.stringify([...creates, ...deletes, ...makers].map(rowOf)),
  );
  return `// Made by compile.js from services/.
export const SOURCES = \`
${names.join('\n')}
\`.trim();
export const ROWS = '${deflateRawSync(rows.join('\n'), { level: 9 }).toString('base64')}';
`;
}

/** Rows by the source and name that a record may have; a second spelling has the row a second time. */
function readSources() {
  const files = readdirSync(SERVICES)
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, SERVICES), 'utf8')));
  const bySource = new Map();
  for (const { eventSource, creates = [], deletes = [], makers = [] } of files) {
    for (const [kind, rows] of Object.entries({ creates, deletes, makers })) {
      for (const row of rows) {
        for (const source of [eventSource, ...(row.otherSources ?? [])]) {
          if (!bySource.has(source)) bySource.set(source, { source, creates: [], deletes: [], makers: [] });
          const own = source === eventSource ? {} : { eventSource };
          for (const name of [row.eventName, ...(row.otherNames ?? [])]) {
            const spelling = name === row.eventName ? own : { ...own, eventName: row.eventName };
            bySource.get(source)[kind].push({ name, row: { ...row, eventName: undefined, ...spelling } });
          }
        }
      }
    }
  }
  return [...bySource.values()].sort((a, b) => (a.source < b.source ? -1 : 1));
}

function namesOf(entries) {
  return entries.map(({ name }) => name).join(' ');
}

function rowOf({ row }) {
  return row;
}

/**
 * Joins the rows in services/ to one module, so that they are bundled like code: the names of all services in plain text,
 * and a line of rows for each, deflated, to be inflated when the first resource is tagged. The project's `prepare` step runs it. JavaScript, so that any Node from 20 on can run it before the project's own Node is
 * installed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';

const HERE = new URL('.', import.meta.url);
export const OUTPUT = fileURLToPath(new URL('tables.js', HERE));

/** The text of the module. */
export function compileTables() {
  const files = readdirSync(new URL('services/', HERE)).sort();
  const lines = files.map((file) =>
    JSON.stringify(parse(readFileSync(new URL(`services/${file}`, HERE), 'utf8'), file)),
  );
  return `// Made by compile.js from services/.
export const SERVICES = '${files.map((file) => file.replace(/\.json$/, '')).join(' ')}';
export const ROWS = '${deflateRawSync(lines.join('\n'), { level: 9 }).toString('base64')}';
`;
}

function parse(text, file) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`cannot read tag-manager/apis/services/${file} as JSON`, { cause });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(OUTPUT, compileTables());

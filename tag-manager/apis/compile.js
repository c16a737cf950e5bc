/**
 * Joins the rows in services/ to one module, so that they are bundled like code and loaded in a few milliseconds. The
 * project's `prepare` step runs it. JavaScript, so that any Node from 20 on can run it before the project's own Node is
 * installed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = new URL('.', import.meta.url);
export const OUTPUT = fileURLToPath(new URL('tables.js', HERE));

/** The text of the module. Text that is parsed as JSON loads faster than the same as JavaScript. */
export function compileTables() {
  const tables = {};
  for (const file of readdirSync(new URL('services/', HERE)).sort()) {
    const text = readFileSync(new URL(`services/${file}`, HERE), 'utf8');
    tables[file.replace(/\.json$/, '')] = parse(text, file);
  }
  const literal = JSON.stringify(tables).replace(/[\\']/g, '\\$&');
  return `// Made by compile.js from services/.\nexport const TABLES = JSON.parse('${literal}');\n`;
}

function parse(text, file) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`cannot read tag-manager/apis/services/${file} as JSON`, { cause });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(OUTPUT, compileTables());

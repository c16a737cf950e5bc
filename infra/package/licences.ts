/**
 * The licences of what is bundled: their texts go with the package, as they demand. One that would demand more of us than that
 * is an error.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PERMISSIVE: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
]);

interface Licence {
  readonly name: string;
  readonly licence: string;
  readonly text: string;
}

/** `files` are paths below `root`, ours and those of packages. Each text stands once, below the names of its packages. */
export function licencesOf(root: string, files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []));
  const licences = [...folders].sort().map((folder) => readLicence(join(root, folder)));
  const byText = Map.groupBy(licences, ({ text }) => text);
  return [...byText]
    .map(([text, of]) => `${of.map(({ name, licence }) => `${name} (${licence})`).join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The innermost one, where packages lie in packages. */
const PACKAGE = /.*node_modules\/(?:@[^/]+\/)?[^/]+/;

function readLicence(folder: string): Licence {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!PERMISSIVE.has(license)) {
    throw new Error(`${name}: expected a licence that lets it be bundled, got ${license}`);
  }
  const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: folder }).sort();
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  return { name: `${name} ${version}`, licence: license, text };
}

/**
 * Reads off the source of a file which others it needs, in whatever way it says so: plain, type-only and re-exporting
 * imports, `import()`, `import('…').Type`, and names of files that are handed to somebody who runs or bundles them.
 */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync } from '@swc/core';

/**
 * `type`: gone at run time. `dynamic`: loaded when it is needed. `file`: the name of one of our files in a text or a
 * URL, for a worker thread, a child process or a bundler.
 */
export type ImportKind = 'import' | 're-export' | 'type' | 'dynamic' | 'file';

export interface Import {
  readonly kind: ImportKind;
  /** The file in which it stands, from the root. */
  readonly from: string;
  /** A file of ours, from the root; or a package, `node:` modules included. */
  readonly to: string;
  readonly isOurs: boolean;
}

/** An import that cannot be told from the source. */
export class UnreadableImport extends Error {
  override readonly name = 'UnreadableImport';
}

/** `isFile` says which paths from the root are files of ours. Throws UnreadableImport for a computed `import()`. */
export function readImports(
  from: string,
  source: string,
  isFile: (path: string) => boolean,
): readonly Import[] {
  // AssemblyScript decorates functions, which TypeScript does not know.
  const tree = parseSync(source.replaceAll(/^@\w+$/gm, ''), { syntax: 'typescript', target: 'es2024' });
  const found = new Map<string, Import>();
  for (const { kind, specifier } of specifiersIn(tree, from)) {
    const to = kind === 'file' ? fileNamed(specifier, from, isFile) : targetOf(specifier, from);
    if (to === undefined || to === from) continue;
    found.set(`${kind} ${to}`, { kind, from, to, isOurs: kind === 'file' || specifier.startsWith('.') });
  }
  return [...found.values()];
}

/** The imports of all these files, which are paths from the root. */
export function readAllImports(root: string, files: readonly string[]): readonly Import[] {
  const known = new Set(files);
  return files.flatMap((file) =>
    readImports(file, readFileSync(posix.join(root, file), 'utf8'), (path) => known.has(path)),
  );
}

/** A node of the parser's tree, as far as it is looked at. */
interface Node {
  readonly type?: unknown;
  readonly value?: unknown;
  readonly quasis?: readonly { readonly cooked: string }[];
  readonly source?: Node | null;
  readonly typeOnly?: boolean;
  readonly argument?: Node;
  readonly callee?: Node;
  readonly arguments?: readonly { readonly expression: Node }[];
}

interface Specifier {
  readonly kind: ImportKind;
  /** As it stands there; any text where it is of the kind `file`. */
  readonly specifier: string;
}

function* specifiersIn(tree: unknown, from: string, claimed = new Set<unknown>()): Generator<Specifier> {
  if (typeof tree !== 'object' || tree === null || claimed.has(tree)) return;
  const node: Node = tree;
  const text = textOf(node);
  if (text !== undefined) return yield { kind: 'file', specifier: text };
  const named = namedBy(node);
  if (named !== undefined) {
    const specifier = textOf(named.literal);
    if (specifier === undefined) {
      throw new UnreadableImport(`${from}: expected import('…') of a text, got one that is computed`);
    }
    claimed.add(named.literal);
    yield { kind: named.kind, specifier };
  }
  for (const inner of Object.values(tree)) yield* specifiersIn(inner, from, claimed);
}

/** The literal in which a node names another file, where it is an import. */
function namedBy({ type, source, typeOnly, argument, callee, arguments: given }: Node) {
  switch (type) {
    case 'ImportDeclaration':
      return { kind: typeOnly ? 'type' : 'import', literal: source } as const;
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': // without a source, of the file's own
      return source ? ({ kind: typeOnly ? 'type' : 're-export', literal: source } as const) : undefined;
    case 'TsImportType':
      return { kind: 'type', literal: argument } as const;
    case 'CallExpression':
      return callee?.type === 'Import'
        ? ({ kind: 'dynamic', literal: given?.[0]?.expression } as const)
        : undefined;
    default:
      return undefined;
  }
}

/** The text of a literal, quoted in any way, if nothing in it is computed. */
function textOf(node: Node | null | undefined): string | undefined {
  if (node?.type === 'StringLiteral') return String(node.value);
  return node?.type === 'TemplateLiteral' && node.quasis?.length === 1 ? node.quasis[0]?.cooked : undefined;
}

/** A file of ours from the root, or the name of a package: `@scope/name`, `name` or `node:name`. */
function targetOf(specifier: string, from: string): string {
  const parts = specifier.split('/');
  if (!specifier.startsWith('.')) return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const path = posix.join(posix.dirname(from), specifier);
  return posix.extname(path) === '' ? `${path}.ts` : path; // AssemblyScript wants them without
}

/** Relative to the file or to the root, where there is such a file. */
function fileNamed(text: string, from: string, isFile: (path: string) => boolean): string | undefined {
  const paths = [posix.join(posix.dirname(from), text), posix.normalize(text)];
  return paths.find(isFile);
}

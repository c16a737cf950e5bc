/** Who may know whom: read off the imports, so that the picture in docs/architecture.md stays true. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { circles, outOfOrder, throughWalls, unusedDoors, wallAround } from './architecture/checks.ts';
import { type ImportKind, readAllImports, readImports } from './architecture/imports.ts';
import { WALLS, type Wall, wallsTable } from './architecture/walls.ts';

const ROOT = join(import.meta.dirname, '..');

const FILES = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.js'],
  {
    cwd: ROOT,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file.includes('/') && !file.startsWith('test/') && existsSync(join(ROOT, file)));

const IMPORTS = readAllImports(ROOT, FILES);

const placeOf = (file: string) => wallAround(file, WALLS)?.place ?? file;

describe('the walls', () => {
  test('every file imports only what the place that it lies in may know', () => {
    expect(throughWalls(IMPORTS, WALLS)).toEqual([]);
  });

  test('every place of the table has files, and every file has a place', () => {
    const places = new Set(FILES.map(placeOf));
    expect([...places].sort()).toEqual(WALLS.map(({ place }) => place).sort());
  });

  test('a place knows only places that stand above it in the table', () => {
    expect(outOfOrder(WALLS)).toEqual([]);
  });

  test('nothing is allowed that nobody needs', () => {
    expect(unusedDoors(IMPORTS, WALLS)).toEqual([]);
  });

  test('docs/architecture.md shows the table', () => {
    const docs = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
    const shown = /<!-- walls -->\n\n(.*?)\n\n<!-- \/walls -->/s.exec(docs)?.[1];
    expect(shown).toBe(wallsTable());
  });
});

describe('circles', () => {
  test('no files import each other in a circle, types included', () => {
    expect(circles(IMPORTS)).toEqual([]);
  });

  test('nor do places', () => {
    expect(circles(IMPORTS, placeOf)).toEqual([]);
  });
});

describe('what the imports are read from', () => {
  const isFile = (path: string) => ['parser/a.ts', 'parser/inner/b.ts', 'demo/c.ts'].includes(path);
  const read = (source: string) =>
    readImports('parser/a.ts', source, isFile).map(({ kind, to }) => ({ kind, to }));

  test.each<readonly [string, ImportKind]>([
    ["import { b } from './inner/b.ts';", 'import'],
    ["import b from './inner/b.ts';", 'import'],
    ["import * as b from './inner/b.ts';", 'import'],
    ["import './inner/b.ts';", 'import'],
    ["import { type B } from './inner/b.ts';", 'import'], // the file is loaded all the same
    ["import {\n  b,\n} from './inner/b.ts';", 'import'],
    ["import type { B } from './inner/b.ts';", 'type'],
    ["type B = import('./inner/b.ts').B;", 'type'],
    ["type B = typeof import('./inner/b.ts');", 'type'],
    ["function f(b: readonly import('./inner/b.ts').B[]) {}", 'type'],
    ["export type { B } from './inner/b.ts';", 'type'],
    ["export type * from './inner/b.ts';", 'type'],
    ["export { b } from './inner/b.ts';", 're-export'],
    ["export * from './inner/b.ts';", 're-export'],
    ["const { b } = await import('./inner/b.ts');", 'dynamic'],
    ['const { b } = await import(`./inner/b.ts`);', 'dynamic'],
    ["const worker = new Worker(new URL('./inner/b.ts', import.meta.url));", 'file'],
    ["const b = new URL('inner/b.ts', import.meta.url);", 'file'],
    ["await build({ entryPoints: ['parser/inner/b.ts'] });", 'file'],
    ["fork('./inner/b.ts');", 'file'],
    ["const b = require('./inner/b.ts');", 'file'],
  ])('%s', (source, kind) => {
    expect(read(source)).toEqual([{ kind, to: 'parser/inner/b.ts' }]);
  });

  test('a file may be needed in two ways', () => {
    const source =
      "import type { B } from './inner/b.ts'; new Worker(new URL('./inner/b.ts', import.meta.url));";
    expect(read(source).map(({ kind }) => kind)).toEqual(['type', 'file']);
  });

  test('packages count by their names, modules of Node as such', () => {
    const source =
      "import x from '@aws-sdk/client-s3/dist'; import 'stream-json/parser.js'; import 'node:fs/promises';";
    expect(read(source).map(({ to }) => to)).toEqual(['@aws-sdk/client-s3', 'stream-json', 'node:fs']);
  });

  test('comments and texts that only look like imports are none', () => {
    expect(read("// import './inner/b.ts'\nconst text = \"import b from './inner/b.ts'\";")).toEqual([]);
  });

  test('an import that is computed is an error that names the file', () => {
    expect(() => read('await import(name)')).toThrow("parser/a.ts: expected import('…') of a text");
  });
});

describe('what goes through a wall is named', () => {
  const walls: readonly Wall[] = [
    { place: 'low/*', holds: '', knows: [] },
    { place: 'low/inner', holds: '', knows: ['low/*'], packages: ['@aws-sdk/client-*', '@types/aws-lambda'] },
    { place: 'high', holds: '', knows: ['low/*'], knowsTypesOf: ['low/inner'] },
    { place: 'high/door.ts', holds: '', knows: ['high'] },
  ];
  const problems = (from: string, source: string) => {
    return throughWalls(
      readImports(from, source, (path) => path === 'low/inner/x.ts'),
      walls,
    );
  };

  test.each([
    ['low/inner/x.ts', "import a from '../a.ts';"],
    ['low/inner/x.ts', "import a from './deeper/a.ts';"],
    ['low/inner/x.ts', "import s3 from '@aws-sdk/client-s3';"],
    ['low/inner/x.ts', "import type { Context } from 'aws-lambda';"],
    ['low/a.ts', "import 'node:fs';"],
    ['high/y.ts', "import type { X } from '../low/inner/x.ts';"],
    ['high/deep/y.ts', "import z from '../z.ts';"],
    ['high/door.ts', "import y from './y.ts';"],
  ])('not: %s has %s', (from, source) => {
    expect(problems(from, source)).toEqual([]);
  });

  test.each([
    [
      'low/a.ts',
      "import x from './inner/x.ts';",
      'low/a.ts imports low/inner/x.ts (import), and low/* knows nothing of low/inner',
    ],
    [
      'low/a.ts',
      "import type { X } from './inner/x.ts';",
      'low/a.ts imports low/inner/x.ts (type), and low/* knows nothing of low/inner',
    ],
    [
      'low/a.ts',
      "export * from './inner/x.ts';",
      'low/a.ts imports low/inner/x.ts (re-export), and low/* knows nothing of low/inner',
    ],
    [
      'low/a.ts',
      "await import('./inner/x.ts');",
      'low/a.ts imports low/inner/x.ts (dynamic), and low/* knows nothing of low/inner',
    ],
    [
      'low/a.ts',
      "new URL('./inner/x.ts', import.meta.url);",
      'low/a.ts imports low/inner/x.ts (file), and low/* knows nothing of low/inner',
    ],
    [
      'high/y.ts',
      "import x from '../low/inner/x.ts';",
      'high/y.ts imports low/inner/x.ts (import), and high knows only types of low/inner',
    ],
    [
      'high/y.ts',
      "import door from './door.ts';",
      'high/y.ts imports high/door.ts (import), and high knows nothing of high/door.ts',
    ],
    [
      'low/a.ts',
      "import s3 from '@aws-sdk/client-s3';",
      'low/a.ts imports the package @aws-sdk/client-s3, which low/* does not use',
    ],
    [
      'low/inner/x.ts',
      "import lambda from 'aws-lambda';",
      'low/inner/x.ts imports the package aws-lambda, which low/inner does not use',
    ],
    ['low/other/b.ts', "import a from '../a.ts';", 'low/other/b.ts lies in no place of the table'],
    [
      'low/a.ts',
      "import t from '../test/t.ts';",
      'low/a.ts imports test/t.ts (import), and low/* knows nothing of it',
    ],
  ])('%s has %s', (from, source, problem) => {
    expect(problems(from, source)).toEqual([`${problem}; see test/architecture/walls.ts`]);
  });

  test('a table that would allow a circle', () => {
    const [ground, inner] = walls as [Wall, Wall];
    const rule = 'which does not stand above it; see test/architecture/walls.ts';
    expect(outOfOrder([{ ...ground, knows: ['low/inner'] }, inner])).toEqual([
      `low/* knows low/inner, ${rule}`,
    ]);
    expect(outOfOrder([{ ...ground, knowsTypesOf: ['nowhere'] }])).toEqual([`low/* knows nowhere, ${rule}`]);
  });

  test('a door that nobody uses', () => {
    const imports = readImports('high/y.ts', "import type { A } from '../low/a.ts';", () => true);
    const high: Wall = { place: 'high', holds: '', knows: ['low/*'], packages: ['zod'] };
    expect(unusedDoors(imports, [walls[0] as Wall, high])).toEqual([
      'high may import low/* and does not; see test/architecture/walls.ts',
      'high may import zod and does not; see test/architecture/walls.ts',
    ]);
  });
});

describe('a circle is named', () => {
  const importsOf = (sources: Readonly<Record<string, string>>) =>
    Object.entries(sources).flatMap(([file, source]) => readImports(file, source, (path) => path in sources));
  const folder = (file: string) => file.slice(0, file.lastIndexOf('/'));

  test('between files, with each of its imports', () => {
    const imports = importsOf({
      'a/x.ts': "import y from './y.ts';",
      'a/y.ts': "import type { Z } from './z.ts';",
      'a/z.ts': "await import('./x.ts');",
      'a/w.ts': "import x from './x.ts';",
    });
    expect(circles(imports)).toEqual([
      'circle a/x.ts → a/y.ts → a/z.ts → a/x.ts: ' +
        'a/x.ts imports a/y.ts (import), a/y.ts imports a/z.ts (type), a/z.ts imports a/x.ts (dynamic)',
    ]);
  });

  test('between folders whose files have none', () => {
    const imports = importsOf({
      'a/x.ts': "import y from '../b/y.ts';",
      'b/y.ts': '',
      'b/z.ts': "import type { W } from '../a/w.ts';",
      'a/w.ts': '',
    });
    expect(circles(imports)).toEqual([]);
    expect(circles(imports, folder)).toEqual([
      'circle a → b → a: a/x.ts imports b/y.ts (import), b/z.ts imports a/w.ts (type)',
    ]);
  });

  test('and two ways to the same place are none', () => {
    const imports = importsOf({
      'a/x.ts': "import y from './y.ts'; import z from './z.ts';",
      'a/y.ts': "import z from './z.ts';",
      'a/z.ts': '',
    });
    expect(circles(imports)).toEqual([]);
  });
});

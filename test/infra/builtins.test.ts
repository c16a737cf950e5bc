/** Bundled code asks for modules of Node, in place of importing them. */
import { expect, test } from '@jest/globals';
import { askForBuiltins } from '../../infra/builtins.ts';

test.each([
  ['import{a as b,c}from"node:fs";', 'const {a:b,c}=process.getBuiltinModule("node:fs");'],
  ['import a from"fs";', 'const a=process.getBuiltinModule("fs");'],
  ['import*as a from"node:os";', 'const a=process.getBuiltinModule("node:os");'],
  [
    'import a,{b as c}from"node:fs/promises";',
    'const a=process.getBuiltinModule("node:fs/promises"),{b:c}=process.getBuiltinModule("node:fs/promises");',
  ],
  [
    "import { createRequire } from 'node:module';",
    'const { createRequire }=process.getBuiltinModule("node:module");',
  ],
])('%s', (code, expected) => {
  expect(askForBuiltins(`x();${code}y()`)).toBe(`x();${expected}y()`);
});

test.each(['import{a as b}from"./chunk.mjs";', 'await import("node:fs");', 'import"./chunk.mjs";'])(
  '%s stays as it is',
  (code) => {
    expect(askForBuiltins(code)).toBe(code);
  },
);

/**
 * Compiles the scan (assembly/) to WebAssembly and writes it beside this file as a module that holds its bytes,
 * so that it is bundled like any other code and nothing is read at run time. The project's `prepare` step runs
 * it. JavaScript, so that any Node from 20 on can run it before the project's own Node is installed.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ENTRY = 'assembly/document-scan.ts';
const OUTPUT = 'scan-module.js';
const OPTIONS = ['--enable', 'simd', '--runtime', 'stub', '--noAssert', '-O3', '--converge'];

const asc = await import('assemblyscript/asc').catch((cause) => {
  throw new Error('cannot compile the scan: its compiler is a development dependency', { cause });
});
const { error, stderr } = await asc.main([ENTRY, ...OPTIONS, '--baseDir', HERE, '--outFile', OUTPUT], {
  writeFile: (_name, bytes) => writeFile(HERE + OUTPUT, moduleWith(bytes)),
});
if (error !== null) throw new Error(`cannot compile the scan:\n${stderr}`, { cause: error });

function moduleWith(bytes) {
  return `// Made by compile.js from assembly/.
const compiled = new WebAssembly.Module(Buffer.from('${Buffer.from(bytes).toString('base64')}', 'base64'));
export function instantiateScan() {
  return new WebAssembly.Instance(compiled).exports;
}
`;
}

/**
 * `npm run bench [-- --json] [--input PATH] [--only large,many,memory,lambda,archive,cores,catalogue,pace,bundle,cold,program,s3,who,backfill]`: checks what each contender reads,
 * then times it. Without `--input` the files are generated, in a temporary folder that is removed afterwards.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { functionZip } from '../infra/bundle.ts';
import { benchArchive } from './archive.ts';
import { benchBackfill } from './backfill.ts';
import { benchCatalogue } from './catalogue.ts';
import { benchCold } from './cold.ts';
import { benchCores } from './cores.ts';
import { generatedInputs, realInputs } from './inputs.ts';
import { benchLambdaMemory } from './lambda-memory.ts';
import { benchLarge } from './large.ts';
import { benchMany } from './many.ts';
import { benchMemory } from './memory.ts';
import { benchPace } from './pace.ts';
import { printFigures } from './print.ts';
import { benchProgram } from './program.ts';
import { benchS3 } from './s3.ts';
import { benchWho } from './who.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    input: { type: 'string' },
    only: {
      type: 'string',
      default: 'large,many,memory,lambda,archive,cores,catalogue,pace,bundle,cold,program,s3,who,backfill',
    },
  },
});

const only = options.only.split(',');
const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-bench-'));
const inputs = options.input === undefined ? generatedInputs(folder) : realInputs(options.input);
const progress = (text: string) => void process.stderr.write(`${text}\n`);

try {
  const figures: Record<string, object> = {};
  if (only.includes('large')) {
    progress('large: one file, ours against gunzip alone, JSON.parse and stream-json');
    figures.large = benchLarge(await inputs.large());
  }
  const paths = only.includes('many') || only.includes('cores') ? await inputs.many() : [];
  if (only.includes('many')) {
    progress(`many: ${paths.length} files in one thread`);
    figures.many = await benchMany(paths);
  }
  if (only.includes('memory')) {
    progress('memory: one huge file in a process of its own');
    figures.memory = benchMemory(await inputs.huge());
  }
  if (only.includes('lambda')) {
    progress('lambda: the function with ten log files of 1,000 creations each, which takes minutes');
    figures.memory = { ...figures.memory, ...(await benchLambdaMemory()) };
  }
  if (only.includes('archive')) {
    progress('archive: a log file of 1,000 creations, with the archive and without');
    figures.archive = await benchArchive();
  }
  if (only.includes('cores')) {
    progress('cores: 200,000 reads in one thread and in two');
    figures.cores = await benchCores(paths);
  }
  if (only.includes('catalogue')) {
    progress('catalogue: loaded in processes of its own');
    figures.catalogue = await benchCatalogue();
  }
  if (only.includes('pace')) {
    progress('pace: 10,000 resources, four handlers, all rates 4 times as high');
    figures.pace = await benchPace();
  }
  if (only.includes('bundle')) {
    progress("bundle: the function's zip archive, as it is deployed");
    figures.bundle = { zipKiB: functionZip().length / 1024 };
  }
  if (only.includes('cold')) {
    progress('cold: the first answer of a new function, in processes of its own');
    figures.cold = await benchCold();
  }
  if (only.includes('program')) {
    progress(
      'program: the installed command, in processes of its own, against a loop of gunzip and JSON.parse',
    );
    figures.program = await benchProgram(inputs, folder);
  }
  if (only.includes('who')) {
    progress('who: the installed command, asked for one resource, against plan of the same files');
    figures.who = await benchWho(inputs, folder);
  }
  if (only.includes('s3')) {
    progress('s3: the installed command and a bucket far away, against a loop around the client of S3');
    figures.s3 = await benchS3(inputs, folder);
  }
  if (only.includes('backfill')) {
    progress(
      'backfill: the installed command and a bucket nearby, against a bare loop of GetObject and gunzipSync',
    );
    figures.backfill = await benchBackfill(inputs, folder);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else printFigures(figures);
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * The jobs of a run in AWS: `engine.json` of its folder, written whole before a job is begun and after, so that a kill between leaves
 * none unknown. Jobs are only ever added.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { printableJson } from '../../../parser/printable.ts';
import { narrow } from '../../narrow.ts';
import { asWritten } from '../run/run-info.ts';
import { readWhole, writeWhole } from '../run/whole-file.ts';
import { BulkError } from './bulk-error.ts';

const JOB = z.object({
  /** Names it for good: of two with the same, AWS begins one. */
  token: z.string(),
  /** Whoever goes on with a run begins the next round: over what those before have left. */
  round: z.int().min(1),
  at: z.string(),
  /** As AWS names it; absent until it has. */
  id: z.optional(z.string()),
  /** What it was begun with, as its engine keeps it. */
  input: z.record(z.string(), z.unknown()),
});

const ENGINE_FILE = z.object({
  version: z.literal(1),
  deployment: z.string(),
  region: z.string(),
  /** The last that was begun, and the last of which all jobs were. */
  rounds: z.int().min(0),
  wholeRounds: z.int().min(0),
  /** Objects that are no log files, as the last listing counted them. */
  skipped: z.record(z.string(), z.number()),
  jobs: z.array(JOB),
  /** When what all jobs did was last fetched; absent where a job was begun since. */
  fetchedAt: z.optional(z.string()),
});

export type Job = Readonly<z.infer<typeof JOB>>;
type JobInput = Readonly<Record<string, unknown>>;
type EngineFile = z.infer<typeof ENGINE_FILE>;

export interface JobList {
  readonly jobs: readonly Job[];
  /** Those of them of which a kill left nobody knowing how AWS names them, or whether it has begun them. */
  readonly lost: readonly Job[];
  /** Of the deployment that carries them out. */
  readonly deployment: string;
  readonly region: string;
  /** The number of the present round; 0 before the first. */
  readonly round: number;
  /** All jobs of it have been begun. */
  readonly isRoundBegun: boolean;
  /** What they did is in the run's folder. */
  readonly isFetched: boolean;
  readonly skipped: Readonly<Record<string, number>>;
  beginRound(): Promise<void>;
  /** After the last of its jobs. */
  roundBegun(): Promise<void>;
  /** What a listing has passed over, in the place of what the one before had. */
  listed(skipped: Readonly<Record<string, number>>): Promise<void>;
  /** Before AWS is asked to begin it. The token is the run's id with a number. */
  add(input: JobInput): Promise<Job>;
  /** The same of several, all of them or none. */
  addAll(inputs: readonly JobInput[]): Promise<readonly Job[]>;
  /** After. */
  named(token: string, id: string): Promise<void>;
  fetched(): Promise<void>;
}

const FILE = 'engine.json';

/** What a job was begun with, as its engine has kept it. Throws BulkError. */
export function asKept<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const found = narrow(schema, input);
  if (found?.success) return found.data;
  throw new BulkError(`${FILE}: the input of a job is not as auto-tagger writes it`);
}

const NOTHING_BEGUN = { rounds: 0, wholeRounds: 0, skipped: {}, jobs: [] };

/** As `readJobList`, of a run that need not have one yet. Throws RunError. */
export async function openJobList(
  folder: string,
  id: string,
  place: Pick<EngineFile, 'deployment' | 'region'>,
): Promise<JobList> {
  const file = (await readFile(folder)) ?? { version: 1, ...place, ...NOTHING_BEGUN };
  await write(folder, file);
  return listOf(folder, id, file);
}

/** `undefined` where the run has none. Throws RunError. */
export async function readJobList(folder: string, id: string): Promise<JobList | undefined> {
  const found = await readFile(folder);
  return found && listOf(folder, id, found);
}

async function readFile(folder: string): Promise<EngineFile | undefined> {
  const path = join(folder, FILE);
  const found = await readWhole(path);
  return found === undefined ? undefined : asWritten(ENGINE_FILE, found, path);
}

function write(folder: string, file: EngineFile): Promise<void> {
  return writeWhole(join(folder, FILE), `${printableJson(file)}\n`);
}

function listOf(folder: string, id: string, found: EngineFile): JobList {
  let file = found;

  async function change(next: EngineFile): Promise<void> {
    file = next;
    await write(folder, next);
  }

  async function addAll(inputs: readonly JobInput[]): Promise<readonly Job[]> {
    const at = new Date().toISOString();
    const added = inputs.map((input, number): Job => {
      return { token: `${id}-${file.jobs.length + number + 1}`, round: file.rounds, at, input };
    });
    const { fetchedAt: _, ...others } = file;
    await change({ ...others, jobs: [...file.jobs, ...added] });
    return added;
  }

  return {
    get jobs() {
      return file.jobs;
    },
    get lost() {
      return file.jobs.filter(({ id }) => id === undefined);
    },
    deployment: file.deployment,
    region: file.region,
    get round() {
      return file.rounds;
    },
    get isRoundBegun() {
      return file.rounds === file.wholeRounds;
    },
    get isFetched() {
      return file.fetchedAt !== undefined;
    },
    get skipped() {
      return file.skipped;
    },
    beginRound: () => change({ ...file, rounds: file.rounds + 1 }),
    roundBegun: () => change({ ...file, wholeRounds: file.rounds }),
    listed: (skipped) => change({ ...file, skipped }),
    async add(input) {
      const [job] = await addAll([input]);
      if (job === undefined) throw new TypeError('a job was added, and there is none');
      return job;
    },
    addAll,
    async named(token, jobId) {
      const jobs = file.jobs.map((job) => (job.token === token ? { ...job, id: jobId } : job));
      await change({ ...file, jobs });
    },
    async fetched() {
      await change({ ...file, fetchedAt: new Date().toISOString() });
    },
  };
}

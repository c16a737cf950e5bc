/**
 * The jobs of a run in AWS: `engine.json` of its folder, written whole before a job is begun and after, so that a kill between leaves
 * none unknown. Jobs are only ever added.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { printableJson } from '../../../parser/printable.ts';
import { narrow } from '../../narrow.ts';
import { RunError } from '../run/run-error.ts';
import { refuseNewer } from '../run/run-info.ts';
import { readWhole, writeWhole } from '../run/whole-file.ts';

const JOB = z.object({
  /** Names it for good: of two with the same, AWS begins one. */
  token: z.string(),
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
  jobs: z.array(JOB),
  /** When what all jobs did was last fetched; absent where a job was begun since. */
  fetchedAt: z.optional(z.string()),
});

export type Job = Readonly<z.infer<typeof JOB>>;
type EngineFile = z.infer<typeof ENGINE_FILE>;

export interface JobList {
  readonly jobs: readonly Job[];
  /** Of the deployment that carries them out. */
  readonly deployment: string;
  readonly region: string;
  /** What they did is in the run's folder. */
  readonly isFetched: boolean;
  /** Before AWS is asked to begin it. The token is the run's id with a number. */
  add(input: Readonly<Record<string, unknown>>): Promise<Job>;
  /** After. */
  named(token: string, id: string): Promise<void>;
  fetched(): Promise<void>;
}

const FILE = 'engine.json';

/** As `readJobList`, of a run that need not have one yet. Throws RunError. */
export async function openJobList(
  folder: string,
  id: string,
  place: Pick<EngineFile, 'deployment' | 'region'>,
): Promise<JobList> {
  const found = await readFile(folder);
  if (found === undefined) await write(folder, { version: 1, ...place, jobs: [] });
  return listOf(folder, id, found ?? { version: 1, ...place, jobs: [] });
}

/** `undefined` where the run has none. Throws RunError. */
export async function readJobList(folder: string, id: string): Promise<JobList | undefined> {
  const found = await readFile(folder);
  return found && listOf(folder, id, found);
}

async function readFile(folder: string): Promise<EngineFile | undefined> {
  const path = join(folder, FILE);
  const found = await readWhole(path);
  if (found === undefined) return undefined;
  refuseNewer(path, found);
  const file = narrow(ENGINE_FILE, found);
  if (file?.success) return file.data;
  const [issue] = file?.error.issues ?? [];
  throw new RunError(`${path}: ${issue?.path.join('.') ?? 'something'} is not as auto-tagger writes it`);
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

  return {
    get jobs() {
      return file.jobs;
    },
    deployment: file.deployment,
    region: file.region,
    get isFetched() {
      return file.fetchedAt !== undefined;
    },
    async add(input) {
      const at = new Date().toISOString();
      const job: Job = { token: `${id}-${file.jobs.length + 1}`, at, input };
      const { fetchedAt: _, ...others } = file;
      await change({ ...others, jobs: [...file.jobs, job] });
      return job;
    },
    async named(token, jobId) {
      const jobs = file.jobs.map((job) => (job.token === token ? { ...job, id: jobId } : job));
      await change({ ...file, jobs });
    },
    async fetched() {
      await change({ ...file, fetchedAt: new Date().toISOString() });
    },
  };
}

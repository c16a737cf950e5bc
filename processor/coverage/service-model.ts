/**
 * The service models of botocore, AWS's client for Python, in which AWS describes every call of every service: read
 * from its folder `data`, one at a time, as far as finding creating calls needs them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';

export interface ServiceModel {
  /** Folder and version: `ec2/2016-11-15`. */
  readonly name: string;
  readonly metadata: z.infer<typeof MODEL>['metadata'];
  readonly operations: readonly ModelOperation[];
}

export interface ModelOperation {
  readonly name: string;
  /** Lists, maps and structures in the request: paths of its members, and of theirs, none inside lists. */
  readonly members: readonly string[];
}

export interface UnreadableModel {
  readonly name: string;
  readonly problem: string;
}

/** A folder in which there are no service models. */
export class ServiceModelsError extends Error {
  override readonly name = 'ServiceModelsError';
}

const SHAPE = z.object({
  type: z.string(),
  members: z.record(z.string(), z.object({ shape: z.string() })).optional(),
});

type Shapes = Readonly<Record<string, z.infer<typeof SHAPE>>>;

const MODEL = z.object({
  metadata: z.object({
    serviceId: z.string(),
    endpointPrefix: z.string(),
    signingName: z.string().optional(),
  }),
  operations: z.record(z.string(), z.object({ input: z.object({ shape: z.string() }).optional() })),
  shapes: z.record(z.string(), SHAPE),
});

/** The newest of each service. Throws ServiceModelsError at once where there are none. */
export function serviceModels(folder: string): Iterable<ServiceModel | UnreadableModel> {
  const files = modelFiles(folder);
  if (files.length === 0) {
    throw new ServiceModelsError(
      `${folder}: no service models there; expected the folder botocore/data, which holds files such as sqs/2012-11-05/service-2.json.gz`,
    );
  }
  return readEach(files);
}

interface ModelFile {
  readonly name: string;
  readonly path: string;
}

function modelFiles(folder: string): readonly ModelFile[] {
  return foldersIn(folder).flatMap((service) => {
    const versions = foldersIn(join(folder, service)).flatMap((version) => {
      const file = filesIn(join(folder, service, version)).find((name) => MODEL_FILES.has(name));
      return file === undefined
        ? []
        : [{ name: `${service}/${version}`, path: join(folder, service, version, file) }];
    });
    return versions.slice(-1); // versions are dates
  });
}

const MODEL_FILES: ReadonlySet<string> = new Set(['service-2.json', 'service-2.json.gz']);

function foldersIn(folder: string): readonly string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => name)
    .sort();
}

function filesIn(folder: string): readonly string[] {
  return entriesOf(folder).map(({ name }) => name);
}

/** None where it is no folder: what was expected is said by who finds nothing at all. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

function* readEach(files: readonly ModelFile[]): Generator<ServiceModel | UnreadableModel> {
  for (const { name, path } of files) {
    try {
      yield readModel(name, path);
    } catch (error) {
      yield { name, problem: `${path}: ${problemOf(error)}` };
    }
  }
}

function problemOf(error: unknown): string {
  return error instanceof z.ZodError
    ? `is no service model: ${z.prettifyError(error).replaceAll(/\s+/g, ' ')}`
    : `cannot be read: ${(error as Error).message}`;
}

/** The largest, of EC2, has 9 MB. */
const MAX_MODEL_BYTES = 256 * 1024 * 1024;

function readModel(name: string, path: string): ServiceModel {
  const bytes = readFileSync(path);
  const text = path.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MAX_MODEL_BYTES }) : bytes;
  const { metadata, operations, shapes } = MODEL.parse(JSON.parse(text.toString('utf8')));
  return {
    name,
    metadata,
    operations: Object.entries(operations).map(([operation, { input }]) => ({
      name: operation,
      members: membersOf(input?.shape, shapes, MAX_DEPTH),
    })),
  };
}

const HOLDING: ReadonlySet<string> = new Set(['list', 'map', 'structure']);

/** Some calls keep all they ask for in one member: CloudFront's `DistributionConfigWithTags`. */
const MAX_DEPTH = 2;

function membersOf(shape: string | undefined, shapes: Shapes, depth: number): readonly string[] {
  const members = Object.entries((shape !== undefined && shapes[shape]?.members) || {});
  const holding = members.filter(([, { shape: inner }]) => HOLDING.has(shapes[inner]?.type ?? ''));
  return holding.flatMap(([member, { shape: inner }]) => [
    member,
    ...(depth > 1 ? membersOf(inner, shapes, depth - 1).map((each) => `${member}.${each}`) : []),
  ]);
}

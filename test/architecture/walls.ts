/**
 * The walls of the house: what each folder holds and what it may know, lowest first. A folder may know only folders
 * that stand above it in this table, so the table itself can have no circle. docs/architecture.md shows it; run
 * this file to print it: `node test/architecture/walls.ts`.
 */

export interface Wall {
  /** A folder with all below it that has no row of its own, a room's own files (`parser/*`), or one file. */
  readonly place: string;
  readonly holds: string;
  /** What it may import of ours. */
  readonly knows: readonly string[];
  /** What it may import types of, beside those. */
  readonly knowsTypesOf?: readonly string[];
  /** Packages; those of Node are free to all. `@aws-sdk/client-*` is any client. */
  readonly packages?: readonly string[];
}

export const WALLS: readonly Wall[] = [
  {
    place: 'parser/*',
    holds:
      'what everything else stands on: record, path, ARN, partition, key of a log file, bounds, text for people',
    knows: [],
  },
  {
    place: 'parser/scanner/assembly',
    holds: 'the scan in AssemblyScript, compiled by itself',
    knows: [],
  },
  {
    place: 'parser/scanner',
    holds: 'the compiled scan that finds the records that may be wanted',
    knows: ['parser/*', 'parser/scanner/assembly'],
    packages: ['assemblyscript'],
  },
  {
    place: 'parser/reading',
    holds: 'from bytes to wanted records: gunzip, the fast reader, the general reader',
    knows: ['parser/*', 'parser/scanner'],
    packages: ['stream-chain', 'stream-json'],
  },
  {
    place: 'parser/catalogue',
    holds: 'a row for each event that creates or deletes something, the forms of ids, ARN templates',
    knows: [],
    knowsTypesOf: ['parser/*'],
  },
  {
    place: 'parser/parents',
    holds: 'a row for each way in which requests name what something is made for, and how sure that is',
    knows: ['parser/*', 'parser/catalogue'],
  },
  {
    place: 'parser/event',
    holds: 'from a record to what it created and who did it, or why it created nothing',
    knows: ['parser/*', 'parser/catalogue', 'parser/parents'],
  },
  {
    place: 'tag-manager/calls',
    holds: 'the one way to AWS: clients, credentials of accounts, time, what a failure means',
    knows: [],
    packages: ['@aws-sdk/client-sts', '@smithy/node-http-handler', '@smithy/types', 'p-limit'],
  },
  {
    place: 'tag-manager/apis',
    holds:
      'a row for each tagging API: its calls and members, how its service is spoken to, the tags that it allows, its IAM actions, what its failures mean',
    knows: [],
    knowsTypesOf: ['tag-manager/calls'],
  },
  {
    place: 'tag-manager/services',
    holds:
      'calls of any service, made of the rows: its client, endpoint, schemas; requests filled and answers read',
    knows: [],
    knowsTypesOf: ['tag-manager/calls', 'tag-manager/apis'],
    packages: ['@aws-sdk/client-sts', '@aws-sdk/core', '@smithy/types'],
  },
  {
    place: 'tag-manager/launch',
    holds:
      'a row for each type that calls make on their way and no record names, which call tells of it, and which of what it tells was made then',
    knows: ['tag-manager/calls', 'tag-manager/apis', 'tag-manager/services'],
  },
  {
    place: 'tag-manager/tags',
    holds: 'which tags a resource gets, made legal for its API',
    knows: ['tag-manager/apis'],
    knowsTypesOf: ['parser/*', 'parser/catalogue', 'parser/event'],
  },
  {
    place: 'tag-manager/ownership',
    holds: 'the rules that decide between writing tags and leaving them alone',
    knows: ['tag-manager/tags'],
    knowsTypesOf: ['parser/event', 'parser/parents'],
  },
  {
    place: 'tag-manager/store',
    holds: 'where the events of names are kept: the memory of the process, or a table',
    knows: ['tag-manager/calls', 'tag-manager/apis', 'tag-manager/tags', 'tag-manager/ownership'],
    knowsTypesOf: ['parser/parents'],
    packages: ['@aws-sdk/client-dynamodb'],
  },
  {
    place: 'tag-manager/taggers',
    holds: 'a tagger for each tagging API: that of the rows, and those of their own for EC2 and buckets',
    knows: ['tag-manager/calls', 'tag-manager/apis', 'tag-manager/services', 'tag-manager/tags'],
    knowsTypesOf: ['parser/*'],
    packages: ['@aws-sdk/client-s3'],
  },
  {
    place: 'tag-manager/parents',
    holds: 'who made what something was made for, as far as it is known',
    knows: ['tag-manager/calls', 'tag-manager/ownership'],
    knowsTypesOf: ['parser/*', 'parser/parents', 'tag-manager/tags', 'tag-manager/taggers'],
  },
  {
    place: 'tag-manager/*',
    holds: 'from creations to one outcome a resource: read, decide, write; the planner, which calls nobody',
    knows: [
      'tag-manager/calls',
      'tag-manager/apis',
      'tag-manager/launch',
      'tag-manager/tags',
      'tag-manager/ownership',
      'tag-manager/store',
      'tag-manager/parents',
    ],
    knowsTypesOf: ['parser/*', 'parser/event', 'tag-manager/taggers'],
    packages: ['p-limit'],
  },
  {
    place: 'processor/*',
    holds:
      'what names a log file, and which names there can be; values from outside, narrowed; prices of AWS',
    knows: [],
    packages: ['zod'],
  },
  {
    place: 'processor/file',
    holds: "one file's pipeline: open, read, plan, tag, report; filters; the buckets that logs may come from",
    knows: [
      'parser/*',
      'parser/reading',
      'parser/catalogue',
      'parser/event',
      'tag-manager/calls',
      'tag-manager/*',
      'processor/*',
    ],
    knowsTypesOf: ['tag-manager/tags'],
    packages: ['@aws-sdk/client-s3', '@aws-sdk/lib-storage'],
  },
  {
    place: 'processor/coverage',
    holds: 'what the tables cover, in words and figures, and what AWS can create beyond that',
    knows: ['parser/catalogue', 'tag-manager/apis', 'processor/file'],
    packages: ['zod'],
  },
  {
    place: 'processor/real-time',
    holds: 'which events are wanted as soon as they happen: event patterns, computed from the catalogue',
    knows: ['parser/catalogue'],
    knowsTypesOf: ['processor/file'],
  },
  {
    place: 'processor/notification',
    holds: 'from an event to tasks: a row for each form and for each caller, and who is believed',
    knows: ['parser/*', 'processor/*'],
    packages: ['zod'],
  },
  {
    place: 'processor/queues',
    holds: 'our own messages, the queues that keep them, and when they come again',
    knows: ['parser/*', 'tag-manager/calls', 'processor/*'],
    knowsTypesOf: ['tag-manager/*', 'processor/file', 'processor/notification'],
    packages: ['@aws-sdk/client-sqs', 'p-limit', 'zod'],
  },
  {
    place: 'processor/metrics',
    holds: 'which metrics there are, a row each, and what is counted for them',
    knows: ['processor/file'],
  },
  {
    place: 'processor/alerts',
    holds: 'what somebody is told of at once: in words, to whom, and how often',
    knows: ['parser/*', 'tag-manager/calls'],
    knowsTypesOf: ['tag-manager/store', 'processor/file'],
    packages: ['@aws-sdk/client-sns'],
  },
  {
    place: 'processor/archive',
    holds:
      'what was done, kept for those who ask years later: the columns and their table, ready queries, objects written once a file',
    knows: ['parser/*', 'parser/catalogue', 'parser/event', 'tag-manager/calls', 'processor/file'],
    knowsTypesOf: ['tag-manager/tags', 'tag-manager/*'],
    packages: ['@aws-sdk/client-s3'],
  },
  {
    place: 'processor/work',
    holds: 'from a task to its result, and where the rest of it goes',
    knows: [
      'parser/*',
      'parser/catalogue',
      'parser/event',
      'tag-manager/*',
      'processor/*',
      'processor/file',
      'processor/metrics',
      'processor/queues',
    ],
    knowsTypesOf: ['tag-manager/calls', 'processor/notification', 'processor/archive'],
    packages: ['p-limit'],
  },
  {
    place: 'processor/answer',
    holds: 'from results to what the caller is told, within the bytes that it takes',
    knows: ['processor/notification', 'processor/work'],
    knowsTypesOf: ['processor/*', 'processor/file'],
    packages: ['@types/aws-lambda'],
  },
  {
    place: 'processor/backfill/run',
    holds:
      'the folder of a run: what it is about, how far it is, its journal; written so that a kill loses nothing',
    knows: ['parser/*', 'tag-manager/calls', 'tag-manager/*', 'processor/*', 'processor/file'],
    packages: ['zod'],
  },
  {
    place: 'processor/backfill/bulk',
    holds:
      'what the function and the command line tell each other of a run that AWS carries out: names of objects, lines of chunks, sums of files',
    knows: [
      'parser/*',
      'parser/event',
      'tag-manager/*',
      'processor/*',
      'processor/file',
      'processor/backfill/run',
    ],
    knowsTypesOf: ['tag-manager/calls', 'processor/notification'],
    packages: ['zod'],
  },
  {
    place: 'processor/backfill/undo',
    holds: 'a run undone: from its journal to the tags that were there before',
    knows: ['parser/*', 'tag-manager/calls', 'tag-manager/apis', 'tag-manager/*', 'processor/backfill/run'],
    knowsTypesOf: ['tag-manager/tags', 'tag-manager/store', 'tag-manager/taggers'],
  },
  {
    place: 'processor/runtime',
    holds: 'settings, the deadline, and what lives as long as the process, put together',
    knows: [
      'parser/*',
      'parser/event',
      'parser/parents',
      'tag-manager/tags',
      'tag-manager/calls',
      'tag-manager/taggers',
      'tag-manager/store',
      'tag-manager/*',
      'processor/*',
      'processor/file',
      'processor/metrics',
      'processor/alerts',
      'processor/archive',
      'processor/notification',
      'processor/queues',
      'processor/answer',
    ],
    knowsTypesOf: ['processor/work'],
    packages: [
      '@aws-lambda-powertools/logger',
      '@aws-lambda-powertools/metrics',
      '@aws-lambda-powertools/parameters',
      '@aws-sdk/client-s3',
      '@aws-sdk/client-ssm',
      '@aws-sdk/credential-provider-node',
      'csv-parse',
      'p-limit',
    ],
  },
  {
    place: 'processor/backfill/scope',
    holds:
      'what a backfill is about: URL, times, accounts, regions; the branches and keys that it takes in, and what they cost',
    knows: [
      'parser/*',
      'tag-manager/calls',
      'tag-manager/apis',
      'tag-manager/services',
      'processor/*',
      'processor/file',
      'processor/backfill/bulk',
    ],
    knowsTypesOf: ['parser/event'],
    packages: ['p-limit', 'zod'],
  },
  {
    place: 'processor/backfill',
    holds:
      'what carries a run out, a row for each engine: here, branches side by side in the order of their days, or in AWS',
    knows: [
      'parser/*',
      'tag-manager/calls',
      'tag-manager/*',
      'processor/*',
      'processor/file',
      'processor/runtime',
      'processor/backfill/bulk',
      'processor/backfill/run',
      'processor/backfill/scope',
    ],
    knowsTypesOf: ['parser/event'],
    packages: [
      '@aws-sdk/client-lambda',
      '@aws-sdk/client-s3',
      '@aws-sdk/client-s3-control',
      '@aws-sdk/client-sfn',
      'csv-parse',
      'zod',
    ],
  },
  {
    place: 'processor/backfill/digests',
    holds: 'whether log files are what CloudTrail delivered, by its chain of signed digests',
    knows: [
      'parser/*',
      'parser/reading',
      'tag-manager/apis',
      'tag-manager/services',
      'processor/*',
      'processor/backfill/scope',
    ],
    knowsTypesOf: ['tag-manager/calls', 'processor/file'],
    packages: ['zod'],
  },
  {
    place: 'processor/policy',
    holds: 'the IAM policies that the program needs, made of the tables',
    knows: [
      'processor/archive',
      'processor/backfill/bulk',
      'processor/backfill/digests',
      'parser/catalogue',
      'parser/parents',
      'tag-manager/apis',
      'tag-manager/launch',
      'tag-manager/store',
      'processor/file',
      'processor/runtime',
    ],
    knowsTypesOf: ['processor/*'],
  },
  {
    place: 'processor/verify',
    holds: 'whether a deployment works: what is asked of AWS, how it is judged, and a live test',
    knows: [
      'parser/*',
      'parser/catalogue',
      'tag-manager/apis',
      'tag-manager/calls',
      'tag-manager/services',
      'tag-manager/store',
      'tag-manager/tags',
      'processor/*',
      'processor/file',
      'processor/queues',
      'processor/real-time',
      'processor/policy',
      'processor/runtime',
    ],
    packages: ['@aws-sdk/client-*', 'p-limit'],
  },
  {
    place: 'processor/report',
    holds:
      'what was created, by whom and what became of it, summed up in memory that has an end, and shown as a page, CSV or text',
    knows: ['parser/*', 'parser/event', 'tag-manager/*', 'processor/file', 'processor/backfill/run'],
    packages: ['@observablehq/plot'],
  },
  {
    place: 'processor/who',
    holds: 'who made a resource, by all that is known of it, and why something was not tagged',
    knows: [
      'parser/*',
      'parser/catalogue',
      'parser/event',
      'parser/reading',
      'tag-manager/apis',
      'tag-manager/services',
      'tag-manager/tags',
      'tag-manager/ownership',
      'tag-manager/*',
      'processor/file',
      'processor/backfill/run',
    ],
    knowsTypesOf: ['tag-manager/calls', 'tag-manager/store', 'tag-manager/taggers'],
  },
  {
    place: 'processor/export',
    holds:
      'the inventory that the metadata store keeps, filtered, and written as CSV, lines of JSON or Parquet',
    knows: [
      'parser/*',
      'parser/catalogue',
      'parser/event',
      'tag-manager/calls',
      'tag-manager/store',
      'processor/file',
      'processor/who',
    ],
    packages: ['@aws-sdk/credential-provider-node', 'hyparquet-writer'],
  },
  {
    place: 'processor/cli/threads',
    holds: 'the same work on many items in worker threads, whatever the work',
    knows: [],
  },
  {
    place: 'processor/cli',
    holds: 'the commands, what they print, and files found and done side by side',
    knows: [
      'parser/*',
      'tag-manager/calls',
      'tag-manager/tags',
      'processor/*',
      'processor/file',
      'processor/coverage',
      'processor/policy',
      'processor/notification',
      'processor/backfill',
      'processor/backfill/run',
      'processor/backfill/scope',
      'processor/backfill/digests',
      'processor/work',
      'processor/runtime',
      'processor/verify',
      'processor/backfill/undo',
      'processor/report',
      'processor/who',
      'processor/export',
      'processor/cli/threads',
    ],
    knowsTypesOf: ['parser/catalogue', 'tag-manager/*'],
    packages: [
      '@aws-sdk/client-sqs',
      '@aws-sdk/credential-provider-node',
      '@smithy/core',
      'commander',
      'get-east-asian-width',
      'ora',
    ],
  },
  {
    place: 'processor/bulk',
    holds:
      'the function as an engine of the backfill carries it out: the run that an event names, its journal in the bucket, the sums in the answer',
    knows: [
      'tag-manager/calls',
      'tag-manager/*',
      'processor/*',
      'processor/file',
      'processor/notification',
      'processor/work',
      'processor/answer',
      'processor/runtime',
      'processor/backfill/run',
      'processor/backfill/scope',
      'processor/backfill/bulk',
      'processor/backfill',
    ],
    packages: ['@aws-sdk/client-s3', '@types/aws-lambda'],
  },
  {
    place: 'processor/handler.ts',
    holds: 'the door of Lambda: the data flow from event to answer',
    knows: [
      'parser/*',
      'processor/notification',
      'processor/work',
      'processor/answer',
      'processor/runtime',
      'processor/bulk',
    ],
    knowsTypesOf: ['processor/file'],
    packages: ['@types/aws-lambda'],
  },
  {
    place: 'infra',
    holds:
      'the CDK app: what AWS is asked to make, its permissions computed from the tables, its settings checked',
    knows: [
      'parser/*',
      'tag-manager/tags',
      'tag-manager/store',
      'processor/*',
      'processor/metrics',
      'processor/alerts',
      'processor/archive',
      'processor/queues',
      'processor/real-time',
      'processor/policy',
      'processor/runtime',
      'processor/backfill/bulk',
      'processor/handler.ts',
    ],
    packages: ['aws-cdk-lib', 'cdk-nag', 'constructs', 'esbuild', 'zod'],
  },
  {
    place: 'sandbox',
    holds: 'a simulated AWS over HTTP; it knows nothing of the code that is tested in it',
    knows: [],
    packages: ['@cloud-copilot/iam-simulate', 'fast-xml-parser'],
  },
  {
    place: 'demo',
    holds: 'the whole way on one machine, in the sandbox',
    knows: [
      'parser/*',
      'tag-manager/calls',
      'tag-manager/taggers',
      'processor/runtime',
      'processor/cli',
      'processor/handler.ts',
      'sandbox',
    ],
    knowsTypesOf: ['tag-manager/tags', 'processor/file'],
    packages: ['@aws-sdk/client-*', '@aws-sdk/credential-provider-node'],
  },
  {
    place: 'processor/cli.ts',
    holds: 'the door of the command line; what only one command needs is loaded by that command',
    knows: ['processor/cli', 'demo'],
  },
  {
    place: 'infra/package',
    holds:
      'the installable command: what goes into it, the file that it begins with, the licences that it brings',
    knows: ['infra', 'processor/cli.ts'],
    packages: ['esbuild'],
  },
  {
    place: 'processor/catalogue.ts',
    holds: 'the door for those who keep the tables up to date',
    knows: ['parser/*', 'processor/coverage', 'processor/cli'],
  },
  {
    place: 'fixtures',
    holds: 'records, notifications, a generator of logs, and a record for each row of the catalogue',
    knows: ['parser/catalogue'],
  },
  {
    place: 'bench',
    holds: 'what is fast, measured against named contenders',
    knows: [
      'parser/*',
      'parser/catalogue',
      'parser/reading',
      'tag-manager/apis',
      'tag-manager/services',
      'tag-manager/store',
      'processor/cli/threads',
      'processor/handler.ts',
      'processor/runtime',
      'infra',
      'infra/package',
      'fixtures',
      'sandbox',
    ],
    knowsTypesOf: ['tag-manager/calls'],
    packages: ['@aws-sdk/client-*', 'aws-cdk-lib', 'esbuild', 'stream-chain', 'stream-json'],
  },
];

/** The table as docs/architecture.md shows it. */
export function wallsTable(): string {
  const rows = WALLS.map(({ place, holds, knows, knowsTypesOf = [], packages = [] }) => [
    code([place]),
    holds,
    code(knows),
    code(knowsTypesOf),
    code(packages),
  ]);
  const head = ['place', 'holds', 'knows', 'and types of', 'packages'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

if (import.meta.main) console.log(wallsTable());

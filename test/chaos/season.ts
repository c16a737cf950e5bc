/**
 * Some dozens of histories side by side in one sandbox, while the function is brought their log files in every way that
 * can go wrong; ends when all files are dealt with and the queues are empty, and compares every tag with the oracle.
 */
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { startSandbox, type TaggingTable } from '../../sandbox/sandbox.ts';
import { TABLE } from '../../tag-manager/store/table.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { type Delivery, invocationOf } from './deliveries.ts';
import { familyOf } from './family.ts';
import { createChaos } from './faults.ts';
import { deployFunction } from './function.ts';
import { type History, historyOf, KEEP_OFF_KEY, type Line, type Step } from './history.ts';
import type { Kind, Place } from './kinds.ts';
import { createLogFiles, type WrittenFile } from './log-files.ts';
import { createQueue } from './queue.ts';
import { randomOf } from './random.ts';
import type { Counts } from './report.ts';
import type { FastTime } from './time.ts';
import { type Finding, verdictOf } from './verdict.ts';
import { createWorld } from './world.ts';

const OWN_ACCOUNT = '111122223333';
const OTHER_ACCOUNT = '444455556666';
const HOME = 'eu-west-1';
export const REGIONS = [HOME, 'us-east-1', 'us-west-2'] as const;
const LOG_BUCKET = 'log-files';
const STORE_TABLE = 'auto-tagger';

/** One in eight is of another account. */
const PLACES: readonly Place[] = REGIONS.flatMap((region) => [
  ...Array.from({ length: 7 }, () => ({ account: OWN_ACCOUNT, region })),
  { account: OTHER_ACCOUNT, region },
]);

/** How long the service says that it is still creating, in milliseconds. */
const TAGGABLE_AFTER: Readonly<Record<string, number>> = {
  'dynamodb:table': 240_000,
  'rds:db': 600_000,
  'lambda:function': 60_000,
  'ec2:volume': 90_000,
  'sns:topic': 90_000,
};

export interface SeasonOptions {
  readonly seed: number;
  /** The number of the first history; it goes on from there. */
  readonly from: number;
  readonly histories: number;
  /** Of the histories that come up, those to have. @default all */
  readonly only?: ((line: Line) => boolean) | undefined;
  readonly store: boolean;
  /** Tags name persons, and half of the histories are of families. @default false */
  readonly persons?: boolean;
  readonly kinds: readonly Kind[];
  readonly table: TaggingTable;
  readonly time: FastTime;
  readonly counts: Counts;
  readonly onFinding: (finding: Finding) => void;
}

interface Planned {
  readonly at: number;
  readonly history: History;
  readonly step: Step;
}

const FAMILIES = 0.5;

/** Ends with the number of the history that the next season begins with. */
export async function runSeason(options: SeasonOptions): Promise<number> {
  const { seed, from, store, persons = false, table, time, counts } = options;
  const random = randomOf(seed, from);
  const { lines, next: nextSeason } = draw(options);
  const sandbox = await startSandbox({ tagging: table, taggableAfterMs: TAGGABLE_AFTER });
  sandbox.putBucket({ name: LOG_BUCKET, account: OWN_ACCOUNT, region: HOME });
  const operator = clientsOf(sandbox, { account: OWN_ACCOUNT, type: 'Root' }, HOME);
  const retry = await createQueue(operator.sqs, 'retry', OWN_ACCOUNT, HOME);
  const failure = await createQueue(operator.sqs, 'failure', OWN_ACCOUNT, HOME);
  if (store) await operator.dynamodb.send(new CreateTableCommand({ TableName: STORE_TABLE, ...TABLE }));
  const environments = new Set<string>();
  const chaos = createChaos(sandbox, random, counts, (accessKeyId) => environments.has(accessKeyId));
  const lambda = await deployFunction({
    sandbox,
    account: OWN_ACCOUNT,
    region: HOME,
    settings: {
      AWS_REGION: HOME,
      LOG_BUCKETS: LOG_BUCKET,
      SERVICES: 'all',
      SKIP_TAG: KEEP_OFF_KEY,
      RETRY_QUEUE_URL: retry.url,
      FAILURE_QUEUE_URL: failure.url,
      ...(store && { DYNAMODB_TABLE: STORE_TABLE }),
      ...(persons && { CREATED_BY: 'person' }),
    },
    chaos,
    random,
    counts,
    onEnvironment: (accessKeyId) => environments.add(accessKeyId),
  });
  const world = createWorld({ sandbox, ownAccount: OWN_ACCOUNT, counts });
  const files = createLogFiles(random, counts);
  const known = new Map<string, WrittenFile>();
  const newestSeen = new Map<string, number>();
  const filesOf = new Map<string, Set<string>>();
  let pending: Delivery[] = [];

  const steps = plan(lines, time.now(), random.below);

  /** Writes the files that are due, and has each of them brought once or several times. */
  function writeFiles(): void {
    for (const file of files.takeDue(time.now())) {
      sandbox.putObject(LOG_BUCKET, file.key, file.body);
      known.set(file.key, file);
      const times = random.pick([1, 1, 1, 1, 2, 3]);
      if (times > 1) counts.add('repeatedDeliveries', times - 1);
      for (let count = 0; count < times; count++) {
        const delay = random.pick([0, 0, 0, 40_000, 600_000, 9_000_000]);
        pending.push({ at: time.now() + delay, keys: [file.key], tries: 0 });
      }
      for (const arn of file.arns) {
        const before = filesOf.get(arn) ?? new Set();
        if (before.size > 0) counts.add('splitOverInvocations');
        filesOf.set(arn, before.add(file.key));
      }
    }
  }

  const later = () => time.now() + random.pick([30_000, 120_000, 900_000]);

  async function bring(deliveries: readonly Delivery[]): Promise<void> {
    for (const key of deliveries.flatMap(({ keys }) => keys)) observe(key);
    const invocation = invocationOf(deliveries, LOG_BUCKET, random, counts);
    const ended = await lambda.invoke(invocation.event);
    if (persons) world.observe();
    pending.push(...invocation.again(ended, later));
  }

  function observe(key: string): void {
    for (const [arn, at] of known.get(key)?.times ?? []) {
      const parent = newestSeen.has(arn) ? undefined : world.parentOf(arn);
      if (parent !== undefined && !newestSeen.has(parent)) counts.add('childrenFirst');
      const newest = newestSeen.get(arn) ?? 0;
      if (at < newest) counts.add('outOfOrder');
      newestSeen.set(arn, Math.max(at, newest));
      const story = world.stories.find((each) => each.arn === arn);
      const { since = 0, isOver = true } = story?.lives.at(-1) ?? {};
      const type = story?.taggableAfter ?? 0;
      if (!isOver && time.now() < since + type) counts.add('stillCreating');
    }
  }

  const poll = async () => {
    const count = await retry.poll((event) => lambda.invoke(event));
    if (persons) world.observe();
    return count;
  };

  async function happen({ history, step }: Planned): Promise<void> {
    if (step.does !== 'nameByHand') {
      for (const happened of await world.execute(history, step)) files.add(happened, time.now());
      return;
    }
    const resourceId = world.known(history);
    if (resourceId === undefined) return;
    counts.add('namedByHand');
    await lambda.invoke({ resourceId, user: step.user });
  }

  /** Some of what is due, in one invocation or, with the store, in several at once. */
  async function deliverDue(): Promise<void> {
    const due = random.shuffled(pending.filter(({ at }) => at <= time.now()));
    const groups = store ? random.pick([1, 2, 3, 4]) : 1;
    const taken: Delivery[][] = [];
    for (let count = 0; count < groups; count++) {
      const [first] = due;
      if (first === undefined) break;
      const group = first.event === undefined ? due.filter(({ event }) => event === undefined) : [first];
      const chosen = group.slice(0, random.pick([1, 2, 4, 6]));
      for (const each of chosen) due.splice(due.indexOf(each), 1);
      taken.push(chosen);
    }
    pending = pending.filter((each) => !taken.flat().includes(each));
    const again = store && random.chance(0.2) ? taken[0] : undefined;
    if (again?.every(({ event }) => event === undefined)) taken.push(again);
    countOverlaps(taken);
    const polls = store && random.chance(0.3) ? [poll()] : [];
    await Promise.all([...taken.map(bring), ...polls]);
  }

  function countOverlaps(groups: readonly (readonly Delivery[])[]): void {
    const arns = groups.map(
      (group) =>
        new Set(group.flatMap(({ keys }) => keys.flatMap((key) => [...(known.get(key)?.arns ?? [])]))),
    );
    const all = arns.flatMap((each) => [...each]);
    counts.add('overlappingOnOneArn', all.length - new Set(all).size);
  }

  try {
    for (;;) {
      writeFiles();
      const next = steps[0];
      const isDue = pending.some(({ at }) => at <= time.now());
      if (isDue && (next === undefined || next.at > time.now() || random.chance(0.5))) {
        await deliverDue();
      } else if (next !== undefined && next.at <= time.now()) {
        steps.shift();
        await happen(next);
      } else {
        if (random.chance(0.3)) await poll();
        const at = Math.min(
          next?.at ?? Number.POSITIVE_INFINITY,
          files.nextAt(),
          ...pending.map((each) => each.at),
        );
        if (!Number.isFinite(at)) break;
        time.jumpTo(at);
      }
    }
    await calmDown();
    const letters = await failure.drain();
    for (const finding of verdictOf(world.stories, { sandbox, letters, law: { store, persons }, counts })) {
      options.onFinding(finding);
    }
    return nextSeason;
  } finally {
    lambda.close();
    world.close();
    operator.destroy();
    await sandbox.close();
  }

  /** The queue is polled until it is empty; after some rounds nothing goes wrong any more. */
  async function calmDown(): Promise<void> {
    for (let round = 0; (await retry.count()) > 0; round++) {
      if (round > 300) throw new Error('the retry queue does not become empty');
      chaos.level = round > 15 ? 0 : 0.5;
      if ((await poll()) === 0) time.jumpTo(time.now() + 300_000);
    }
  }
}

interface Drawn {
  readonly lines: readonly Line[];
  readonly next: number;
}

function draw({ from, histories: count, only = () => true, ...options }: SeasonOptions): Drawn {
  const lines: Line[] = [];
  let number = from;
  for (; lines.length < count; number++) {
    const line = lineOf(number, options);
    if (only(line)) lines.push(line);
  }
  return { lines, next: number };
}

function lineOf(
  number: number,
  { seed, store, persons = false, kinds }: Pick<SeasonOptions, 'seed' | 'store' | 'persons' | 'kinds'>,
): Line {
  const random = randomOf(seed, number, 7);
  if (persons && random.chance(FAMILIES)) {
    const place = random.pick(PLACES.filter(({ account }) => account === OWN_ACCOUNT));
    return familyOf(random, number, place, store);
  }
  const history = historyOf(random, number, { store, kinds, places: PLACES });
  return history.steps.map((step) => ({ history, step }));
}

/** The steps of all lines in the order of their times; those of one go on from one another. */
function plan(lines: readonly Line[], start: number, below: (end: number) => number): Planned[] {
  const planned = lines.flatMap((line) => {
    let at = start + below(1800) * 1000;
    return line.map(({ history, step }) => {
      at += step.gapSeconds * 1000;
      return { at, history, step };
    });
  });
  return planned.sort((a, b) => a.at - b.at);
}

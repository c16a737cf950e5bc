/** `who` over log files: who made a resource by all that they tell, in whatever order and however split, and what somebody made. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { recordOfRow } from '../../../fixtures/record-of-row.ts';
import { catalogue } from '../../../parser/catalogue/catalogue.ts';
import { answerOf } from '../../../processor/who/answer.ts';
import { askAboutResource, isAskedFor } from '../../../processor/who/question.ts';
import type { Made } from '../../../processor/who/sighting.ts';
import { collectSubjects, MAX_SIGHTINGS, MAX_SUBJECTS } from '../../../processor/who/subjects.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION } from '../../helpers/events.ts';
import { runHere } from '../../helpers/in-process.ts';
import { logFileOf, logKeyOf } from '../../helpers/log-files.ts';
import { runs, size } from '../../helpers/runs.ts';

const NEWS = `arn:aws:sns:${REGION}:${ACCOUNT}:news`;
const userArn = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;
const at = (second: number) =>
  new Date(Date.UTC(2025, 2, 4, 10, 0, second)).toISOString().replace('.000Z', 'Z');

let number = 0;

interface Call {
  readonly name: string;
  readonly second: number;
  readonly by?: string;
  readonly more?: object;
}

function recordOf(eventSource: string, eventName: string, { second, by = 'alice', more }: Call) {
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', arn: userArn(by), accountId: ACCOUNT, userName: by },
    eventTime: at(second),
    eventSource,
    eventName,
    awsRegion: REGION,
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.31.0',
    eventID: `0b2ef9ba-2d1c-4f6f-a0f1-${String(++number).padStart(12, '0')}`,
    recipientAccountId: ACCOUNT,
    ...more,
  };
}

const topicArn = (name: string) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;
const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;

const makeTopic = (call: Call) => ({
  ...recordOf('sns.amazonaws.com', 'CreateTopic', call),
  requestParameters: { name: call.name },
  responseElements: { topicArn: topicArn(call.name) },
});
const deleteTopic = (call: Call) => ({
  ...recordOf('sns.amazonaws.com', 'DeleteTopic', call),
  requestParameters: { topicArn: topicArn(call.name) },
});
const makeFunction = (call: Call) => ({
  ...recordOf('lambda.amazonaws.com', 'CreateFunction20150331', call),
  responseElements: { functionName: call.name, functionArn: functionArn(call.name) },
});
const deleteFunction = (call: Call) => ({
  ...recordOf('lambda.amazonaws.com', 'DeleteFunction20150331', call),
  requestParameters: { functionName: call.name },
});

let folder: string;

/** Files are read in the order of their names. */
function logs(name: string, ...files: readonly (readonly object[])[]): string {
  const path = join(folder, name);
  mkdirSync(path);
  files.forEach((records, at) => {
    writeFileSync(join(path, `${String(at).padStart(4, '0')}.json.gz`), logFileOf(records));
  });
  return path;
}

type Line = Readonly<Record<string, unknown>>;

const historyOf = (answer: Line | undefined) => (answer?.history ?? []) as readonly Line[];

async function who(...args: readonly string[]) {
  const run = await runHere(['who', '--json', ...args]);
  const lines = run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  const ofKind = (kind: string) => lines.filter((line) => line.kind === kind);
  return { ...run, answers: ofKind('answer'), made: ofKind('made'), summary: ofKind('summary')[0] };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'who-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('who RESOURCE', () => {
  test('names creator, person, call, time and place, and tells the history of a name that was used again', async () => {
    const path = logs(
      'history',
      [
        makeTopic({ name: 'news', second: 1, by: 'alice' }),
        makeTopic({ name: 'news', second: 2, by: 'carol' }),
      ],
      [deleteTopic({ name: 'news', second: 3 }), makeTopic({ name: 'news', second: 4, by: 'bob' })],
      [makeTopic({ name: 'news', second: 5, by: 'dan' }), makeTopic({ name: 'newsletter', second: 6 })],
    );
    const { answers, ending, complaints } = await who(NEWS, path);
    expect({ ending, complaints }).toEqual({ ending: 'done', complaints: [] });
    expect(answers).toEqual([
      expect.objectContaining({
        arn: NEWS,
        type: 'sns:topic',
        account: ACCOUNT,
        region: REGION,
        creator: userArn('bob'),
        person: 'bob',
        eventName: 'CreateTopic',
        eventTime: at(4),
        sourceIP: '198.51.100.7',
        userAgent: 'aws-cli/2.31.0',
        toldBy: join(path, '0001.json.gz'),
        index: 1,
        why: `it is the earliest call since it was deleted at ${at(3)}: later ones found it there and repeated it`,
      }),
    ]);
    expect(historyOf(answers[0]).map(({ creator, standing, madeIt }) => [creator, standing, madeIt])).toEqual(
      [
        [userArn('alice'), 'it was deleted since', undefined],
        [userArn('carol'), 'it was deleted since', undefined],
        [userArn('alice'), undefined, undefined],
        [userArn('bob'), undefined, true],
        [userArn('dan'), 'an earlier call created it, and this one repeated it', undefined],
      ],
    );
  });

  test('of what was deleted it says so, and who had made it', async () => {
    const path = logs('deleted', [
      makeFunction({ name: 'f', second: 1, by: 'alice' }),
      deleteFunction({ name: 'f', second: 2, by: 'bob' }),
    ]);
    const { answers, ending } = await who(functionArn('f'), path);
    expect(ending).toBe('done');
    expect(answers).toMatchObject([
      { creator: userArn('alice'), deleted: { creator: userArn('bob'), eventTime: at(2) } },
    ]);
  });

  test('a name may be of several types: all are told', async () => {
    const path = logs('types', [
      makeTopic({ name: 'orders', second: 1, by: 'alice' }),
      makeFunction({ name: 'orders', second: 2, by: 'bob' }),
      makeFunction({ name: 'orders-old', second: 3, by: 'carol' }),
    ]);
    const { answers } = await who('orders', path);
    expect(answers.map(({ arn, person }) => [arn, person])).toEqual([
      [topicArn('orders'), 'alice'],
      [functionArn('orders'), 'bob'],
    ]);
  });

  test('names that a service keeps in lower case are found however the call wrote them', async () => {
    const arn = `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders`;
    const path = logs(
      'caseless',
      [
        {
          ...recordOf('rds.amazonaws.com', 'CreateDBInstance', { name: 'Orders', second: 1, by: 'bob' }),
          responseElements: { dBInstanceIdentifier: 'orders', dBInstanceArn: arn },
        },
      ],
      [
        {
          ...recordOf('rds.amazonaws.com', 'DeleteDBInstance', { name: 'Orders', second: 2 }),
          requestParameters: { dBInstanceIdentifier: 'ORDERS' },
        },
      ],
    );
    for (const asked of [arn, 'orders'])
      expect((await who(asked, path)).answers).toMatchObject([
        { person: 'bob', deleted: { eventTime: at(2) } },
      ]);
  });

  test('the call that may have updated what was there is named where no other is known, with that doubt', async () => {
    const put = (second: number, by: string) => ({
      ...recordOf('ssm.amazonaws.com', 'PutParameter', { name: 'p', second, by }),
      requestParameters: { name: '/app/key', type: 'String', overwrite: true },
      responseElements: { version: 2 },
    });
    const path = logs('upsert', [put(2, 'bob'), put(1, 'alice')]);
    const { answers } = await who('/app/key', path);
    expect(answers).toMatchObject([{ person: 'alice', mayBeUpdate: true }]);
  });

  test('nothing found ends with 6, and says how many files were read', async () => {
    const path = logs('nothing', [makeTopic({ name: 'news', second: 1 })]);
    const run = await runHere(['who', 'i-0123456789abcdef0', path]);
    expect(run).toEqual({
      ending: 'nothing',
      stdout: '',
      complaints: ['nothing of i-0123456789abcdef0 was found in 1 files'],
    });
  });

  test('a file that cannot be read is said, and the others answer', async () => {
    const path = logs('broken', [makeTopic({ name: 'news', second: 1, by: 'alice' })]);
    writeFileSync(
      join(path, '0000.broken.json.gz'),
      logFileOf([makeTopic({ name: 'news', second: 0 })]).subarray(0, 90),
    );
    const { answers, ending, complaints } = await who('news', path);
    expect(answers).toMatchObject([{ person: 'alice' }]);
    expect(ending).toBe('failed');
    expect(complaints).toEqual([expect.stringMatching(/0000\.broken\.json\.gz: truncated gzip/)]);
  });

  test('what callers choose cannot steer the terminal', async () => {
    const path = logs('hostile', [
      makeTopic({
        name: 'news',
        second: 1,
        by: 'ali\u001b[2Jce',
        more: { userAgent: '\u202eevil\u0007\nauto-tagger: all is well' },
      }),
    ]);
    const { stdout } = await runHere(['who', 'news', path]);
    for (const character of ['\u001b', '\u202e', '\u0007']) expect(stdout).not.toContain(character);
    expect(stdout).toContain('ali\\u001b[2Jce');
    expect(stdout.split('\n')).not.toContain('auto-tagger: all is well');
  });

  test.each([
    [[], 'expected the ARN, the id or the name of a resource, or --creator'],
    [['--creator', ' '], '--creator is empty: expected ARNs, names or persons'],
    [['x'.repeat(3_000), 'logs'], 'no ARN is longer than 2048 characters'],
  ])('who %j is refused', async (args, problem) => {
    expect(await runHere(['who', ...args])).toEqual({ ending: 'usage', stdout: '', complaints: [problem] });
  });
});

test('who --creator tells what somebody made, by ARN, name, person and the form that every service takes', async () => {
  const sso = {
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:dora@example.com',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/dora@example.com`,
      accountId: ACCOUNT,
    },
  };
  const path = logs(
    'by',
    [makeTopic({ name: 'a', second: 1, more: sso }), makeTopic({ name: 'b', second: 2, by: 'bob' })],
    [makeFunction({ name: 'c', second: 3, more: sso }), deleteTopic({ name: 'a', second: 4, more: sso })],
  );
  for (const creator of ['dora@example.com', 'dora_example_com', '*AWSReservedSSO_Dev*', 'nobody,Dora@*']) {
    const { made, ending, summary } = await who('--creator', creator, path);
    expect(made.map(({ arn, eventTime }) => [arn, eventTime])).toEqual([
      [topicArn('a'), at(1)],
      [functionArn('c'), at(3)],
    ]);
    expect({ ending, summary }).toEqual({
      ending: 'done',
      summary: { kind: 'summary', answers: 2, files: 2 },
    });
  }
});

describe('the law', () => {
  let stop: (() => void) | undefined;
  afterEach(() => stop?.());

  test('who says whom process tags, in whatever order and however split the files come', async () => {
    const names = size(12, 60);
    const sandbox = await startSandbox();
    stop = pointSdkAt(sandbox, { type: 'IAMUser', account: ACCOUNT, userName: 'ops' }, REGION);
    try {
      const [seed] = fc.sample(fc.integer(), runs(1));
      const arns: string[] = [];
      const records: object[] = [];
      for (const name of Array.from({ length: names }, (_, each) => `law-${each}`)) {
        const isTopic = name.length % 2 === 0;
        const [make, remove, arnOf] = isTopic
          ? ([makeTopic, deleteTopic, topicArn] as const)
          : ([makeFunction, deleteFunction, functionArn] as const);
        const calls = fc.sample(
          fc.array(
            fc.record({
              isMade: fc.boolean(),
              second: fc.nat(20),
              by: fc.constantFrom('alice', 'bob', 'carol'),
            }),
            { minLength: 1, maxLength: 6 },
          ),
          { seed: (seed ?? 0) + records.length },
        )[0] as readonly { isMade: boolean; second: number; by: string }[];
        arns.push(arnOf(name));
        records.push(...calls.map(({ isMade, ...call }) => (isMade ? make : remove)({ name, ...call })));
      }
      for (const arn of arns) sandbox.putResource({ arn });
      const shuffled =
        fc.sample(fc.shuffledSubarray(records, { minLength: records.length }), {
          seed: seed ?? 0,
        })[0] ?? [];
      const files = Array.from({ length: 5 }, (_, file) => shuffled.filter((_, each) => each % 5 === file));
      const path = logs('law', ...files);
      await runHere(['process', path]);
      let compared = 0;
      for (const arn of arns) {
        const { answers } = await who(arn, path);
        const [answer] = answers;
        if (answer === undefined || answer.deleted !== undefined) continue; // there is nothing that could bear tags
        expect([arn, sandbox.tagsOf(arn).CreatedBy]).toEqual([arn, answer.creator]);
        compared++;
      }
      expect(compared).toBeGreaterThan(0);
    } finally {
      await sandbox.close();
    }
  });
});

test('of every row: its ARN, its id and its name find its record, and so does the text that files are searched for', () => {
  let searched = 0;
  for (const row of catalogue()) {
    const { record, arn } = recordOfRow(row);
    const text = JSON.stringify(record);
    const question = askAboutResource(arn);
    const { text: needle = '', isCaseless = false } = question.needle ?? {};
    const isThere = isCaseless ? text.toLowerCase().includes(needle.toLowerCase()) : text.includes(needle);
    expect([arn, needle, isThere]).toEqual([arn, needle, true]);
    expect([arn, isAskedFor(question, { arn })]).toEqual([arn, true]);
    if (needle !== '') searched++;
  }
  expect(searched / catalogue().length).toBeGreaterThan(0.9);
});

describe('what is held', () => {
  const made = (name: string, second: number): Made => ({
    kind: 'creation',
    eventID: `${name}-${second}`,
    eventTime: at(second),
    eventSource: 'sqs.amazonaws.com',
    eventName: 'CreateQueue',
    name: { account: OTHER_ACCOUNT, arn: name },
    region: REGION,
    creator: undefined,
    toldBy: 'a',
    arn: name,
    type: 'sqs:queue',
    resourceRegion: REGION,
    naming: 'reusable',
    creation: 'idempotent',
  });

  test('is bounded, and still names the first of very many calls that repeated it, in whatever order they come', () => {
    const calls = size(10_000, 100_000);
    for (const order of [1, -1]) {
      const subjects = collectSubjects();
      for (let each = 0; each < calls; each++) subjects.add(made('q', order > 0 ? each : calls - 1 - each));
      const [subject] = subjects.list();
      expect(subject?.sightings.length).toBeLessThanOrEqual(MAX_SIGHTINGS);
      expect((subject?.leftOut ?? 0) + (subject?.sightings.length ?? 0)).toBe(calls);
      expect(subject?.sightings.some(({ eventID }) => eventID === 'q-0')).toBe(true);
    }
  });

  test('is bounded, and still knows the deletion among them that decides', () => {
    const calls = size(6_000, 100_000);
    const subjects = collectSubjects();
    for (let each = 0; each < calls; each++) {
      const { arn, type, resourceRegion, naming, creation, ...facts } = made('q', each);
      subjects.add(each === 3_000 ? { ...facts, kind: 'deletion' } : made('q', each));
    }
    const [subject] = subjects.list();
    expect(subject && answerOf(subject).made?.eventID).toBe('q-3001');
  });

  test('is bounded for names, too, and counts what there was no room for', () => {
    const subjects = collectSubjects();
    for (let each = 0; each < MAX_SUBJECTS + 7; each++) subjects.add(made(`q${each}`, 1));
    expect([subjects.list().length, subjects.leftOut]).toEqual([MAX_SUBJECTS, 7]);
  });
});

test('a record in the folder of another account is not believed', async () => {
  const sandbox = await startSandbox();
  const restore = pointSdkAt(sandbox, { type: 'IAMUser', account: ACCOUNT, userName: 'ops' }, REGION);
  try {
    sandbox.putBucket({ name: 'log-files', account: ACCOUNT, region: REGION });
    const body = logFileOf([makeTopic({ name: 'news', second: 1 })]);
    sandbox.putObject('log-files', logKeyOf(OTHER_ACCOUNT, REGION, 1), body);
    expect(await who('news', 's3://log-files')).toMatchObject({ ending: 'nothing', answers: [] });
    sandbox.putObject('log-files', logKeyOf(ACCOUNT, REGION, 2), body);
    expect(await who('news', 's3://log-files')).toMatchObject({
      ending: 'done',
      answers: [{ person: 'alice' }],
    });
  } finally {
    restore();
    await sandbox.close();
  }
});

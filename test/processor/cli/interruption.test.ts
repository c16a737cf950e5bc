/**
 * Ctrl-C on a terminal: calls under way end, nothing new begins, what was done is printed, and the exit code is 130;
 * pressed twice, it ends at once.
 */
import { existsSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultEffect } from '../../../sandbox/rules/faults.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { operatorOf } from '../../helpers/command.ts';
import { ACCOUNT, describeCall, REGION, topic, topicArn } from '../../helpers/events.ts';
import { logFileOf } from '../../helpers/log-files.ts';
import {
  CTRL_C,
  pseudoTerminal,
  startOnTerminal,
  type TerminalSession,
} from '../../helpers/pseudo-terminal.ts';
import { sqsClientOf } from '../../sandbox/sqs-client.ts';
import { BUCKET, OWN, putYearsOfLogs } from '../backfill/years-of-logs.ts';

/** Without one there is nothing to press a key on. */
const onTerminal = pseudoTerminal === undefined ? describe.skip : describe;
if (pseudoTerminal === undefined) {
  test.skip('commands are stopped (skipped: @lydell/node-pty has no binary for this platform)', () => {});
}

const EXIT_INTERRUPTED = 130;
const HIDES_CURSOR = '\u001b[?25l';
const SHOWS_CURSOR = '\u001b[?25h';
const ERASED = '\u001b[0K'; // the rest of the line

const SLOW: FaultEffect = { delayMs: 500 };
const TOPICS = 40;
const AT_ONCE = 4;

let sandbox: Sandbox;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interruption-'));
  const numbers = Array.from({ length: TOPICS }, (_, at) => at);
  writeFileSync(join(folder, 'topics.json.gz'), logFileOf(numbers.map((at) => topic(at))));
  sandbox = await startSandbox();
  for (const at of numbers) sandbox.putResource({ arn: topicArn(at) });
  env = { ...operatorOf(sandbox, ACCOUNT, REGION), CONCURRENCY: String(4 * AT_ONCE) }; // a quarter may be of one API
});
afterEach(() => sandbox.faults.clear());
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const tagCalls = () => sandbox.requests.filter(({ operation }) => operation === 'TagResource').length;
const tagged = () =>
  Array.from({ length: TOPICS }, (_, at) => sandbox.tagsOf(topicArn(at))).filter(
    (tags) => Object.keys(tags).length > 0,
  ).length;

/** `process`, with as many tag calls under way as there may be of one API. */
async function startTagging(effect: FaultEffect, ...options: string[]) {
  sandbox.faults.add({ service: 'sns', operation: 'TagResource', effect });
  const before = tagCalls();
  const session = startOnTerminal(['process', ...options, join(folder, 'topics.json.gz')], env);
  await session.until(() => tagCalls() - before >= AT_ONCE);
  return session;
}

/** What hid it has shown it again. */
function expectCursor({ screen }: TerminalSession): void {
  expect(screen().lastIndexOf(SHOWS_CURSOR)).toBeGreaterThanOrEqual(screen().lastIndexOf(HIDES_CURSOR));
}

onTerminal('process', () => {
  test('lets what is under way end, tells it, and begins nothing more', async () => {
    const before = tagged();
    const session = await startTagging(SLOW);
    session.press(CTRL_C);
    expect(await session.ended).toBe(EXIT_INTERRUPTED);

    const done = tagged() - before;
    expect(done).toBeGreaterThanOrEqual(AT_ONCE);
    expect(done).toBeLessThan(3 * AT_ONCE);
    expect(session.screen()).toMatch(new RegExp(`40 resources: .*\\b${done} tagged`));
    expect(session.screen()).toContain('stopped before the end');
    expectCursor(session);
  });

  test('is stopped by SIGTERM alike, keeps the rest where --failures says, and tells it in JSON', async () => {
    const failures = join(folder, 'left.jsonl');
    const before = tagged();
    const session = await startTagging(SLOW, '--json', '--failures', failures);
    session.signal('SIGTERM');
    expect(await session.ended).toBe(EXIT_INTERRUPTED);
    expect(session.screen()).toMatch(/"kind":"summary".*"interrupted":true/);
    expect(before + tagged()).toBeGreaterThan(0);
    expect(readFileSync(failures, 'utf8')).toMatch(/"autoTagger"/);
  });

  test('ends at once when it is pressed twice', async () => {
    const session = await startTagging({ stall: true });
    session.press(CTRL_C);
    await session.until(() => session.screen().includes('stopping'));
    session.press(CTRL_C);
    expect(await session.ended).toBe(EXIT_INTERRUPTED);
    expect(session.screen()).not.toContain('resources:');
    expectCursor(session);
  });
});

onTerminal('backfill', () => {
  test('asks, and does nothing on a no; on a yes it shows how far it is, and is stopped and gone on with', async () => {
    const logs = await startSandbox({ records: false });
    try {
      putYearsOfLogs(logs, { files: 40, creations: 30 });
      const runs = join(folder, 'runs');
      const start = async (answer: string) => {
        const args = ['backfill', `s3://${BUCKET}`, '--account', OWN, '--runs', runs];
        const session = startOnTerminal(args, operatorOf(logs, OWN, 'eu-west-1'));
        await session.until(() => session.screen().includes('Go on? [y/N] '));
        session.press(`${answer}\r`);
        return session;
      };
      const refused = await start('n');
      expect(await refused.ended).toBe(EXIT_INTERRUPTED);
      expect(refused.screen()).toContain('nothing was done');
      expect(existsSync(runs)).toBe(false);

      logs.faults.add({ operation: 'TagResource', effect: SLOW });
      const session = await start('y');
      // One line in the place of another.
      const shown = () =>
        session
          .screen()
          .split(ERASED)
          .slice(1)
          .filter((text) => / files, .* accounts and regions listed/.test(text));
      await session.until(() => shown().length > 2);
      session.press(CTRL_C);
      expect(await session.ended).toBe(EXIT_INTERRUPTED);
      const [id = ''] = readdirSync(runs);
      expect(session.screen()).toContain('stopped before the end');
      expect(session.screen()).toContain(`auto-tagger backfill resume ${id} --runs ${runs}`);
      expectCursor(session);
    } finally {
      await logs.close();
    }
  });
});

onTerminal('plan', () => {
  test('is stopped while it reads in threads, and says what was read', async () => {
    const many = mkdtempSync(join(folder, 'many-'));
    const small = join(folder, 'small.json.gz');
    const slow = join(folder, 'slow.json.gz');
    writeFileSync(small, logFileOf([describeCall()]));
    const records = Array.from({ length: 8_000 }, describeCall); // a batch of them takes half a second
    writeFileSync(slow, gzipSync(JSON.stringify({ Records: records }, undefined, 1)));
    for (let at = 0; at < 532; at++) linkSync(small, join(many, `a${1000 + at}.json.gz`));
    for (let at = 0; at < 2_000; at++) linkSync(slow, join(many, `b${1000 + at}.json.gz`));

    const session = startOnTerminal(['plan', many]);
    // The first 500 are read without threads; of those behind them the line need not show every number.
    await session.until(() => / (5[1-9]\d|6\d\d) files/.test(session.screen()));
    const pressed = performance.now();
    session.press(CTRL_C);
    expect(await session.ended).toBe(EXIT_INTERRUPTED);
    expect(performance.now() - pressed).toBeLessThan(15_000);
    expect(session.screen()).toMatch(/\d{3} files\s+[\d,]+ records: /);
    expect(session.screen()).toContain('stopped before the end');
  });
});

onTerminal('replay', () => {
  test('lets go of the messages that are left, so that anybody can receive them at once', async () => {
    const { sqs, destroy } = sqsClientOf(
      sandbox,
      { type: 'IAMUser', account: ACCOUNT, userName: 'ops' },
      REGION,
    );
    const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/failures`;
    await sqs.send(new CreateQueueCommand({ QueueName: 'failures' }));
    for (let number = 0; number < 10; number++) {
      const message = {
        kind: 'creation',
        record: topic(number),
        location: { kind: 'event', account: ACCOUNT },
      };
      await sqs.send(
        new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ autoTagger: message }) }),
      );
    }
    sandbox.faults.add({ service: 'sns', operation: 'ListTagsForResource', effect: SLOW });
    const listings = () =>
      sandbox.requests.filter(({ operation }) => operation === 'ListTagsForResource').length;
    const before = listings();
    const session = startOnTerminal(['replay', QueueUrl], env);
    await session.until(() => listings() - before >= 2);
    session.press(CTRL_C);
    expect(await session.ended).toBe(EXIT_INTERRUPTED);
    expect(session.screen()).toMatch(/\d messages?, \d of them could not be dealt with/);

    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    destroy();
    expect(Messages.length).toBeGreaterThanOrEqual(7);
    expect(Messages.length).toBeLessThan(10);
  });
});

onTerminal('the demo', () => {
  test('is stopped by SIGHUP', async () => {
    // It takes two seconds, and on a busy machine its end may be here before the signal is there.
    let code: number | undefined;
    for (let attempt = 0; attempt < 5 && code !== EXIT_INTERRUPTED; attempt++) {
      const session = startOnTerminal(['demo']);
      await session.until(() => session.screen().includes('A simulated AWS listens'));
      session.signal('SIGHUP');
      code = await session.ended;
      if (code === EXIT_INTERRUPTED) expect(session.screen()).not.toContain('bear the tags');
    }
    expect(code).toBe(EXIT_INTERRUPTED);
  });
});

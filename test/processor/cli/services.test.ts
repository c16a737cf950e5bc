/** `--services` of the commands, and what they say of that which a setting leaves out. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { recordOfRow } from '../../../fixtures/record-of-row.ts';
import { catalogue } from '../../../parser/catalogue/catalogue.ts';
import { servicePrefix } from '../../../parser/catalogue/row.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { autoTagger, operatorOf, type Run } from '../../helpers/command.ts';
import { ACCOUNT, REGION, topic, topicArn, volume, volumeArn } from '../../helpers/events.ts';
import { logFileOf } from '../../helpers/log-files.ts';

const ROLE = {
  ...topic(7),
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateRole',
  awsRegion: 'us-east-1',
  requestParameters: { roleName: 'builder' },
  responseElements: { role: { roleName: 'builder', arn: `arn:aws:iam::${ACCOUNT}:role/builder` } },
};
const RULE = {
  ...topic(8),
  eventSource: 'events.amazonaws.com',
  eventName: 'PutRule',
  requestParameters: { name: 'nightly' },
  responseElements: { ruleArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/nightly` },
};

const RULES = {
  RULE_TAG_KEYS: 'Team',
  RULES: JSON.stringify([
    { name: 'topics', type: 'sns:*', tags: { Team: 'news' } },
    { tags: { Team: 'platform' } },
  ]),
};

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'services-'));
  file = join(folder, 'log.json.gz');
  writeFileSync(file, logFileOf([volume(1), topic(1), topic(2), ROLE, RULE]));
});
afterAll(() => rmSync(folder, { recursive: true }));

function jsonLines({ stdout }: Run): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const planned = (run: Run) => jsonLines(run).flatMap(({ arn }) => arn ?? []);

describe('plan', () => {
  test('names what SERVICES leaves out, and what UPSERTS does, in words', async () => {
    const { stdout } = await autoTagger(['plan', file]);
    expect(stdout).toContain(
      '5 records: 3 created something, 1 filtered out (SERVICES leaves out 1 of iam), 1 may be update (UPSERTS=tag tags those too), 0 malformed',
    );
    expect(stdout).not.toContain('by rule');
  });

  test('says which rule gave a tag, and tags what SERVICES and UPSERTS add', async () => {
    const settings = { UPSERTS: 'tag', SERVICES: 'all,iam', ...RULES };
    const { stdout } = await autoTagger(['plan', '--wide', file], settings);
    expect(stdout).toContain('5 records: 5 created something, 0 malformed');
    expect(stdout).toMatch(/^resource .* Team +event +outcome +by rule +made for$/m);
    expect(stdout).toMatch(/:topic-1 .* news +CreateTopic +would-tag +Team: rule 1 \(topics\)$/m);
    expect(stdout).toMatch(/:volume\/.* platform +CreateVolume +would-tag +Team: rule 2$/m);
  });

  test('names the services of which most is left out, and counts the others', async () => {
    const many = join(folder, 'services.json.gz');
    const rows = [...Map.groupBy(catalogue(), servicePrefix).values()].flatMap(([row]) => row ?? []);
    const three = rows.filter(({ eventSource }) => eventSource === 'kms.amazonaws.com');
    writeFileSync(many, logFileOf([...rows, ...three, ...three].map((row) => recordOfRow(row).record)));
    const { stdout } = await autoTagger(['plan', many], { SERVICES: 'ec2' });
    expect(stdout).toMatch(
      /\(SERVICES leaves out 3 of kms(, 1 of [\w-]+){4}, \d+ of \d+ other services\), 0 malformed/,
    );
  });

  test('--services stands in the place of SERVICES', async () => {
    const run = await autoTagger(['plan', '--json', '--services', 'sns, IAM', file], { SERVICES: 'ec2' });
    expect(planned(run)).toEqual([topicArn(1), topicArn(2), `arn:aws:iam::${ACCOUNT}:role/builder`]);
    expect(jsonLines(run).at(-1)).toMatchObject({
      ignored: { 'filtered-out': 2 },
      servicesLeftOut: { ec2: 1, events: 1 },
    });
  });

  test('--explain says so of the record', async () => {
    const run = await autoTagger(['plan', '--json', '--explain', file]);
    expect(jsonLines(run)).toContainEqual(
      expect.objectContaining({ reason: 'filtered-out', detail: 'SERVICES leaves out iam' }),
    );
  });

  test.each([
    [['--services='], '--services is empty: expected names of services, or all'],
    [['--services', 'ec3'], '--services: nothing of a service "ec3" is tagged'],
    [['--services', 'ec2', '--services', 'sns'], 'It is given twice, and was "ec2" before'],
  ])('%j is refused', async (args, problem) => {
    const run = await autoTagger(['plan', ...args, file]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(problem);
  });

  test('threads know of it too, and of rules', async () => {
    const many = join(folder, 'many');
    mkdirSync(many);
    const files = 540; // the first 500 are read without
    const body = logFileOf([volume(1), topic(1)]);
    for (let number = 0; number < files; number++) writeFileSync(join(many, `${number}.json.gz`), body);
    const run = await autoTagger(['plan', '--json', '--services', 'sns', many], RULES);
    const lines = jsonLines(run);
    expect(lines.at(-1)).toMatchObject({ files, resources: files, servicesLeftOut: { ec2: files } });
    const byRule = lines
      .filter(({ kind }) => kind === 'resource')
      .map(({ rules, tags }) => ({ rules, tags }));
    expect(byRule).toHaveLength(files);
    for (const each of byRule) {
      expect(each).toMatchObject({ rules: { Team: 'rule 1 (topics)' }, tags: { Team: 'news' } });
    }
  });
});

describe('the commands that tag', () => {
  let sandbox: Sandbox;
  let env: Record<string, string>;

  beforeAll(async () => {
    sandbox = await startSandbox();
    env = { ...operatorOf(sandbox, ACCOUNT, REGION), LOG_BUCKETS: '*' };
    for (const arn of [volumeArn(1), topicArn(1), topicArn(2)]) sandbox.putResource({ arn });
  });
  afterAll(() => sandbox.close());

  test('process tags only what --services names, and replay likewise', async () => {
    const failures = join(folder, 'left.jsonl');
    const stop = sandbox.deny.add({ service: 'sns' });
    await autoTagger(['process', '--services', 'sns', '--failures', failures, file], env);
    stop();
    expect(sandbox.tagsOf(volumeArn(1))).toEqual({});
    const other = await autoTagger(['replay', '--json', '--services', 'ec2', failures], env);
    expect(other.exitCode).toBe(0);
    expect(jsonLines(other).at(-1)).toMatchObject({ servicesLeftOut: { sns: 2 }, resources: 0 });
    expect(sandbox.tagsOf(topicArn(1))).toEqual({});
    await autoTagger(['replay', '--services', 'sns', failures], env);
    expect(sandbox.tagsOf(topicArn(1))).toMatchObject({ ManagedBy: 'auto-tagger' });
  });
});

/** `auto-tagger coverage` as a user runs it: piped, on terminals of two widths, and as JSON lines. */
import { describe, expect, test } from '@jest/globals';
import { eventsText } from '../../../processor/cli/coverage/coverage-text.ts';
import { findCoverage } from '../../../processor/cli/coverage/find-coverage.ts';
import { coverage, sumsOf } from '../../../processor/coverage/coverage.ts';
import { sumsInWords } from '../../../processor/coverage/words.ts';
import { autoTagger, type Run } from '../../helpers/command.ts';
import { pseudoTerminal, startOnTerminal } from '../../helpers/pseudo-terminal.ts';

const SERVICES = coverage();

const linesOf = ({ stdout }: Run) => stdout.trimEnd().split('\n');
const jsonLines = (run: Run): Record<string, unknown>[] => linesOf(run).map((line) => JSON.parse(line));

function serviceNamed(name: string) {
  const found = SERVICES.find(({ service }) => service === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

describe('without an argument', () => {
  test('there is a line for each service, and the sums, within 80 columns', async () => {
    const env = { CREATED_BY: 'nonsense', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }; // neither is asked
    const run = await autoTagger(['coverage'], env);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const [head = '', ...lines] = linesOf(run);
    expect(head).toMatch(/^service +types +calls +seen +docs +peer +model +left$/);
    const table = lines.slice(0, lines.indexOf(''));
    expect(table.map((line) => line.split(' ')[0])).toEqual([
      ...SERVICES.map(({ service }) => service),
      'in',
    ]);
    expect(Math.max(...[head, ...table].map(({ length }) => length))).toBeLessThanOrEqual(80);
    const { types, calls } = sumsOf([serviceNamed('ec2')]);
    expect(run.stdout).toMatch(new RegExp(`^ec2 +${types} +${calls} `, 'm'));
    expect(run.stdout).toContain(`tagged is what ${sumsInWords(sumsOf(SERVICES))}; what `);
    const marked = table.filter((line) => /^[\w-]+ \* /.test(line));
    expect(marked.map((line) => line.split(' ')[0])).toEqual(['cassandra', 'iam', 'organizations', 'sso']);
  });

  test('--json prints an object for each service and the summary, with sums that hold', async () => {
    const run = await autoTagger(['coverage', '--json']);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const lines = jsonLines(run);
    const services = lines.slice(0, -1);
    expect(services.map(({ kind, service }) => [kind, service])).toEqual(
      SERVICES.map(({ service }) => ['service', service]),
    );
    expect(lines.at(-1)).toEqual({ kind: 'summary', ...sumsOf(SERVICES) });
    const sum = (field: string) => services.reduce((total, each) => total + Number(each[field]), 0);
    expect(lines.at(-1)).toMatchObject({ types: sum('types'), calls: sum('calls'), leftOut: sum('leftOut') });
    expect(services.find(({ service }) => service === 'iam')).toMatchObject({ byDefault: false });
    expect(services.find(({ service }) => service === 'sqs')).toEqual({
      kind: 'service',
      service: 'sqs',
      types: 1,
      calls: 1,
      confidence: { verified: 1, documented: 0, peer: 0, model: 0, weak: 0 },
      leftOut: 0,
      byDefault: true,
    });
  });
});

describe('of a service', () => {
  test('it tells the calls by type, how sure they are, and the permissions, an event a line', async () => {
    const run = await autoTagger(['coverage', 'S3']);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(
      /^tagged by s3control:TagResource:bucket, calls of s3.amazonaws.com\n {2}reads tags with s3:/m,
    );
    expect(run.stdout).toMatch(/^ {2}adds tags with s3:TagResource$/m);
    expect(run.stdout).toMatch(/^ {2}optional: s3:PutBucketTagging: tags are added where /m);
    expect(run.stdout).toMatch(
      /^ {2}s3:bucket\n {4}CreateBucket +seen in real records; its name can be used again; in us-east-1 a repeated call succeeds without creating$/m,
    );
  });

  test('it names every call of the service', async () => {
    const { stdout } = await autoTagger(['coverage', 'ec2']);
    const missing = serviceNamed('ec2').events.filter(
      ({ eventName }) => !stdout.includes(`    ${eventName} `),
    );
    expect(missing).toEqual([]);
  });

  test('that is left out by default, it says what to set', async () => {
    const { stdout } = await autoTagger(['coverage', 'iam']);
    expect(linesOf({ stdout, stderr: '', exitCode: 0 })[1]).toBe(
      'left out by SERVICES=all, because its tags decide who may do what: SERVICES=all,iam tags it too',
    );
  });

  test('of which nothing is tagged, it says why', async () => {
    const run = await autoTagger(['coverage', 'codebuild']);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(
      /^codebuild: 0 types, 0 calls\n\nleft out, calls of codebuild.amazonaws.com\n/,
    );
    expect(run.stdout).toMatch(/^ {2}codebuild:project\n {4}CreateProject +it has no tag call of its own, /m);
  });

  test('--json prints an object for each event and for each that is left out', async () => {
    const run = await autoTagger(['coverage', '--json', 'all']);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const lines = jsonLines(run);
    const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
    expect(count('event')).toBe(SERVICES.flatMap(({ events }) => events).length);
    expect(count('left-out')).toBe(SERVICES.flatMap(({ leftOut }) => leftOut).length);
    expect(lines.at(-1)).toEqual({ kind: 'summary', ...sumsOf(SERVICES) });
  });
});

describe('of a type', () => {
  test('it tells only that type, in any case of letters', async () => {
    const run = await autoTagger(['coverage', '--json', 'EC2:Volume']);
    const lines = jsonLines(run);
    expect(lines.slice(0, -1).map(({ resourceType, eventName }) => `${resourceType} ${eventName}`)).toEqual([
      'ec2:volume CopyVolumes',
      'ec2:volume CreateVolume',
      'ec2:volume RunInstances',
      'ec2:volume RunScheduledInstances',
    ]);
    expect(lines[1]).toEqual({
      kind: 'event',
      service: 'ec2',
      resourceType: 'ec2:volume',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'CreateVolume',
      confidence: 'verified',
      arn: 'arn:{Partition}:ec2:{Region}:{Account}:volume/{VolumeId}',
      naming: 'unique',
      creation: 'strict',
      api: 'ec2:CreateTags',
      readCall: 'DescribeTags',
      writeCall: 'CreateTags',
      actions: { read: 'ec2:DescribeTags', write: 'ec2:CreateTags', unscoped: ['ec2:DescribeTags'] },
      byDefault: true,
    });
  });

  test('it names what is made beside another type, and the calls whose records must prove that they created', () => {
    const textOf = (type: string) => eventsText(findCoverage(type, SERVICES), undefined);
    expect(textOf('ec2:network-interface')).toMatch(
      /^ {4}RunInstances +.*; made beside what the call is about$/m,
    );
    expect(textOf('ssm:parameter')).toContain(
      'the call also updates: tagged where the record proves that it created',
    );
  });
});

describe('what is neither', () => {
  test('is one line on stderr that names the nearest, and exit code 2', async () => {
    const run = await autoTagger(['coverage', 'ec3\u001b[2J']);
    expect(run).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'auto-tagger: coverage of "ec3\\u001b[2J": expected a service such as ec2, or a type such as ec2:instance; `auto-tagger coverage` lists the services\n',
    });
  });

  test.each([
    ['ec3', 'the nearest: ec2'],
    ['ec2:instanc', 'the nearest: ec2:instance'],
    ['EC2:VPCS', 'the nearest: ec2:vpc'],
    ['vpc', 'the nearest: ec2:vpc'],
    ['monitoring', 'the nearest: cloudwatch'],
    ['elasticmapreduce.amazonaws.com', 'the nearest: elasticmapreduce'],
    ['', '`auto-tagger coverage` lists the services'],
    ['quite something else', '`auto-tagger coverage` lists the services'],
  ])('%j gets the hint %j', (name, hint) => {
    expect(() => findCoverage(name, SERVICES)).toThrow(`or a type such as ec2:instance; ${hint}`);
  });
});

const onTerminal = pseudoTerminal === undefined ? describe.skip : describe;
if (pseudoTerminal === undefined) {
  console.warn('no pseudo-terminal on this platform: what a terminal shows is not tested');
}

onTerminal('on a terminal of', () => {
  test.each([
    [80, []],
    [80, ['ec2']],
    [120, ['ec2']],
  ])('%d columns, the answer of %j keeps within them', async (columns, args) => {
    const session = startOnTerminal(['coverage', ...args], {}, columns);
    expect(await session.ended).toBe(0);
    const lines = session.screen().split(/\r?\n/);
    expect(lines.filter(({ length }) => length > columns)).toEqual([]);
    expect(lines.length).toBeGreaterThan(50);
    expect(session.screen()).not.toContain('\u001b');
  });
});

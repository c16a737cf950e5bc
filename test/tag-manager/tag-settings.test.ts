/** Keys and templates: what a deployment may set, and what each setting renders. */
import { describe, expect, test } from '@jest/globals';
import type { Creation } from '../../parser/event/creation.ts';
import {
  compileTagSettings,
  TagKeyError,
  type TagOptions,
  tagsFor,
} from '../../tag-manager/tags/tag-settings.ts';
import { compileTemplate, TEMPLATE_FIELDS, TemplateError } from '../../tag-manager/tags/template.ts';
import { ACCOUNT, ALICE, arnOf, creationOf, EVENT_TIME, readOrThrow } from './creations.ts';
import { KEYS, OPTIONS } from './tagging.ts';

type Scope = Parameters<typeof compileTagSettings>[1];

function tagsOf(creation: Creation, options: Partial<TagOptions>, scope: Scope = {}) {
  const [resource] = creation.resources;
  if (resource === undefined) throw new Error('the creation has no resource');
  return Object.fromEntries(
    tagsFor(creation, resource, compileTagSettings({ ...OPTIONS, ...options }, scope)).tags,
  );
}

const queue = creationOf('queue', 'jobs');

const STACK = `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/jobs/0f3b9d00-acdc-11ef-a992-0abfc302ccc4`;

/** A role's session for a service, with a source identity. */
const session = readOrThrow({
  ...queue.record,
  requestParameters: { queueName: 'jobs', tags: { 'aws:cloudformation:stack-id': STACK } },
  eventID: 'event-of-a-session',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:deploy-42',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Deploy/deploy-42`,
    accountId: ACCOUNT,
    sessionContext: {
      sessionIssuer: { arn: `arn:aws:iam::${ACCOUNT}:role/Deploy` },
      sourceIdentity: 'alice@example.com',
    },
    invokedBy: 'cloudformation.amazonaws.com',
  },
});

describe('whether any tag can name the person behind a creation', () => {
  const scope: Scope = { env: { NAME: '{creator.person}' }, column: () => () => 'blue' };
  const rules = { keys: new Set(['Team']), current: () => [] };

  test.each<[string, Partial<TagOptions>, boolean]>([
    ['the ARN', {}, false],
    ['the name of the session', { createdBy: 'name' }, false],
    ['the person', { createdBy: 'person' }, true],
    ['a key for the person', { extra: [['Owner', '{creator.person}']] }, true],
    ['text with the person in it', { extra: [['Note', 'by {creator.person}']] }, true],
    ['the key of the ARN', { extra: [['Owner', '{creator.key}']] }, false],
    ['what is looked up by the person', { extra: [['Team', '{person.Team}']] }, true],
    ['what is looked up by the account', { extra: [['Team', '{account.Team}']] }, false],
    ['a variable that only looks like it', { extra: [['Team', '{env.NAME}']] }, false],
    ['rules that may come to do so', { rules }, true],
  ])('%s', (_, options, asksPerson) => {
    expect(compileTagSettings({ ...OPTIONS, ...options }, scope).asksPerson).toBe(asksPerson);
  });

  test.each<[string, TagOptions['createdBy'], string]>([
    ['{creator.person}', 'arn', 'whole'],
    ['{creator}', 'person', 'whole'],
    ['{creator}', 'arn', 'none'],
    ['{creator.key}', 'person', 'part'],
    ['{creator.person}{creator.person}', 'arn', 'part'],
    ['{creator.person} ', 'arn', 'part'],
    ['{person.Team}', 'arn', 'part'],
    ['creator.person', 'person', 'none'],
    ['', 'person', 'none'],
  ])('%j with CREATED_BY=%s', (text, createdBy, person) => {
    expect(compileTemplate(text, { createdBy, ...scope }).person).toBe(person);
  });
});

describe('the keys of our three tags', () => {
  test('are CreatedBy, CreatedDate and ManagedBy unless set otherwise', () => {
    expect(tagsOf(queue, {})).toEqual({
      CreatedBy: ALICE,
      CreatedDate: EVENT_TIME,
      ManagedBy: 'auto-tagger',
    });
  });

  test('can be renamed', () => {
    const keys = { ...KEYS, createdBy: 'cost:owner', createdDate: 'cost:since', managedBy: 'cost:by' };
    expect(tagsOf(queue, { keys })).toEqual({
      'cost:owner': ALICE,
      'cost:since': EVENT_TIME,
      'cost:by': 'auto-tagger',
    });
  });

  test.each(['createdBy', 'createdDate', 'managedBy', 'secondMarker'] as const)(
    'are refused where %s is illegal',
    (name) => {
      const compile = () => compileTagSettings({ ...OPTIONS, keys: { ...KEYS, [name]: 'aws:mine' } }, {});
      expect(compile).toThrow(TagKeyError);
      expect(compile).toThrow(
        'the tag key "aws:mine" cannot be used: it begins with "aws:" or "rds:", which AWS keeps for itself',
      );
    },
  );

  test.each<[string, Partial<TagOptions>]>([
    ['two of ours', { keys: { ...KEYS, createdDate: 'CreatedBy' } }],
    ["ours and one of the user's own", { extra: [['CreatedBy', 'me']] }],
  ])('are refused where %s are the same', (_, options) => {
    expect(() => compileTagSettings({ ...OPTIONS, ...options }, {})).toThrow(
      'the tag key "CreatedBy" cannot be used: it is given twice',
    );
  });

  test("are refused where one of the user's own is illegal", () => {
    expect(() => compileTagSettings({ ...OPTIONS, extra: [['a;b', 'x']] }, {})).toThrow(
      'the tag key "a;b" cannot be used: it may hold only letters, digits, spaces and _ . : / = + - @',
    );
  });
});

test.each([
  ['arn', `arn:aws:sts::${ACCOUNT}:assumed-role/Deploy/deploy-42`],
  ['name', 'deploy-42'],
  ['person', 'alice@example.com'],
] as const)('CreatedBy by %s is %s, and so is {creator}', (createdBy, expected) => {
  const tags = tagsOf(session, { createdBy, extra: [['Again', '{creator}']] });
  expect(tags).toMatchObject({ CreatedBy: expected, Again: expected });
});

describe('a template', () => {
  const FIELDS: Readonly<Record<string, string>> = {
    '{creator}': `arn:aws:sts::${ACCOUNT}:assumed-role/Deploy/deploy-42`,
    '{creator.key}': `arn:aws:sts::${ACCOUNT}:assumed-role/Deploy/deploy-42`,
    '{creator.arn}': `arn:aws:sts::${ACCOUNT}:assumed-role/Deploy/deploy-42`,
    '{creator.name}': 'deploy-42',
    '{creator.person}': 'alice@example.com',
    '{creator.invokedBy}': 'cloudformation.amazonaws.com',
    '{parent}': STACK,
    '{eventID}': 'event-of-a-session',
    '{eventTime}': EVENT_TIME,
    '{eventSource}': 'sqs.amazonaws.com',
    '{eventName}': 'CreateQueue',
    '{account}': ACCOUNT,
    '{partition}': 'aws',
    '{sourceIP}': '192.0.2.7',
    '{region}': 'eu-west-1',
    '{resourceType}': 'sqs:queue',
    '{arn}': arnOf('queue', 'jobs'),
    '{id}': 'jobs',
    '{env.STAGE}': 'production',
    '{ssm:/stage}': 'production',
    '{account.team}': `team of ${ACCOUNT}`,
    '{person.team}': 'team of alice@example.com',
  };
  const SCOPE: Scope = {
    env: { STAGE: 'production' },
    parameter: (name) => (name === '/stage' ? () => 'production' : undefined),
    column: (_, column) => (texts) => `${column} of ${texts[0]}`,
  };

  test.each(Object.entries(FIELDS))('renders %s as %s', (template, expected) => {
    expect(tagsOf(session, { extra: [['Own', template]] }, SCOPE).Own).toBe(expected);
  });

  test('has a test here for every field', () => {
    const tested = Object.keys(FIELDS).map((field) =>
      field.slice(1, -1).replace('STAGE', 'NAME').replace('/stage', 'NAME').replace('.team', '.COLUMN'),
    );
    expect(tested.toSorted()).toEqual(TEMPLATE_FIELDS.toSorted());
  });

  test('gives no tag where nothing is a parent', () => {
    expect(tagsOf(queue, { extra: [['Own', '{parent}']] })).not.toHaveProperty('Own');
  });

  test('may mix text and fields', () => {
    const extra = [['Own', 'by {creator.name} via {eventName}{eventName}, in {region}']] as const;
    expect(tagsOf(session, { extra }).Own).toBe('by deploy-42 via CreateQueueCreateQueue, in eu-west-1');
  });

  test('puts what a record says into the tag as it is: braces there are no template', () => {
    const sneaky = creationOf('queue', 'jobs', { by: 'arn:aws:iam::111122223333:user/{env.SECRET}' });
    expect(tagsOf(sneaky, { extra: [['Own', '{creator}']] }, { env: { SECRET: 'x' } }).Own).toBe(
      'arn:aws:iam::111122223333:user/{env.SECRET}',
    );
  });

  test.each(['{creator.invokedBy}', '{sourceIP}', '{env.EMPTY}', ''])(
    '%j that renders empty leaves its tag out',
    (template) => {
      const { sourceIPAddress: _, ...record } = queue.record;
      const tags = tagsOf(readOrThrow(record), { extra: [['Own', template]] }, { env: { EMPTY: '' } });
      expect(Object.keys(tags)).toEqual(['CreatedBy', 'CreatedDate', 'ManagedBy']);
    },
  );

  test.each(['creatr', 'Creator', 'creator.', '', ' region', 'toString', '__proto__', 'env'])(
    'that names the unknown field {%s} is an error that lists the known ones',
    (field) => {
      const compile = () => compileTagSettings({ ...OPTIONS, extra: [['Own', `x {${field}}`]] }, {});
      expect(compile).toThrow(TemplateError);
      expect(compile).toThrow(
        `unknown field {${field}} in the template "x {${field}}"; known are ` +
          'creator, creator.key, creator.arn, creator.name, creator.person, creator.invokedBy, parent, eventID, eventTime, ' +
          'eventSource, eventName, account, partition, sourceIP, region, resourceType, arn, id, env.NAME, ssm:NAME, account.COLUMN, person.COLUMN',
      );
    },
  );

  test.each(['{region', '{regionX', 'region}', '{{region}}', 'a } b', '{'])(
    '%j has an unpaired brace',
    (template) => {
      const compile = () => compileTagSettings({ ...OPTIONS, extra: [['Own', template]] }, {});
      expect(compile).toThrow(TemplateError);
      expect(compile).toThrow(`unpaired brace in the template ${JSON.stringify(template)}`);
    },
  );

  test('that names a variable which is not set is an error that names it', () => {
    const compile = () => compileTagSettings({ ...OPTIONS, extra: [['Own', '{env.STAGE}']] }, { env: {} });
    expect(compile).toThrow(TemplateError);
    expect(compile).toThrow(
      'the template "{env.STAGE}" names the environment variable STAGE, which is not set',
    );
  });
});

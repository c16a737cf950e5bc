/** Rules and tables by themselves: which row gives a tag, and exactly what is said of those that cannot be used. */
import { describe, expect, test } from '@jest/globals';
import { readSettings, refreshSettings } from '../../../../processor/runtime/settings.ts';
import type { ReadText } from '../../../../processor/runtime/sources/read-text.ts';
import { tagsFor } from '../../../../tag-manager/tags/tag-settings.ts';
import { ACCOUNT, fixture } from '../../../helpers/fixtures.ts';
import { creationOf } from '../../../parser/event/verdicts.ts';

/** By mia@example.com, in eu-west-1: instances and their network interfaces. */
const CREATION = creationOf(fixture('ec2-RunInstances'));
const [INSTANCE] = CREATION.resources;

interface Texts {
  readonly rules?: unknown;
  readonly accounts?: string;
  readonly people?: string;
}

/** The tags that are given by rule, with the rule, and those of `TAGS`. */
async function ruledTags({ rules, accounts, people }: Texts, env: NodeJS.ProcessEnv = {}) {
  const settings = readSettings(
    {
      ...(rules !== undefined && { RULES: 'rules', RULE_TAG_KEYS: 'Team,Cost' }),
      ...(accounts !== undefined && { ACCOUNTS_CSV: 'accounts' }),
      ...(people !== undefined && { PEOPLE_CSV: 'people' }),
      ...env,
    },
    'command-line',
  );
  const texts: Readonly<Record<string, string | undefined>> = {
    rules: typeof rules === 'string' ? rules : JSON.stringify(rules),
    accounts,
    people,
  };
  const read: ReadText = async (source) => (source.kind === 'file' && texts[source.path]) || '';
  await refreshSettings(settings, read, new AbortController().signal);
  if (INSTANCE === undefined) throw new Error('expected a resource');
  const { tags, rules: given } = tagsFor(CREATION, INSTANCE, settings.tags);
  const { CreatedBy: _, CreatedDate: __, ManagedBy: ___, ...others } = Object.fromEntries(tags);
  return { ...others, by: Object.fromEntries(given) };
}

const TEAM = { tags: { Team: 'blue' } };

describe('a rule', () => {
  test.each([
    [{ account: ACCOUNT }, true],
    [{ account: ['444455556666', '1111*'] }, true],
    [{ account: '444455556666' }, false],
    [{ region: 'eu-*' }, true],
    [{ region: 'us-*' }, false],
    [{ service: 'ec2' }, true],
    [{ service: 'ec2.amazonaws.com' }, true],
    [{ service: 'lambda' }, false],
    [{ type: 'ec2:instance' }, true],
    [{ type: 'EC2:*' }, true],
    [{ type: 'ec2:network-interface' }, false],
    [{ event: 'Run*' }, true],
    [{ event: 'CreateVolume' }, false],
    [{ creator: '*@example.com' }, true],
    [{ creator: '*assumed-role/Deploy/*' }, false],
    [{ region: 'eu-*', service: 'lambda' }, false],
  ])('%j matches: %p', async (patterns, isMatch) => {
    const { by, ...tags } = await ruledTags({ rules: [{ ...patterns, ...TEAM }] });
    expect(tags).toEqual(isMatch ? { Team: 'blue' } : {});
    expect(by).toEqual(isMatch ? { Team: 'rule 1' } : {});
  });

  test('that is the first to match gives a key; the others come from those below', async () => {
    const rules = [
      { region: 'us-*', tags: { Team: 'america' } },
      { name: 'our europe', region: 'eu-*', tags: { Team: 'europe' } },
      { tags: { Team: 'all', Cost: '{region}' } },
    ];
    expect(await ruledTags({ rules })).toEqual({
      Team: 'europe',
      Cost: 'eu-west-1',
      by: { Team: 'rule 2 (our europe)', Cost: 'rule 3' },
    });
  });

  test('whose look-up finds nothing leaves the key to those below, whatever else its template says', async () => {
    const rules = [{ tags: { Team: 'team {account.team}' } }, { tags: { Team: 'nobody' } }];
    expect(await ruledTags({ rules, accounts: 'account,team\n444455556666,red\n' })).toMatchObject({
      Team: 'nobody',
      by: { Team: 'rule 2' },
    });
    expect(await ruledTags({ rules, accounts: `account,team\n${ACCOUNT},\n` })).toMatchObject({
      Team: 'nobody',
    });
  });

  test.each<[rules: unknown, problem: string | RegExp]>([
    ['[', /^rules: expected a list of rules in JSON: /],
    [{}, 'rules: expected a list of rules'],
    [[7], /^rules: rule 1: /],
    [[TEAM, { acount: '1', ...TEAM }], 'rules: rule 2: Unrecognized key: "acount"'],
    [[{ region: [], ...TEAM }], /^rules: rule 1: region: /],
    [
      [{ region: 'europe', ...TEAM }],
      /^rules: rule 1: region: "europe" can match nothing: expected a region/,
    ],
    [
      [{ type: 'ec2:inst', ...TEAM }],
      /^rules: rule 1: type: "ec2:inst" can match nothing: expected a resource type/,
    ],
    [[{}], /^rules: rule 1: tags: expected an object of key and template/],
    [[{ tags: {} }], 'rules: rule 1: tags: expected at least one'],
    [
      [{ tags: { Owner: 'x' } }],
      'rules: rule 1: the tag key "Owner" cannot be used: RULE_TAG_KEYS does not name it',
    ],
    [
      [{ tags: { Team: '{env.HOME}' } }],
      'rules: rule 1: the template "{env.HOME}" names an environment variable, which rules may not',
    ],
    [
      [{ tags: { Team: '{ssm:/x}' } }],
      'rules: rule 1: the template "{ssm:/x}" names a parameter of Parameter Store, which rules may not',
    ],
    [[{ tags: { Team: '{squad}' } }], /^rules: rule 1: unknown field \{squad\} in the template "\{squad\}"/],
    [
      [{ tags: { Team: '{person.team}' } }],
      'rules: rule 1: the template "{person.team}" looks up PEOPLE_CSV, which is not set',
    ],
    [Array.from({ length: 1001 }, () => TEAM), 'rules: expected at most 1000 rules'],
  ])('that cannot be used is named: %.60j', async (rules, problem) => {
    const failure = await ruledTags({ rules }).catch(({ message }: Error) => message);
    const told = String(failure).replace('settings that cannot be used: RULES: ', '');
    if (typeof problem === 'string') expect(told).toBe(problem);
    else expect(told).toMatch(problem);
  });
});

describe('a table', () => {
  const rules = [{ tags: { Team: '{person.the team}', Cost: '{account.cost}' } }];

  test('is read as spreadsheets save it, and is looked up by person, name or ARN', async () => {
    const accounts = '\ufeffaccount;cost\r\n111122223333;"4,7"\r\n\r\n12345678901;1\r\n';
    for (const person of ['mia@example.com', 'MIA@EXAMPLE.COM', CREATION.creator.arn]) {
      const people = `person,the team\n${person},"red, ""blue"""\n`;
      const { Team, Cost } = (await ruledTags({ rules, accounts, people })) as Record<string, unknown>;
      expect({ Team, Cost }).toEqual({ Team: 'red, "blue"', Cost: '4,7' });
    }
  });

  test('serves templates that are no rule’s', async () => {
    const env = { TAGS: '{"Cost":"{account.cost}"}' };
    expect(await ruledTags({ accounts: `account,cost\n${ACCOUNT},1\n` }, env)).toMatchObject({ Cost: '1' });
    await expect(ruledTags({ accounts: 'account,costs\n' }, env)).rejects.toThrow(
      'settings that cannot be used: ACCOUNTS_CSV: accounts: {account.cost} looks up the column "cost", and there are "costs"',
    );
    expect(() => readSettings(env, 'command-line')).toThrow(
      'settings that cannot be used: TAGS: the template "{account.cost}" looks up ACCOUNTS_CSV, which is not set',
    );
  });

  test.each([
    ['', 'line 1: expected the first column to be called account, got ""'],
    ['id,cost\n', 'line 1: expected the first column to be called account, got "id"'],
    ['account,cost,cost\n', 'line 1: the column "cost" is there twice'],
    ['account,cost\nproduction,1\n', 'row 2: expected an account, got "production"'],
    [`account,cost\n${ACCOUNT},1\n${ACCOUNT},2\n`, `row 3: account "${ACCOUNT}" is there twice`],
    [`account,cost\n${ACCOUNT},1,2\n`, 'Invalid Record Length: expect 2, got 3 on line 2'],
  ])('%j is refused', async (accounts, problem) => {
    await expect(ruledTags({ accounts })).rejects.toThrow(
      `settings that cannot be used: ACCOUNTS_CSV: accounts: ${problem}`,
    );
  });
});

describe('a variable that cannot be used is named', () => {
  const RULES = '[]';
  test.each<[env: NodeJS.ProcessEnv, problem: string]>([
    [{ RULES }, 'RULES: the tag keys that rules may give must be named by RULE_TAG_KEYS, which is not set'],
    [{ RULE_TAG_KEYS: 'Team' }, 'RULE_TAG_KEYS: it is about the rules of RULES, which is not set'],
    [{ RULES, RULE_TAG_KEYS: ',' }, 'RULE_TAG_KEYS: expected tag keys between commas'],
    [
      { RULES, RULE_TAG_KEYS: 'Team,CreatedBy' },
      'RULE_TAG_KEYS: the tag key "CreatedBy" cannot be used: it is given twice',
    ],
    [
      { RULES, RULE_TAG_KEYS: 'Team', TAGS: '{"Team":"x"}' },
      'RULE_TAG_KEYS: the tag key "Team" cannot be used: it is given twice',
    ],
    [
      { RULES, RULE_TAG_KEYS: 'aws:x' },
      'RULE_TAG_KEYS: the tag key "aws:x" cannot be used: it begins with "aws:" or "rds:", which AWS keeps for itself',
    ],
    [
      { RULES: 's3://Bucket', RULE_TAG_KEYS: 'Team' },
      'RULES: expected s3://bucket/key or, where another account owns the bucket, s3://bucket=111122223333/key, got "s3://Bucket"',
    ],
    [
      { ACCOUNTS_CSV: 'ssm:a b' },
      'ACCOUNTS_CSV: "a b": expected the name of a parameter, such as /tagging/cost-centre: letters, digits and _ . - between slashes',
    ],
    [
      { ENVIRONMENT: '{ssm:a b}' },
      'ENVIRONMENT: "a b": expected the name of a parameter, such as /tagging/cost-centre: letters, digits and _ . - between slashes',
    ],
    [{ RULE_TAG_KEY: 'x' }, 'RULE_TAG_KEY: is no variable of auto-tagger; did you mean RULE_TAG_KEYS?'],
  ])('%j', (env, problem) => {
    expect(() => readSettings(env, 'command-line')).toThrow(`settings that cannot be used: ${problem}`);
  });

  test('the function takes no file', () => {
    const env = { LOG_BUCKETS: '*', PEOPLE_CSV: './people.csv' };
    expect(() => readSettings(env, 'function')).toThrow(
      'settings that cannot be used: PEOPLE_CSV: expected ssm:/name or s3://bucket/key, got "./people.csv"',
    );
  });
});

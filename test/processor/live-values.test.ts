/**
 * Parameters, tables and rules, from Parameter Store and S3 to the tags on a resource: what is there at the start, what
 * changes while the function runs, and what is said of that which is broken.
 */
import { describe, expect, test } from '@jest/globals';
import { type Deployment, type DeploymentOptions, deploysForEach } from '../helpers/deployment.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION, s3Event, volume, volumeArn } from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';

const CONFIG = 'organization-config';

let deployment: Deployment;
const deploy = deploysForEach((started) => {
  deployment = started;
});

const start = async (settings: DeploymentOptions['settings']) => {
  await deploy({ settings: { REFRESH_SECONDS: '60', ...settings } });
  deployment.sandbox.putBucket({ name: CONFIG, account: ACCOUNT, region: 'us-east-1' });
};

const putParameter = (name: string, value: string | undefined) =>
  deployment.sandbox.putParameter({ account: ACCOUNT, region: REGION, name, value });

const putRules = (rules: unknown) =>
  deployment.sandbox.putObject(CONFIG, 'rules.json', JSON.stringify(rules));
const putAccounts = (csv: string) => deployment.sandbox.putObject(CONFIG, 'accounts.csv', csv);

const RULED = {
  RULES: `s3://${CONFIG}/rules.json`,
  RULE_TAG_KEYS: 'CostCentre,Team',
  ACCOUNTS_CSV: `s3://${CONFIG}/accounts.csv`,
};

/** The tags that a new volume gets, but for the three that all get. */
async function tagsOfNext(number: number): Promise<object> {
  deployment.putResources([volumeArn(number)]);
  const key = logKeyOf(ACCOUNT, REGION, number);
  deployment.putFile(key, [volume(number)]);
  await deployment.invoke(s3Event([key]));
  const {
    CreatedBy: _,
    CreatedDate: __,
    ManagedBy: ___,
    ...others
  } = deployment.sandbox.tagsOf(volumeArn(number));
  return others;
}

const problems = () => deployment.lines.flatMap((line) => ('problem' in line ? String(line.problem) : []));

const parameterCalls = () =>
  deployment.sandbox.requests.filter(({ operation }) => operation === 'GetParameter');

describe('a parameter in a template', () => {
  const TAGS = { TAGS: '{"CostCentre":"cc-{ssm:/tagging/cost-centre}"}', ENVIRONMENT: '{ssm:stage}' };

  test('is read once, again when it is too old, and then its new value counts', async () => {
    await start(TAGS);
    putParameter('/tagging/cost-centre', '4711');
    putParameter('stage', 'test');
    expect(await tagsOfNext(1)).toEqual({ CostCentre: 'cc-4711', Environment: 'test' });
    putParameter('/tagging/cost-centre', '4712');
    expect(await tagsOfNext(2)).toEqual({ CostCentre: 'cc-4711', Environment: 'test' });
    expect(parameterCalls()).toHaveLength(2);
    deployment.advance(61);
    expect(await tagsOfNext(3)).toEqual({ CostCentre: 'cc-4712', Environment: 'test' });
    expect(parameterCalls()).toHaveLength(4);
    expect(problems()).toEqual([]);
  });

  test('keeps its last value where it cannot be read any more, and that is logged', async () => {
    await start(TAGS);
    putParameter('/tagging/cost-centre', '4711');
    putParameter('stage', 'test');
    await tagsOfNext(1);
    deployment.advance(61);
    putParameter('/tagging/cost-centre', undefined);
    putParameter('stage', 'production');
    expect(await tagsOfNext(2)).toEqual({ CostCentre: 'cc-4711', Environment: 'production' });
    expect(problems()).toEqual([
      expect.stringMatching(/^TAGS: the parameter \/tagging\/cost-centre cannot be read: /),
    ]);
  });

  test('that is not there stops the start, and is read by the next invocation', async () => {
    await start(TAGS);
    putParameter('stage', 'test');
    await expect(tagsOfNext(1)).rejects.toThrow(
      /^settings that cannot be used: TAGS: the parameter \/tagging\/cost-centre cannot be read: /,
    );
    expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual({});
    putParameter('/tagging/cost-centre', '4711');
    expect(await tagsOfNext(2)).toEqual({ CostCentre: 'cc-4711', Environment: 'test' });
  });

  test('that may not be read stops the start with the permission that it takes', async () => {
    await start({ ENVIRONMENT: '{ssm:stage}' });
    deployment.sandbox.deny.add({ service: 'ssm', operation: 'GetParameter' });
    await expect(tagsOfNext(1)).rejects.toThrow(
      /^settings that cannot be used: ENVIRONMENT: the parameter stage cannot be read: .*This takes ssm:GetParameter, and kms:Decrypt where/,
    );
  });
});

describe('rules', () => {
  test('and tables in S3 give tags, and new versions count when they are read', async () => {
    await start(RULED);
    putAccounts(`account,team\n${ACCOUNT},blue\n`);
    putRules([
      { event: 'RunInstances', tags: { Team: 'none' } },
      { type: 'ec2:volume', tags: { Team: '{account.team}' } },
      { tags: { Team: 'all', CostCentre: '4711' } },
    ]);
    expect(await tagsOfNext(1)).toEqual({ Team: 'blue', CostCentre: '4711' });
    putAccounts(`account,team\n${ACCOUNT},green\n`);
    putRules([{ tags: { Team: '{account.team}' } }]);
    deployment.advance(61);
    expect(await tagsOfNext(2)).toEqual({ Team: 'green' });
    expect(problems()).toEqual([]);
  });

  test('that are broken later are refused as a whole with a word, and the old ones stay', async () => {
    await start(RULED);
    putAccounts(`account,team\n${ACCOUNT},blue\n`);
    putRules([{ tags: { Team: '{account.team}' } }]);
    await tagsOfNext(1);
    putAccounts(`account,team\n${ACCOUNT},green\n`);
    putRules([{ tags: { Owner: 'x' } }]);
    deployment.advance(61);
    expect(await tagsOfNext(2)).toEqual({ Team: 'blue' });
    expect(problems()).toEqual([
      `RULES: s3://${CONFIG}/rules.json: rule 1: the tag key "Owner" cannot be used: RULE_TAG_KEYS does not name it`,
    ]);
    deployment.advance(61);
    expect(await tagsOfNext(5)).toEqual({ Team: 'blue' });
    expect(problems()).toHaveLength(2); // until somebody mends it
    putRules([{ tags: { Team: '{account.team}' } }]);
    deployment.advance(61);
    expect(await tagsOfNext(3)).toEqual({ Team: 'green' });
    putAccounts('account,squad\n');
    deployment.advance(61);
    expect(await tagsOfNext(4)).toEqual({ Team: 'green' });
    expect(problems().at(-1)).toBe(
      `RULES: s3://${CONFIG}/rules.json: rule 1: the template "{account.team}" looks up the column "team", and there are "squad"`,
    );
  });

  test('of a bucket of somebody else are not read', async () => {
    await start({ RULES: 's3://theirs/rules.json', RULE_TAG_KEYS: 'Team' });
    deployment.sandbox.putBucket({
      name: 'theirs',
      account: OTHER_ACCOUNT,
      region: REGION,
      sharedWith: [ACCOUNT],
    });
    deployment.sandbox.putObject('theirs', 'rules.json', '[{"tags":{"Team":"theirs"}}]');
    await expect(tagsOfNext(1)).rejects.toThrow(
      /^settings that cannot be used: RULES: s3:\/\/theirs\/rules\.json cannot be read: .*This takes s3:GetObject/,
    );
    deployment.renew({ RULES: `s3://theirs=${OTHER_ACCOUNT}/rules.json` });
    expect(await tagsOfNext(2)).toEqual({ Team: 'theirs' });
  });

  test('that are larger than the bound stop the start', async () => {
    await start(RULED);
    putAccounts(`account,team\n${' '.repeat(4 * 1024 * 1024)}`);
    putRules([]);
    await expect(tagsOfNext(1)).rejects.toThrow(
      `ACCOUNTS_CSV: s3://${CONFIG}/accounts.csv cannot be read: it is larger than 4194304 bytes`,
    );
  });
});

/** The service control policy of docs/operation.md: it keeps our keys for us, and lets those copy them who must. */
import { readFileSync } from 'node:fs';
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { servicePrefix } from '../../parser/catalogue/row.ts';
import { readServices } from '../../processor/file/services.ts';
import { FIRST_SERVICES } from '../../processor/policy/policies.ts';
import { ACCOUNT, OTHER_ACCOUNT } from '../helpers/events.ts';

const DOCS = readFileSync(new URL('../../docs/operation.md', import.meta.url), 'utf8');
const SCP = JSON.parse(/<!-- scp -->\n\n```json\n(.*?)\n```/s.exec(DOCS)?.[1] ?? '');
const ALL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

type Context = Readonly<Record<string, string | string[]>>;
const OURS = { 'aws:TagKeys': ['Name', 'CreatedBy'] };

const role = (name: string, account = OTHER_ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
const DEVELOPER = role('developer');

/** Of somebody whom everything else allows. */
async function isAllowed(action: string, context: Context, principal = DEVELOPER, resource = '*') {
  const answer = await runUnsafeSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: principal.split(':')[4] ?? '' },
        contextVariables: { 'aws:PrincipalArn': principal, ...context },
      },
      identityPolicies: [{ name: 'all', policy: ALL }],
      serviceControlPolicies: [
        {
          orgIdentifier: 'r-a1b2',
          policies: [
            { name: 'FullAWSAccess', policy: ALL },
            { name: 'keys', policy: SCP },
          ],
        },
      ],
      resourceControlPolicies: [],
    },
    {},
  );
  return answer === 'Allowed';
}

describe('refuses to others', () => {
  test.each<readonly [string, Context]>([
    ['ec2:CreateTags', OURS],
    ['ec2:CreateTags', { ...OURS, 'ec2:CreateAction': 'RunInstances' }],
    ['ec2:RunInstances', OURS],
    ['ec2:DeleteTags', OURS],
    ['ec2:DeleteTags', {}], // of all tags
    ['s3:TagResource', OURS],
    ['s3:UntagResource', { 'aws:TagKeys': 'TaggedBy' }],
    ['rds:AddTagsToResource', { 'aws:TagKeys': 'CreatedDate' }],
    ['sqs:UntagQueue', OURS],
    ['kms:TagResource', OURS],
  ])('%s %j', async (action, context) => {
    expect(await isAllowed(action, context)).toBe(false);
  });

  test('to make a role of the name of ours', async () => {
    expect(await isAllowed('iam:CreateRole', {}, DEVELOPER, role('auto-tagger'))).toBe(false);
    expect(await isAllowed('iam:CreateRole', {}, DEVELOPER, role('theirs'))).toBe(true);
    expect(await isAllowed('iam:CreateRole', {}, role('stacksets-exec-0a1b'), role('auto-tagger'))).toBe(
      true,
    );
  });
});

describe('spares', () => {
  test.each([
    ['the function', role('auto-tagger-function', ACCOUNT)],
    ['the member role', role('auto-tagger')],
    ['Backup', role('service-role/AWSBackupDefaultServiceRole')],
    ['Data Lifecycle Manager', role('service-role/AWSDataLifecycleManagerDefaultRoleForAMIManagement')],
    ['Data Lifecycle Manager, as the CLI makes its role', role('AWSDataLifecycleManagerDefaultRole')],
  ])('%s', async (_, principal) => {
    for (const action of ['ec2:CreateTags', 'rds:AddTagsToResource', 'sns:UntagResource']) {
      expect([action, await isAllowed(action, OURS, principal)]).toEqual([action, true]);
    }
  });

  test('calls that name other keys, or none', async () => {
    expect(await isAllowed('ec2:CreateTags', { 'aws:TagKeys': 'Name' })).toBe(true);
    expect(await isAllowed('ec2:DeleteTags', { 'aws:TagKeys': 'Name' })).toBe(true);
    expect(await isAllowed('sns:CreateTopic', {})).toBe(true);
  });

  /** ElastiCache's cluster takes its group's tags by itself: the call names none. */
  const COPYING = catalogue().filter(
    (row) =>
      row.copiesTags &&
      readServices(FIRST_SERVICES)(servicePrefix(row)) &&
      row.eventName !== 'CreateCacheCluster',
  );

  test.each(COPYING.map((row) => [row.eventSource, row.eventName] as const))(
    '%s %s',
    async (source, name) => {
      const service = name === 'StartSnapshot' ? 'ebs' : source.split('.')[0];
      expect(await isAllowed(`${service}:${name}`, OURS)).toBe(true);
      if (service === 'ec2') {
        expect(await isAllowed('ec2:CreateTags', { ...OURS, 'ec2:CreateAction': name })).toBe(true);
      }
    },
  );
});

test('has the size of a service control policy', () => {
  expect(JSON.stringify(SCP).length).toBeLessThanOrEqual(5_120);
});

/** Who made a call: every form of `userIdentity`, in the three ways in which `CREATED_BY` can name them. */
import { describe, expect, test } from '@jest/globals';
import { readCreator } from '../../../parser/event/creator.ts';
import { compileTemplate } from '../../../tag-manager/tags/template.ts';
import { fixture, withValue } from '../../helpers/fixtures.ts';
import { creationOf } from './verdicts.ts';

const A = '111122223333';

interface Row {
  readonly title: string;
  readonly identity: unknown;
  readonly arn?: string;
  readonly name: string;
  readonly person: string;
  readonly invokedBy?: string;
}

/** An assumed role, as records of today write it. */
function session(role: string, name: string, context: object = {}, path = '/') {
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE7KQ2JZPLFT:${name}`,
    arn: `arn:aws:sts::${A}:assumed-role/${role}/${name}`,
    accountId: A,
    accessKeyId: 'ASIAI44QH8DHBEXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLE7KQ2JZPLFT',
        arn: `arn:aws:iam::${A}:role${path}${role}`,
        accountId: A,
        userName: role,
      },
      attributes: { creationDate: '2025-03-04T09:58:40Z', mfaAuthenticated: 'false' },
      ...context,
    },
  };
}

const sessionArn = (role: string, name: string) => `arn:aws:sts::${A}:assumed-role/${role}/${name}`;

const USERS: readonly Row[] = [
  {
    title: 'a user',
    identity: {
      type: 'IAMUser',
      principalId: 'AIDACKCEVSQ6C2EXAMPLE',
      arn: `arn:aws:iam::${A}:user/anna`,
      accountId: A,
      userName: 'anna',
    },
    arn: `arn:aws:iam::${A}:user/anna`,
    name: 'anna',
    person: 'anna',
  },
  {
    title: 'a user below a path',
    identity: {
      type: 'IAMUser',
      principalId: 'AIDACKCEVSQ6C2EXAMPLE',
      arn: `arn:aws:iam::${A}:user/shop/dev/anna`,
    },
    arn: `arn:aws:iam::${A}:user/shop/dev/anna`,
    name: 'anna',
    person: 'anna',
  },
  {
    title: 'a user for whom a service called',
    identity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::${A}:user/anna`,
      invokedBy: 'cloudformation.amazonaws.com',
    },
    arn: `arn:aws:iam::${A}:user/anna`,
    name: 'anna',
    person: 'anna',
    invokedBy: 'cloudformation.amazonaws.com',
  },
  {
    title: 'a user with a session issuer that is empty',
    identity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::${A}:user/anna`,
      sessionContext: { sessionIssuer: {}, webIdFederationData: {} },
    },
    arn: `arn:aws:iam::${A}:user/anna`,
    name: 'anna',
    person: 'anna',
  },
  {
    title: 'a user without an ARN',
    identity: { type: 'IAMUser', principalId: 'AIDACKCEVSQ6C2EXAMPLE', accountId: A, userName: 'anna' },
    name: 'anna',
    person: 'anna',
  },
  ...['HIDDEN_DUE_TO_SECURITY_REASONS', '****', '<sensitiveDataRemoved>'].map((userName) => ({
    title: `a user whose name is masked as ${userName}`,
    identity: { type: 'IAMUser', principalId: '', accountId: A, accessKeyId: '', userName },
    name: `aws-account-${A}`,
    person: `aws-account-${A}`,
  })),
  {
    title: 'the root user',
    identity: { type: 'Root', principalId: A, arn: `arn:aws:iam::${A}:root`, accountId: A, accessKeyId: '' },
    arn: `arn:aws:iam::${A}:root`,
    name: 'root',
    person: 'root',
  },
  {
    title: 'the root user of an account with an alias',
    identity: {
      type: 'Root',
      principalId: A,
      arn: `arn:aws:iam::${A}:root`,
      accountId: A,
      userName: 'the-shop',
    },
    arn: `arn:aws:iam::${A}:root`,
    name: 'root',
    person: 'root',
  },
  {
    title: 'Auto Scaling as it called in 2017',
    identity: {
      type: 'Root',
      principalId: A,
      arn: `arn:aws:iam::${A}:root`,
      accountId: A,
      invokedBy: 'autoscaling.amazonaws.com',
    },
    arn: `arn:aws:iam::${A}:root`,
    name: 'root',
    person: 'root',
    invokedBy: 'autoscaling.amazonaws.com',
  },
  {
    title: 'a federated user',
    identity: {
      type: 'FederatedUser',
      principalId: `${A}:lena`,
      arn: `arn:aws:sts::${A}:federated-user/lena`,
      accountId: A,
      sessionContext: {
        sessionIssuer: { type: 'IAMUser', arn: `arn:aws:iam::${A}:user/portal`, userName: 'portal' },
      },
    },
    arn: `arn:aws:sts::${A}:federated-user/lena`,
    name: 'lena',
    person: 'lena',
  },
  {
    title: 'a federated user that is a machine: the user who let it in',
    identity: {
      type: 'FederatedUser',
      principalId: `${A}:job-4711`,
      arn: `arn:aws:sts::${A}:federated-user/job-4711`,
      accountId: A,
      sessionContext: {
        sessionIssuer: { type: 'IAMUser', arn: `arn:aws:iam::${A}:user/portal`, userName: 'portal' },
      },
    },
    arn: `arn:aws:sts::${A}:federated-user/job-4711`,
    name: 'job-4711',
    person: 'portal',
  },
];

const SESSIONS: readonly Row[] = [
  {
    title: 'a role with a person in its session',
    identity: session('Engineer', 'jane.doe'),
    arn: sessionArn('Engineer', 'jane.doe'),
    name: 'jane.doe',
    person: 'jane.doe',
  },
  {
    title: 'a role with an e-mail address in its session',
    identity: session('Engineer', 'jane@example.com'),
    arn: sessionArn('Engineer', 'jane@example.com'),
    name: 'jane@example.com',
    person: 'jane@example.com',
  },
  {
    title: 'a session that holds colons, equal signs and at signs',
    identity: { type: 'AssumedRole', principalId: 'AROAEXAMPLE:a=b:c@d', accountId: A },
    name: 'a=b:c@d',
    person: 'a=b:c@d',
  },
  ...[
    'i-0a1b2c3d4e5f60711',
    'AutoScaling',
    'botocore-session-1741083330',
    'aws-go-sdk-1680000000000000000',
    'aws-sdk-js-session-1741083330000',
    '0123456789abcdef0123456789abcdef',
    '5f0c7d2e-1b3a-4c5d-8e9f-0a1b2c3d4e5f',
    'GitHubActions',
    '1741083330123456789',
  ].map((name) => ({
    title: `a role with a machine in its session: ${name}`,
    identity: session('orders-service', name, {}, '/ci/'),
    arn: sessionArn('orders-service', name),
    name,
    person: 'orders-service',
  })),
  {
    title: 'a role that is its own session',
    identity: session('billing', 'billing'),
    arn: sessionArn('billing', 'billing'),
    name: 'billing',
    person: 'billing',
  },
  {
    title: 'an instance profile, whatever its session is called',
    identity: session('Web', 'anna', { ec2RoleDelivery: '2.0' }),
    arn: sessionArn('Web', 'anna'),
    name: 'anna',
    person: 'Web',
  },
  {
    title: 'a role of IAM Identity Center',
    identity: session(
      'AWSReservedSSO_Admin_4f1d2c3b5a697887',
      'jdoe',
      {},
      '/aws-reserved/sso.amazonaws.com/',
    ),
    arn: sessionArn('AWSReservedSSO_Admin_4f1d2c3b5a697887', 'jdoe'),
    name: 'jdoe',
    person: 'jdoe',
  },
  {
    title: 'a role of IAM Identity Center, with a user name that looks like a machine',
    identity: session('AWSReservedSSO_Admin_4f1d2c3b5a697887', 'x4711'),
    arn: sessionArn('AWSReservedSSO_Admin_4f1d2c3b5a697887', 'x4711'),
    name: 'x4711',
    person: 'x4711',
  },
  {
    title: 'a service-linked role',
    identity: {
      ...session(
        'AWSServiceRoleForAutoScaling',
        'AutoScaling',
        {},
        '/aws-service-role/autoscaling.amazonaws.com/',
      ),
      invokedBy: 'autoscaling.amazonaws.com',
    },
    arn: sessionArn('AWSServiceRoleForAutoScaling', 'AutoScaling'),
    name: 'AutoScaling',
    person: 'AWSServiceRoleForAutoScaling',
    invokedBy: 'autoscaling.amazonaws.com',
  },
  {
    title: 'a source identity, which is handed on from role to role',
    identity: session('deploy', 'botocore-session-1741083330', { sourceIdentity: 'jane@example.com' }),
    arn: sessionArn('deploy', 'botocore-session-1741083330'),
    name: 'botocore-session-1741083330',
    person: 'jane@example.com',
  },
  {
    title: 'a source identity before a person in the session',
    identity: session('deploy', 'tomas', { sourceIdentity: 'jane' }),
    arn: sessionArn('deploy', 'tomas'),
    name: 'tomas',
    person: 'jane',
  },
  {
    title: 'a masked source identity',
    identity: session('deploy', 'tomas', { sourceIdentity: 'HIDDEN_DUE_TO_SECURITY_REASONS' }),
    arn: sessionArn('deploy', 'tomas'),
    name: 'tomas',
    person: 'tomas',
  },
  {
    title: 'a role without its context',
    identity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:jane',
      arn: sessionArn('Engineer', 'jane'),
      accountId: A,
    },
    arn: sessionArn('Engineer', 'jane'),
    name: 'jane',
    person: 'jane',
  },
  {
    title: 'a machine in a role without its context: the ARN names the role',
    identity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:i-0a1b2c3d',
      arn: sessionArn('Web', 'i-0a1b2c3d'),
      accountId: A,
    },
    arn: sessionArn('Web', 'i-0a1b2c3d'),
    name: 'i-0a1b2c3d',
    person: 'Web',
  },
  {
    title: 'a role without a principal id',
    identity: { ...session('Engineer', 'jane'), principalId: undefined },
    arn: sessionArn('Engineer', 'jane'),
    name: 'jane',
    person: 'jane',
  },
  {
    title: 'a machine in a role without a principal id',
    identity: { ...session('Web', 'i-0a1b2c3d'), principalId: undefined },
    arn: sessionArn('Web', 'i-0a1b2c3d'),
    name: 'i-0a1b2c3d',
    person: 'Web',
  },
  {
    title: 'a role and nothing else',
    identity: {
      type: 'Role',
      sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${A}:role/ci/deploy` } },
    },
    name: 'deploy',
    person: 'deploy',
  },
  {
    title: 'an ARN that the publisher of a log has damaged',
    identity: { ...session('Engineer', 'jane'), arn: 'arn:aws::sts:111122223333:assumed-role/Engineer/jane' },
    arn: 'arn:aws::sts:111122223333:assumed-role/Engineer/jane',
    name: 'jane',
    person: 'jane',
  },
  {
    title: 'a machine that came with a web identity: its subject',
    identity: session('deploy', 'GitHubActions', {
      webIdFederationData: {
        federatedProvider: `arn:aws:iam::${A}:oidc-provider/token.actions.githubusercontent.com`,
        attributes: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': 'repo:shop/web:ref:refs/heads/main',
        },
      },
    }),
    arn: sessionArn('deploy', 'GitHubActions'),
    name: 'GitHubActions',
    person: 'repo:shop/web:ref:refs/heads/main',
  },
  {
    title: 'a machine that came with a web identity without attributes',
    identity: session('deploy', 'GitHubActions', {
      webIdFederationData: { federatedProvider: 'cognito', attributes: {} },
    }),
    arn: sessionArn('deploy', 'GitHubActions'),
    name: 'GitHubActions',
    person: 'deploy',
  },
  {
    title: 'a machine on behalf of a user of IAM Identity Center',
    identity: {
      ...session('notebooks', 'SageMaker'),
      onBehalfOf: {
        userId: '92671f2a-1001-7042-abcd-0123456789ab',
        identityStoreArn: `arn:aws:identitystore::${A}:identitystore/d-9067028cf5`,
      },
    },
    arn: sessionArn('notebooks', 'SageMaker'),
    name: 'SageMaker',
    person: '92671f2a-1001-7042-abcd-0123456789ab',
  },
];

const OTHERS: readonly Row[] = [
  {
    title: 'a service',
    identity: { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
    name: 'autoscaling.amazonaws.com',
    person: 'autoscaling.amazonaws.com',
    invokedBy: 'autoscaling.amazonaws.com',
  },
  {
    title: 'a service that does not say which',
    identity: { type: 'AWSService', invokedBy: 'AWS Internal' },
    name: 'AWS Internal',
    person: 'AWS Internal',
    invokedBy: 'AWS Internal',
  },
  {
    title: 'a service event without a type',
    identity: { accountId: A, invokedBy: 'secretsmanager.amazonaws.com' },
    name: 'secretsmanager.amazonaws.com',
    person: 'secretsmanager.amazonaws.com',
    invokedBy: 'secretsmanager.amazonaws.com',
  },
  {
    title: 'another account, by its user',
    identity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLEOTHERACCT1', accountId: '444455556666' },
    name: 'aws-account-444455556666',
    person: 'aws-account-444455556666',
  },
  {
    title: 'another account, by a session',
    identity: {
      type: 'AWSAccount',
      principalId: 'AROAEXAMPLEOTHERACCT1:jane@example.com',
      accountId: '444455556666',
    },
    name: 'jane@example.com',
    person: 'jane@example.com',
  },
  {
    title: 'a user of IAM Identity Center',
    identity: {
      type: 'IdentityCenterUser',
      accountId: A,
      onBehalfOf: {
        userId: '92671f2a-1001-7042-abcd-0123456789ab',
        identityStoreArn: `arn:aws:identitystore::${A}:identitystore/d-9067028cf5`,
      },
      credentialId: 'EXAMPLE-credential',
    },
    name: '92671f2a-1001-7042-abcd-0123456789ab',
    person: '92671f2a-1001-7042-abcd-0123456789ab',
  },
  {
    title: 'a web identity',
    identity: {
      type: 'WebIdentityUser',
      principalId: 'accounts.google.com:shop.apps.googleusercontent.com:110169484474386276334',
      userName: '110169484474386276334',
      identityProvider: 'accounts.google.com',
    },
    name: '110169484474386276334',
    person: '110169484474386276334',
  },
  {
    title: 'a web identity whose provider is named by its ARN',
    identity: {
      type: 'WebIdentityUser',
      principalId: `arn:aws:iam::${A}:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:shop/web:ref:refs/heads/main`,
      userName: 'repo:shop/web:ref:refs/heads/main',
      identityProvider: `arn:aws:iam::${A}:oidc-provider/token.actions.githubusercontent.com`,
    },
    name: 'repo:shop/web:ref:refs/heads/main',
    person: 'repo:shop/web:ref:refs/heads/main',
  },
  {
    title: 'a SAML user',
    identity: {
      type: 'SAMLUser',
      principalId: 'SdVbbDPfZUVTXE5Pdmm6example=:jane@example.com',
      userName: 'jane@example.com',
      identityProvider: 'SdVbbDPfZUVTXE5Pdmm6example=',
    },
    name: 'jane@example.com',
    person: 'jane@example.com',
  },
  {
    title: 'a directory',
    identity: {
      type: 'Directory',
      arn: `arn:aws:ds:eu-west-1:${A}:user/d-9067028cf5/jane`,
      accountId: A,
      userName: 'jane',
    },
    arn: `arn:aws:ds:eu-west-1:${A}:user/d-9067028cf5/jane`,
    name: 'jane',
    person: 'jane',
  },
  {
    title: 'unknown, with a name',
    identity: { type: 'Unknown', principalId: A, accountId: A, userName: 'jane' },
    name: 'jane',
    person: 'jane',
  },
  {
    title: 'unknown, with an ARN',
    identity: { type: 'Unknown', arn: `arn:aws:iam::${A}:user/jane` },
    arn: `arn:aws:iam::${A}:user/jane`,
    name: 'jane',
    person: 'jane',
  },
  {
    title: 'unknown, with an account',
    identity: { type: 'Unknown', accountId: A },
    name: `aws-account-${A}`,
    person: `aws-account-${A}`,
  },
  {
    title: 'unknown, with a principal id',
    identity: { type: 'Unknown', principalId: 'AIDACKCEVSQ6C2EXAMPLE' },
    name: 'AIDACKCEVSQ6C2EXAMPLE',
    person: 'AIDACKCEVSQ6C2EXAMPLE',
  },
  {
    title: 'a type that does not exist yet',
    identity: { type: 'Hologram', userName: 'jane' },
    name: 'jane',
    person: 'jane',
  },
  {
    title: 'keys in another case',
    identity: { Type: 'IAMUser', Arn: `arn:aws:iam::${A}:user/anna`, UserName: 'anna' },
    arn: `arn:aws:iam::${A}:user/anna`,
    name: 'anna',
    person: 'anna',
  },
];

const ROWS = [...USERS, ...SESSIONS, ...OTHERS].map((row) => [row.title, row] as const);

test.each(ROWS)('%s', (_, { identity, arn, name, person, invokedBy }) => {
  expect(readCreator({ userIdentity: identity })).toEqual({ arn, name, person, invokedBy });
});

test('no two rows are the same case', () => {
  expect(new Set(ROWS.map(([title]) => title)).size).toBe(ROWS.length);
});

describe('CREATED_BY', () => {
  const record = fixture('ec2-CreateVolume');

  test.each(ROWS)('names %s, whichever way it is set', (_, { identity, arn, name, person }) => {
    const creation = creationOf(withValue(record, 'userIdentity', identity));
    const [resource] = creation.resources;
    if (resource === undefined) throw new Error('expected a resource');
    const creator = (createdBy: 'arn' | 'name' | 'person') =>
      compileTemplate('{creator}', { createdBy })(creation, resource);
    expect(creator('arn')).toBe(arn ?? name);
    expect(creator('name')).toBe(name);
    expect(creator('person')).toBe(person);
  });
});

describe('nobody', () => {
  test.each<unknown>([
    undefined,
    null,
    'anna',
    7,
    [],
    {},
    { type: 'Unknown' },
    { arn: '' },
    { userName: '****' },
  ])('%j', (identity) => {
    expect(readCreator({ userIdentity: identity })).toBeUndefined();
  });

  test('a record without an identity', () => {
    expect(readCreator({})).toBeUndefined();
  });
});

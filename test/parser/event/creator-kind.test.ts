/** Who made a call: somebody, a role, a service, or the root user. */
import { expect, test } from '@jest/globals';
import { readCreator } from '../../../parser/event/creator.ts';
import { creatorKind } from '../../../parser/event/creator-kind.ts';

const ACCOUNT = '111122223333';

function session(role: string, name: string, more: object = {}) {
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${name}`,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`,
    accountId: ACCOUNT,
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/${role}`, userName: role },
      ...more,
    },
  };
}

const repository = {
  webIdFederationData: { attributes: { 'token.actions.githubusercontent.com:sub': 'repo:acme/web' } },
};

test.each([
  ['root', { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT, principalId: ACCOUNT }],
  [
    'person',
    { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/anna`, userName: 'anna', accountId: ACCOUNT },
  ],
  ['person', { type: 'IdentityCenterUser', onBehalfOf: { userId: '0123-4567' }, accountId: ACCOUNT }],
  ['person', session('AWSReservedSSO_Admin_0123456789abcdef', 'anna@example.com')],
  ['person', session('deploy', 'anna@example.com')],
  ['person', session('deploy', 'i-0123456789abcdef0', { sourceIdentity: 'anna' })],
  ['role', session('deploy', 'i-0123456789abcdef0')],
  ['role', session('deploy', 'deploy')],
  ['role', session('github', 'GitHubActions', repository)],
  ['service', session('AWSServiceRoleForAutoScaling', 'AutoScaling')],
  ['service', { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' }],
  ['service', { invokedBy: 'dlm.amazonaws.com' }],
  ['unknown', { type: 'AWSAccount', accountId: '444455556666', principalId: 'AIDAEXAMPLE' }],
  ['unknown', { type: 'constructor', principalId: 'x' }],
])('%s: %j', (kind, userIdentity) => {
  const record = { userIdentity };
  const creator = readCreator(record);
  expect(creator && creatorKind(record, creator)).toBe(kind);
});

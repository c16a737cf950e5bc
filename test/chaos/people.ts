/** Who calls in histories, and how CloudTrail names them. */
import type { Identity } from '../../sandbox/sandbox.ts';

const USERS = ['alice', 'bob', 'dora'] as const;

/** They are in every account. */
export function peopleOf(account: string): readonly Identity[] {
  return [
    ...USERS.map((userName): Identity => ({ account, type: 'IAMUser', userName })),
    { account, type: 'AssumedRole', roleName: 'deployer', sessionName: 'erin' },
  ];
}

/** Who a person's calls are made by, as `userIdentity.arn` has it. */
export function arnOf(person: Identity): string {
  const { account } = person;
  switch (person.type) {
    case 'IAMUser':
      return `arn:aws:iam::${account}:user/${person.userName}`;
    case 'AssumedRole':
      return `arn:aws:sts::${account}:assumed-role/${person.roleName}/${person.sessionName}`;
    default:
      throw new Error(`nobody in a history is a ${person.type}`);
  }
}

/** The person that a tag names where tags name persons: of a service's own session the role. */
export function personIn(arn: string): string {
  const [, role, session] = /:assumed-role\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
  if (role !== undefined && session !== undefined) return session === 'erin' ? session : role;
  return arn.split('/').at(-1) ?? '';
}

export function identityElement(person: Identity): object {
  const element = {
    type: person.type,
    principalId: 'AIDAEXAMPLEEXAMPLEEXA',
    arn: arnOf(person),
    accountId: person.account,
  };
  if (person.type === 'IAMUser') return { ...element, userName: person.userName };
  if (person.type !== 'AssumedRole') return element;
  const { roleName, sessionName, account } = person;
  return {
    ...element,
    principalId: `AROAEXAMPLEEXAMPLEEXA:${sessionName}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLEEXAMPLEEXA',
        arn: `arn:aws:iam::${account}:role/${roleName}`,
        accountId: account,
        userName: roleName,
      },
    },
  };
}

/**
 * Services of which the sandbox answers questions only: a test puts what there is, with what the service says of it
 * (`putResource` with `details`, spelled as in the answers), and clients ask. Trails, rules of EventBridge, accounts of an
 * organization. What is asked of them beside that, tags for example, is another service's matter.
 */
import { AwsError } from '../aws-error.ts';
import type { Context, Input, Operation, Output, Service } from '../operation.ts';
import { awsJson } from '../protocols/json.ts';
import type { Resource } from '../world.ts';
import { ownResources, plainSpelling } from './common.ts';
import { lookupEvents } from './event-history.ts';

type Details = Readonly<Record<string, unknown>>;

function described(
  name: string,
  namespace: string,
  operations: Readonly<Record<string, Operation['run']>>,
): Service {
  return {
    name,
    eventSource: `${name}.amazonaws.com`,
    eventVersion: '1.08',
    protocol: awsJson({ namespace, version: '1.1' }),
    unknownKey: [
      'UnrecognizedClientException',
      400,
      'The security token included in the request is invalid.',
    ],
    denied: ['AccessDeniedException', 400],
    throttled: ['ThrottlingException', 400, 'Rate exceeded'],
    spelling: plainSpelling(name),
    operations: Object.fromEntries(
      Object.entries(operations).map(([operation, run]) => [operation, { run, unrecorded: true }]),
    ),
  };
}

/** awscloudtrail/latest/APIReference. A trail's status and selectors are members of its details, with the names of their calls. */
export const cloudtrail = described('cloudtrail', 'com.amazonaws.cloudtrail', {
  DescribeTrails: (context) => ({
    trailList: trails(context).map(({ arn, name, details }) => {
      const { GetTrailStatus: _, GetEventSelectors: __, ...trail } = details;
      return { TrailARN: arn, Name: name, ...trail };
    }),
  }),
  GetTrailStatus: (context, { Name }: { Name?: string }) => of(openTrail(context, Name), 'GetTrailStatus'),
  GetEventSelectors: (context, { TrailName }: { TrailName?: string }) =>
    of(openTrail(context, TrailName), 'GetEventSelectors'),
  LookupEvents: lookupEvents,
  ListPublicKeys,
});

/** Those of the region that were valid at some time of the span, in pages of two. What is put has no account: they are CloudTrail's. */
function ListPublicKeys({ region, world }: Context, input: Input): Output {
  const {
    StartTime = 0,
    EndTime = Number.POSITIVE_INFINITY,
    NextToken = '0',
  } = input as {
    StartTime?: number;
    EndTime?: number;
    NextToken?: string;
  };
  const keys = [...world.resources.values()].filter(
    (each): each is Resource<Details> =>
      each.service === 'cloudtrail' && each.type === 'public-key' && each.region === region,
  );
  const valid = keys.filter(({ details }) => {
    return Number(details.ValidityStartTime) <= EndTime && Number(details.ValidityEndTime) >= StartTime;
  });
  const end = Number(NextToken) + 2;
  return {
    PublicKeyList: valid.slice(Number(NextToken), end).map(({ details }) => details),
    ...(end < valid.length && { NextToken: String(end) }),
  };
}

/** Its own, those of all regions, and in every account that of the organization. */
function trails({ account, region, world }: Context): readonly Resource<Details>[] {
  return [...world.resources.values()]
    .filter((each): each is Resource<Details> => each.service === 'cloudtrail' && each.type === 'trail')
    .filter((trail) => trail.account === account || trail.details.IsOrganizationTrail === true)
    .filter((trail) => trail.region === region || trail.details.IsMultiRegionTrail === true);
}

function openTrail(context: Context, nameOrArn = ''): Resource<Details> {
  const found = trails(context).find(({ arn, name }) => arn === nameOrArn || name === nameOrArn);
  if (found !== undefined) return found;
  throw new AwsError('TrailNotFoundException', 400, `Unknown trail: ${nameOrArn}`);
}

function of({ details }: Resource<Details>, member: string): Output {
  return (details[member] ?? {}) as Output;
}

/** eventbridge/latest/APIReference. `Targets` of a rule's details are ARNs. */
export const events = described('events', 'com.amazonaws.events', {
  ListRuleNamesByTarget: (context, input: { TargetArn?: string; EventBusName?: string }) => ({
    RuleNames: rules(context, input.EventBusName)
      .filter(({ details }) => (details.Targets as readonly string[]).includes(input.TargetArn ?? ''))
      .map(({ name }) => name.split('/').at(-1)),
  }),
  DescribeRule: (context, { Name = '', EventBusName }: { Name?: string; EventBusName?: string }) => {
    const found = rules(context, EventBusName).find(({ name }) => name.split('/').at(-1) === Name);
    if (found === undefined) throw noSuch('Rule', Name);
    const { Targets: _, ...rule } = found.details;
    return { Name, Arn: found.arn, ...rule };
  },
});

/** `rule/name` is on the default bus, `rule/bus/name` on another, which is there when it has rules. */
function rules(context: Context, bus = 'default'): readonly Resource<Details>[] {
  const all = ownResources<Details>(context, 'events', 'rule');
  if (bus === 'default') return all.filter(({ name }) => !name.includes('/'));
  const found = all.filter(({ name }) => name.startsWith(`${bus}/`));
  if (found.length === 0) throw noSuch('Event bus', bus);
  return found;
}

function noSuch(what: string, name: string): AwsError {
  return new AwsError('ResourceNotFoundException', 400, `${what} ${name} does not exist.`);
}

/** organizations/latest/APIReference. */
export const organizations = described('organizations', 'com.amazonaws.organizations', {
  DescribeOrganization: ({ world }) => {
    const found = [...world.resources.values()].find(({ service, type }) => {
      return service === 'organizations' && type === 'organization';
    });
    if (found === undefined) {
      throw new AwsError(
        'AWSOrganizationsNotInUseException',
        400,
        'Your account is not a member of an organization.',
      );
    }
    return { Organization: { Id: found.name, Arn: found.arn, MasterAccountId: found.account } };
  },
  ListAccounts,
});

const ACCOUNTS_PER_PAGE = 20;

function ListAccounts({ world }: Context, { NextToken = '0' }: Input & { NextToken?: string }): Output {
  const accounts = [...world.resources.values()].filter(
    ({ service, type }) => service === 'organizations' && type === 'account',
  ) as Resource<Details>[];
  const end = Number(NextToken) + ACCOUNTS_PER_PAGE;
  return {
    Accounts: accounts.slice(Number(NextToken), end).map(({ arn, details }) => ({
      Id: arn.split('/').at(-1),
      Arn: arn,
      State: 'ACTIVE',
      ...details,
    })),
    ...(end < accounts.length && { NextToken: String(end) }),
  };
}

/** Groups, instances that they launched and who wanted them, as records, for tests of who is behind a creation. */
import type { Creation } from '../../../parser/event/creation.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { ACCOUNT, EVENT_TIME, REGION, readOrThrow } from '../creations.ts';

let ids = 0;
const nextId = () => `family-${String(ids++).padStart(6, '0')}`;

const service = (principal: string, role: string) => ({
  type: 'AssumedRole',
  accountId: ACCOUNT,
  principalId: `AROA3XFRBF535PEXAMPLE:${role}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${role.replace('AWSServiceRoleFor', '')}`,
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      arn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${principal}/${role}`,
    },
  },
  invokedBy: principal,
});

const user = (name: string) => ({
  type: 'IAMUser',
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
  userName: name,
});

const recordOf = (facts: Readonly<Record<string, unknown>>) => ({
  eventVersion: '1.11',
  eventID: nextId(),
  awsRegion: REGION,
  recipientAccountId: ACCOUNT,
  sourceIPAddress: '192.0.2.7',
  ...facts,
});

export interface Made {
  readonly at?: string;
  /** A user, or a service's own group of nodes. */
  readonly by?: string;
}

export const groupCreation = (name: string, made?: Made): Creation => readOrThrow(groupRecord(name, made));

/** By somebody, or by EKS for a node group `workers` of the cluster `shop`. */
export function groupRecord(name: string, { at = EVENT_TIME, by = 'alice' }: Made = {}) {
  const isOfEks = by === 'eks';
  return recordOf({
    eventTime: at,
    eventSource: 'autoscaling.amazonaws.com',
    eventName: 'CreateAutoScalingGroup',
    userIdentity: isOfEks
      ? service('eks-nodegroup.amazonaws.com', 'AWSServiceRoleForAmazonEKSNodegroup')
      : user(by),
    requestParameters: {
      autoScalingGroupName: name,
      tags: isOfEks
        ? [
            { key: 'eks:cluster-name', value: 'shop' },
            { key: 'eks:nodegroup-name', value: 'workers' },
          ]
        : [],
    },
    responseElements: null,
  });
}

/** `id` ends the name of its group too: `eks-workers-ID`. */
export function nodeGroupCreation(id: string, { at = EVENT_TIME, by = 'alice' }: Made = {}): Creation {
  const arn = `arn:aws:eks:${REGION}:${ACCOUNT}:nodegroup/shop/workers/${id}`;
  return readOrThrow(
    recordOf({
      eventTime: at,
      eventSource: 'eks.amazonaws.com',
      eventName: 'CreateNodegroup',
      userIdentity: user(by),
      requestParameters: { name: 'shop', nodegroupName: 'workers' },
      responseElements: { nodegroup: { nodegroupName: 'workers', clusterName: 'shop', nodegroupArn: arn } },
    }),
  );
}

export const launchCreation = (group: string, instance: string, made?: Made): Creation =>
  readOrThrow(launchRecord(group, [instance], made));

/** Launched by Auto Scaling for the group. */
export function launchRecord(group: string, instances: readonly string[], { at = EVENT_TIME }: Made = {}) {
  return recordOf({
    eventTime: at,
    eventSource: 'ec2.amazonaws.com',
    eventName: 'RunInstances',
    userIdentity: service('autoscaling.amazonaws.com', 'AWSServiceRoleForAutoScaling'),
    requestParameters: {
      tagSpecificationSet: {
        items: [{ resourceType: 'instance', tags: [{ key: 'aws:autoscaling:groupName', value: group }] }],
      },
    },
    responseElements: { instancesSet: { items: instances.map((instanceId) => ({ instanceId })) } },
  });
}

export const instanceArn = (id: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`;

/** As it is named, and tagged: with `*` where no record tells the id. */
export const groupArn = (name: string, id = '*') =>
  `arn:aws:autoscaling:${REGION}:${ACCOUNT}:autoScalingGroup:${id}:autoScalingGroupName/${name}`;

/** Makes it exist, with tags that no rule was applied to. */
export function putFamily(
  sandbox: Sandbox,
  arn: string,
  {
    id = arn.split('/').at(-1) ?? '',
    tags = {},
  }: { readonly id?: string; readonly tags?: Record<string, string> } = {},
): string {
  sandbox.putResource({ arn, account: ACCOUNT, region: REGION, id, tags });
  return arn;
}

/** By a role of nobody's, which says of it that it is of another cluster: a guess. */
export function clusterCreation(
  name: string,
  { of, at = EVENT_TIME }: Made & { readonly of: string },
): Creation {
  return readOrThrow(
    recordOf({
      eventTime: at,
      eventSource: 'eks.amazonaws.com',
      eventName: 'CreateCluster',
      userIdentity: {
        type: 'AssumedRole',
        accountId: ACCOUNT,
        principalId: 'AROA3XFRBF535PEXAMPLE:terraform-run',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/maker-of-${name}/terraform-run`,
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/maker-of-${name}` },
        },
      },
      requestParameters: { name, tags: { 'karpenter.sh/managed-by': of } },
      responseElements: { cluster: { name, arn: clusterArn(name) } },
    }),
  );
}

export const clusterArn = (name: string) => `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/${name}`;

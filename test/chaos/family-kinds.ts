/**
 * Kinds that make up families: what people make to have services make more, and what services make for it. The records are
 * written here as CloudTrail writes them of the services; what they made is put into the sandbox.
 */
import { randomUUID } from 'node:crypto';
import { CreateCacheClusterCommand, CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import type { Call, EventRecord, Kind, Made, Tags } from './kinds.ts';
import { identityElement } from './people.ts';

/** Role, session and principal. */
const SERVICES = {
  autoScaling: ['AWSServiceRoleForAutoScaling', 'AutoScaling', 'autoscaling.amazonaws.com'],
  nodes: ['AWSServiceRoleForAmazonEKSNodegroup', 'EKS', 'eks-nodegroup.amazonaws.com'],
  // A stack with a role of its own.
  stacks: ['stack-deployer', 'AWSCloudFormation', 'cloudformation.amazonaws.com'],
} as const;

type ServiceName = keyof typeof SERVICES;

const USUAL = { tellsTime: false, copies: false, isModelled: true, takesTags: true } as const;

const STACK: Kind = {
  ...USUAL,
  name: 'stack',
  naming: 'unique',
  creation: 'strict',
  takesTags: false,
  bearsNoTags: true,
  async create(call) {
    const arn = stackArn(call);
    const content = { requestParameters: { stackName: call.name }, responseElements: { stackId: arn } };
    return { arn, record: recordOf(call, 'cloudformation CreateStack', content) };
  },
  remove: stays,
};

const NODE_GROUP = nodeGroup('node group', undefined);

const GROUP: Kind = group('group', undefined, ({ name }) => [name, []]);

/** What is made for it, by the kind of what it is made for. */
export const FAMILY_KINDS = {
  stack: STACK,
  nodeGroup: NODE_GROUP,
  group: GROUP,
  nodeGroupOfStack: nodeGroup('node group of a stack', 'stacks'),
  groupOfStack: group('group of a stack', 'stacks', ({ name, madeFor }) => [
    name,
    [['aws:cloudformation:stack-id', madeFor ?? '']],
  ]),
  groupOfNodeGroup: group('group of a node group', 'nodes', ({ madeFor = '' }) => {
    const [cluster = '', workers = '', id] = madeFor.split('/').slice(1);
    const tags = [
      ['eks:cluster-name', cluster],
      ['eks:nodegroup-name', workers],
    ] as const;
    return [`eks-${workers}-${id}`, tags];
  }),
  instance: launched(),
  cacheNode: cacheNode(),
  replicationGroup: replicationGroup(),
} as const;

function stackArn({ place, name, number }: Call): string {
  return `arn:aws:cloudformation:${place.region}:${place.account}:stack/${name}/${uuidOf(number)}`;
}

function nodeGroup(name: string, by: ServiceName | undefined): Kind {
  return {
    ...USUAL,
    name,
    naming: 'unique',
    creation: 'strict',
    async create(call) {
      const { place, number, madeFor } = call;
      const arn = `arn:aws:eks:${place.region}:${place.account}:nodegroup/shop/${call.name}/${uuidOf(number)}`;
      const ofStack: Tags = madeFor === undefined ? {} : { 'aws:cloudformation:stack-id': madeFor };
      const record = recordOf(
        call,
        'eks CreateNodegroup',
        {
          requestParameters: { name: 'shop', nodegroupName: call.name, tags: { ...call.tags, ...ofStack } },
          responseElements: {
            nodegroup: { nodegroupName: call.name, clusterName: 'shop', nodegroupArn: arn },
          },
        },
        by,
      );
      return put(call, arn, record, by);
    },
    remove: stays,
  };
}

type NameAndTags = readonly [name: string, tags: readonly (readonly [string, string])[]];

function group(name: string, by: ServiceName | undefined, called: (call: Call) => NameAndTags): Kind {
  const arnOf = ({ place, number }: Call, own: string) =>
    `arn:aws:autoscaling:${place.region}:${place.account}:autoScalingGroup:${uuidOf(number)}:autoScalingGroupName/${own}`;
  return {
    ...USUAL,
    name,
    naming: 'reusable',
    creation: 'strict',
    async create(call) {
      const [own, tags] = called(call);
      const arn = arnOf(call, own);
      const record = recordOf(
        call,
        'autoscaling CreateAutoScalingGroup',
        {
          requestParameters: {
            autoScalingGroupName: own,
            tags: listed([...Object.entries(call.tags), ...tags]),
          },
        },
        by,
      );
      const isTaken = call.sandbox.hasResource(arn);
      if (!isTaken) return put(call, arn, record, by);
      const errorCode = 'AlreadyExistsFault';
      return { arn, record: { ...record, errorCode, errorMessage: 'It exists' } };
    },
    async remove(call, arn) {
      const [own] = called(call);
      call.sandbox.removeResource(arn);
      const content = { requestParameters: { autoScalingGroupName: own } };
      return { record: recordOf(call, 'autoscaling DeleteAutoScalingGroup', content) };
    },
  };
}

/** With the network interface that comes with it. */
function launched(): Kind {
  return {
    ...USUAL,
    name: 'launched instance',
    naming: 'unique',
    creation: 'idempotent',
    async create(call) {
      const { place, number, sandbox, tags, madeFor = '' } = call;
      const digits = number.toString(16).padStart(17, '0');
      const arn = (id: string) => `arn:aws:ec2:${place.region}:${place.account}:${id}`;
      const own = [
        ...Object.entries(tags),
        ['aws:autoscaling:groupName', madeFor.split('/').at(-1) ?? ''],
      ] as const;
      const record = recordOf(
        call,
        'ec2 RunInstances',
        {
          requestParameters: {
            tagSpecificationSet: { items: [{ resourceType: 'instance', tags: listed(own) }] },
          },
          responseElements: {
            instancesSet: {
              items: [
                {
                  instanceId: `i-${digits}`,
                  networkInterfaceSet: { items: [{ networkInterfaceId: `eni-${digits}` }] },
                },
              ],
            },
          },
        },
        'autoScaling',
      );
      const also = arn(`network-interface/eni-${digits}`);
      sandbox.putResource({ arn: also });
      return { ...put(call, arn(`instance/i-${digits}`), record, 'autoScaling'), also: [also] };
    },
    remove: stays,
  };
}

function cacheNode(): Kind {
  return {
    ...USUAL,
    name: 'cache node',
    naming: 'unique', // here it stays
    creation: 'strict',
    takesTags: false,
    async create({ clients, name, place }) {
      const command = new CreateCacheClusterCommand({
        CacheClusterId: name,
        Engine: 'redis',
        NumCacheNodes: 1,
      });
      await clients.elasticache.send(command);
      return { arn: `arn:aws:elasticache:${place.region}:${place.account}:cluster:${name}` };
    },
    remove: stays,
  };
}

/** Its primary is a node that somebody had made before. */
function replicationGroup(): Kind {
  return {
    ...USUAL,
    name: 'replication group',
    naming: 'unique',
    creation: 'strict',
    takesTags: false,
    async create({ clients, name, place, madeFor = '' }) {
      const command = new CreateReplicationGroupCommand({
        ReplicationGroupId: name,
        ReplicationGroupDescription: 'of a node',
        PrimaryClusterId: madeFor.split(':').at(-1),
      });
      await clients.elasticache.send(command);
      return { arn: `arn:aws:elasticache:${place.region}:${place.account}:replicationgroup:${name}` };
    },
    remove: stays,
  };
}

function stays(): Promise<never> {
  return Promise.reject(new Error('it stays'));
}

function put({ sandbox, tags }: Call, arn: string, record: EventRecord, by: ServiceName | undefined): Made {
  sandbox.putResource({ arn, tags });
  return { arn, record, ...(by && { by: arnOfService(record) }) };
}

function arnOfService({ userIdentity }: EventRecord): string {
  return (userIdentity as { readonly arn: string }).arn;
}

function recordOf(
  { sandbox, place, person }: Call,
  call: `${string} ${string}`,
  content: Readonly<Record<string, unknown>>,
  by?: ServiceName,
): EventRecord {
  const [source, eventName] = call.split(' ');
  return {
    eventVersion: '1.11',
    eventID: randomUUID(),
    eventTime: new Date(sandbox.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: `${source}.amazonaws.com`,
    eventName,
    awsRegion: place.region,
    recipientAccountId: place.account,
    userIdentity: by === undefined ? identityElement(person) : identityOfService(by, place.account),
    sourceIPAddress: by === undefined ? '192.0.2.7' : SERVICES[by][2],
    requestParameters: null,
    responseElements: null,
    ...content,
  };
}

function identityOfService(by: ServiceName, account: string): object {
  const [roleName, sessionName, invokedBy] = SERVICES[by];
  const element = identityElement({ account, type: 'AssumedRole', roleName, sessionName });
  return { ...element, invokedBy };
}

function uuidOf(number: number): string {
  return `0b1c2d3e-4f50-6172-8394-${String(number).padStart(12, '0')}`;
}

function listed(tags: readonly (readonly [string, string])[]) {
  return tags.map(([key, value]) => ({ key, value }));
}

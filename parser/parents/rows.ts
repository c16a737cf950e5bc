/**
 * The rows of parents, nearest maker first: of what made an instance and of what made that in turn, the request may name
 * both. A fleet comes after those that launch by means of one: Auto Scaling and EMR make a fleet for each launch, which
 * nobody asked for and which is gone at once. A stack comes last: it makes the group, and the group the instance.
 */
import type { ParentRow } from './row.ts';

/**
 * CloudTrail delivers within five minutes on average, and promises no time (CloudTrail user guide, "How CloudTrail works"); in
 * 33,377 delivered records the longest was 608 seconds. The parent's record may take as long, in another file.
 */
const DELIVERED_SECONDS = 20 * 60;

let rows: readonly ParentRow[] | undefined;

/** Made when the first creation is read: most files have none. */
export function parentRows(): readonly ParentRow[] {
  rows ??= [
    {
      resourceType: 'elasticmapreduce:cluster',
      arn: 'arn:{Partition}:elasticmapreduce:{Region}:{Account}:cluster/{ClusterId}',
      sources: ['ec2.amazonaws.com'],
      namedBy: [{ tag: 'aws:elasticmapreduce:job-flow-id', forms: ['{ClusterId}'] }],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'Amazon EMR Management Guide, "Tag and categorize Amazon EMR cluster resources": tags of the system on every instance of a cluster',
    },
    {
      resourceType: 'autoscaling:autoScalingGroup',
      arn: 'arn:{Partition}:autoscaling:{Region}:{Account}:autoScalingGroup:*:autoScalingGroupName/{GroupFriendlyName}',
      sources: ['ec2.amazonaws.com'],
      namedBy: [{ tag: 'aws:autoscaling:groupName', forms: ['{GroupFriendlyName}'] }],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'Amazon EC2 Auto Scaling User Guide, "Tag Auto Scaling groups and instances"; published records of RunInstances of 2023 and 2026 have it in the request, one of them beside the id of a fleet. Records of 2016 and 2017 name no group',
    },
    {
      resourceType: 'ecs:capacity-provider',
      arn: 'arn:{Partition}:ecs:{Region}:{Account}:capacity-provider/{CapacityProviderName}',
      sources: ['ec2.amazonaws.com'],
      namedBy: [{ tag: 'aws:ecs:capacityProviderName', forms: ['{CapacityProviderName}'] }],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'Amazon ECS Developer Guide, "Tagging Amazon ECS Managed Instances": tags of the system on each instance. The instances of a group that a capacity provider scales name that group',
    },
    {
      resourceType: 'ec2:fleet',
      arn: 'arn:{Partition}:ec2:{Region}:{Account}:fleet/{FleetId}',
      sources: ['ec2.amazonaws.com'],
      namedBy: [{ tag: 'aws:ec2:fleet-id', forms: ['{FleetId}'] }],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'Amazon EC2 User Guide, "EC2 Fleet": it adds the tag to the instances that it launches; in the request of a published record of RunInstances of 2023',
    },
    {
      resourceType: 'ec2:spot-fleet-request',
      arn: 'arn:{Partition}:ec2:{Region}:{Account}:spot-fleet-request/{SpotFleetRequestId}',
      sources: ['ec2.amazonaws.com'],
      namedBy: [{ tag: 'aws:ec2spot:fleet-request-id', forms: ['{SpotFleetRequestId}'] }],
      graceSeconds: DELIVERED_SECONDS,
      source: 'Amazon EC2 User Guide, "Spot Fleet": it adds the tag to the instances that it launches',
    },
    {
      resourceType: 'dlm:policy',
      arn: 'arn:{Partition}:dlm:{Region}:{Account}:policy/{ResourceName}',
      // Not of copies: the policy lies in the region that they are copied from, and the tag does not say which.
      calls: [
        'ec2.amazonaws.com CreateSnapshot',
        'ec2.amazonaws.com CreateSnapshots',
        'ec2.amazonaws.com CreateImage',
      ],
      namedBy: [{ tag: 'aws:dlm:lifecycle-policy-id', forms: ['{ResourceName}'] }],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'Amazon EBS User Guide, "How Amazon Data Lifecycle Manager works": tags of the system on snapshots and images',
    },
    {
      resourceType: 'cloud9:environment',
      arn: 'arn:{Partition}:cloud9:{Region}:{Account}:environment:{ResourceId}',
      sources: ['ec2.amazonaws.com', 'cloudformation.amazonaws.com'],
      namedBy: [{ tag: 'aws:cloud9:environment', forms: ['{ResourceId}'] }],
      graceSeconds: DELIVERED_SECONDS,
      source: 'AWS Cloud9 User Guide, "Tags": of the system, on the stack and what it makes',
    },
    {
      resourceType: 'cloudformation:stack',
      arn: 'arn:{Partition}:cloudformation:{Region}:{Account}:stack/{StackName}/{StackId}',
      namedBy: [
        {
          tag: 'aws:cloudformation:stack-id',
          forms: ['arn:{Partition}:cloudformation:{Region}:{Account}:stack/{StackName}/{StackId}'],
        },
      ],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'AWS CloudFormation Template Reference, "CloudFormation resource tagging"; in the request of a published record of ecs CreateCluster of 2022. Not all types get the tags: a record without them names no stack',
    },
    {
      resourceType: 'eks:nodegroup',
      arn: 'arn:{Partition}:eks:{Region}:{Account}:nodegroup/{ClusterName}/{NodegroupName}/{UUID}',
      calls: ['autoscaling.amazonaws.com CreateAutoScalingGroup', 'ec2.amazonaws.com CreateLaunchTemplate'],
      namedBy: [
        { tag: 'eks:cluster-name', forms: ['{ClusterName}'] },
        { tag: 'eks:nodegroup-name', forms: ['{NodegroupName}'] },
        {
          paths: [
            'requestParameters.autoScalingGroupName',
            'requestParameters.CreateLaunchTemplateRequest.LaunchTemplateName',
          ],
          forms: ['eks-{UUID}', 'eks-{NodegroupName}-{UUID}'],
        },
      ],
      services: ['eks-nodegroup.amazonaws.com'],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'Amazon EKS API Reference, "DescribeNodegroup" (the ARN of a node group ends with the id that its group is called by); published records of CreateAutoScalingGroup of 2020 and of groups called eks-NAME-ID of 2023',
    },
    {
      resourceType: 'batch:compute-environment',
      arn: 'arn:{Partition}:batch:{Region}:{Account}:compute-environment/{ComputeEnvironmentName}',
      calls: ['ecs.amazonaws.com CreateCluster'],
      namedBy: [
        {
          paths: ['requestParameters.clusterName'],
          forms: ['AWSBatch-{ComputeEnvironmentName}-{UUID}', '{ComputeEnvironmentName}_Batch_{UUID}'],
        },
      ],
      services: ['batch.amazonaws.com'],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'AWS Batch API Reference, "DescribeComputeEnvironments" (ecsClusterArn, older form); published outputs of the same call. Groups and templates that Batch makes tell no more than that they are of Batch',
    },
    {
      resourceType: 'elasticloadbalancing:loadbalancer/app',
      arn: 'arn:{Partition}:elasticloadbalancing:{Region}:{Account}:loadbalancer/{LoadBalancerType}/{LoadBalancerName}/{LoadBalancerId}',
      calls: ['ec2.amazonaws.com CreateNetworkInterface'],
      namedBy: [
        {
          paths: ['requestParameters.description'],
          forms: ['ELB {LoadBalancerType}/{LoadBalancerName}/{LoadBalancerId}'],
        },
      ],
      services: ['elasticloadbalancing.amazonaws.com'],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'Elastic Load Balancing User Guide, "Service-linked roles": it makes the network interfaces; their descriptions in published inventories',
    },
    {
      resourceType: 'lambda:function',
      arn: 'arn:{Partition}:lambda:{Region}:{Account}:function:{FunctionName}',
      calls: ['ec2.amazonaws.com CreateNetworkInterface'],
      namedBy: [
        {
          paths: ['requestParameters.description'],
          forms: ['AWS Lambda VPC ENI-{FunctionName}-{UUID}'],
        },
      ],
      services: ['lambda.amazonaws.com'],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC": it makes network interfaces, which functions with the same subnet and security groups share; their descriptions in published inventories',
    },
    {
      resourceType: 'eks:cluster',
      arn: 'arn:{Partition}:eks:{Region}:{Account}:cluster/{ClusterName}',
      sources: ['ec2.amazonaws.com', 'autoscaling.amazonaws.com', 'elasticloadbalancing.amazonaws.com'],
      namedBy: [{ tag: 'eks:eks-cluster-name', forms: ['{ClusterName}'] }],
      services: ['eks.amazonaws.com'],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'Amazon EKS User Guide, "AmazonEKSComputePolicy" (EKS Auto Mode); Karpenter documentation, "Upgrade guide" to 1.0 (Karpenter of one\'s own)',
    },
    {
      resourceType: 'eks:cluster',
      arn: 'arn:{Partition}:eks:{Region}:{Account}:cluster/{ClusterName}',
      sources: ['ec2.amazonaws.com'],
      namedBy: [{ tag: 'karpenter.sh/managed-by', forms: ['{ClusterName}'] }],
      graceSeconds: DELIVERED_SECONDS,
      source: 'Karpenter documentation, "Upgrade guide" to 1.0: the name of the cluster until then',
    },
    {
      resourceType: 'eks:cluster',
      arn: 'arn:{Partition}:eks:{Region}:{Account}:cluster/{ClusterName}',
      sources: ['ec2.amazonaws.com', 'autoscaling.amazonaws.com'],
      namedBy: [{ tag: 'eks:cluster-name', forms: ['{ClusterName}'] }],
      services: ['eks.amazonaws.com', 'eks-nodegroup.amazonaws.com'],
      graceSeconds: DELIVERED_SECONDS,
      source:
        'Amazon EKS User Guide, "Tag your resources": on what a node group is made of; published records of CreateAutoScalingGroup of 2020 and RunInstances of 2023',
    },
  ];
  return rows;
}

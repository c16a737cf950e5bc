/** A deployment as IAM sees it: the roles of its templates, resolved, with the documents that hang on them and who may assume them. */
import { ACCOUNT, REGION } from '../helpers/events.ts';
import type { Deployment } from '../infra/synthesized.ts';
import {
  backfillFunctionOf,
  type Resource,
  resolver,
  resource,
  resources,
  type Template,
} from '../infra/templates.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: object;
}

export interface Document {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

export interface Role {
  readonly arn: string;
  readonly trust: Document;
  readonly inline: readonly Document[];
  readonly managed: readonly Document[];
}

/** Where a template is deployed: what AWS itself gives, and parameters. */
export type Place = Readonly<Record<string, string>>;

export const HERE: Place = {};
export const IN_CHINA: Place = {
  'AWS::Partition': 'aws-cn',
  'AWS::Region': 'cn-north-1',
  'AWS::URLSuffix': 'amazonaws.com.cn',
};
export const IN_GOVCLOUD: Place = { 'AWS::Partition': 'aws-us-gov', 'AWS::Region': 'us-gov-west-1' };

export interface Deployed {
  readonly template: Template;
  /** By their names; of a role that has none, by its description. */
  role(name: string): Role;
  /** The variables of the function. */
  readonly environment: Readonly<Record<string, string>>;
  /** Those of the function of backfills; `undefined` where there is none. */
  readonly backfillEnvironment: Readonly<Record<string, string>> | undefined;
  /** What stands before `AWSLogs/` in the keys of a trail that is made here. */
  readonly prefix: string;
  /** What is encrypted with a key: the key's ARN. */
  readonly keys: Readonly<Record<'logs' | 'queues' | 'topic' | 'archive', string | undefined>>;
}

export function deployed({ templates }: Deployment, stack: string, place: Place = HERE): Deployed {
  const given = templates[stack];
  if (given === undefined) throw new Error(`there is no template of ${stack}: ${Object.keys(templates)}`);
  const resolve = resolver(given, place);
  const template = resolve(given) as Template;
  const [queue] = resources(template, 'AWS::SQS::Queue');
  const alerts = resources(template, 'AWS::SNS::Topic').find(({ Properties }) =>
    Properties.TopicName.endsWith('-alerts'),
  );
  const [trail] = resources(template, 'AWS::CloudTrail::Trail');
  return {
    template,
    prefix: trail?.Properties.S3KeyPrefix === undefined ? '' : `${trail.Properties.S3KeyPrefix}/`,
    role: (name) => roleOf(given, template, name, place),
    environment: resources(template, 'AWS::Lambda::Function')[0]?.Properties.Environment.Variables ?? {},
    backfillEnvironment: backfillFunctionOf(template)?.Properties.Environment.Variables,
    keys: {
      logs: trail?.Properties.KMSKeyId,
      queues: queue?.Properties.KmsMasterKeyId,
      topic: alerts?.Properties.KmsMasterKeyId,
      archive: resources(template, 'AWS::Athena::WorkGroup')[0]?.Properties.WorkGroupConfiguration
        .ResultConfiguration.EncryptionConfiguration.KmsKey,
    },
  };
}

function roleOf(given: Template, template: Template, name: string, place: Place): Role {
  const isNamed = ({ Properties }: Resource) =>
    Properties.RoleName === name || (Properties.RoleName === undefined && Properties.Description === name);
  const { Properties } = resource(template, 'AWS::IAM::Role', isNamed);
  const [id = ''] = Object.entries(template.Resources).find(([, one]) => one.Properties === Properties) ?? [];
  const account = place['AWS::AccountId'] ?? ACCOUNT;
  return {
    arn: `arn:${place['AWS::Partition'] ?? 'aws'}:iam::${account}:role${Properties.Path ?? '/'}${Properties.RoleName ?? id}`,
    trust: Properties.AssumeRolePolicyDocument,
    inline: (Properties.Policies ?? []).map((policy: Resource['Properties']) => policy.PolicyDocument),
    managed: Object.entries(given.Resources)
      .filter(([, one]) => one.Type === 'AWS::IAM::ManagedPolicy')
      .filter(([, one]) => JSON.stringify(one.Properties.Roles) === JSON.stringify([{ Ref: id }]))
      .map(([policy]) => template.Resources[policy]?.Properties.PolicyDocument),
  };
}

export function documentsOf({ inline, managed }: Role): readonly Document[] {
  return [...inline, ...managed];
}

export function regionOf(place: Place): string {
  return place['AWS::Region'] ?? REGION;
}

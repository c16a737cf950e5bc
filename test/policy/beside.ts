/** What must not be allowed beside what is granted, and what Lambda asks for, which no call of ours does. */
import type { Services } from '../../processor/file/services.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION, volumeArn } from '../helpers/events.ts';
import { ORGANIZATION, SETTINGS_KEY } from '../infra/deployments.ts';
import type { Asked } from './asked.ts';
import type { Deployed } from './deployed.ts';

export const FUNCTION_ROLE = 'auto-tagger-function';
export const TAG_KEYS = 'aws:TagKeys';
const OURS = { [TAG_KEYS]: ['CreatedBy'] };

/** What Lambda asks in the name of the role: of queues (Developer Guide, "Execution role permissions" of SQS), and for the log. */
export function askedOfLambda({ template, environment }: Deployed): readonly Asked[] {
  const queues = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping')
    .map(({ Properties }) => Properties.EventSourceArn as string);
  const name = environment.AWS_LAMBDA_FUNCTION_NAME ?? 'auto-tagger';
  const log = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/${name}:log-stream:2026`;
  const ask = (action: string, resource: string): Asked => ({
    action,
    resource,
    account: ACCOUNT,
    context: {},
  });
  return [
    ...queues.flatMap((queue) =>
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((action) =>
        ask(action, queue),
      ),
    ),
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ask(action, log)),
  ];
}

/** What must not be allowed, each for a reason of its own. */
export function beside({ environment, keys }: Deployed, isChosen: Services): readonly Asked[] {
  const { LOG_BUCKETS = '', RETRY_QUEUE_URL = '', DYNAMODB_TABLE = '', MEMBER_ROLE_NAME = '' } = environment;
  const log = `arn:aws:s3:::${LOG_BUCKETS}`;
  const queue = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
  const retry = RETRY_QUEUE_URL.split('/').at(-1) ?? '';
  const role = (name: string, account = OTHER_ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
  const table = (rest: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${rest}`;
  const ask = (action: string, resource: string, context: Asked['context'] = {}): Asked => ({
    action,
    resource,
    account: action === 'sts:AssumeRole' ? (resource.split(':')[4] ?? '') : ACCOUNT,
    context,
  });
  const inOrganization = { 'aws:ResourceOrgID': ORGANIZATION, 'sts:ExternalId': 'orders-7' };
  const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0a1b2c3d-9999-2222-3333-444455556666`;
  const ofKeys = [...Object.values(keys), SETTINGS_KEY, key].flatMap((each) =>
    each === undefined
      ? []
      : ['kms:Decrypt', 'kms:GenerateDataKey'].flatMap((action) => [
          ask(action, each),
          ask(action, each, { 'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com` }),
        ]),
  );
  const foreignKey = ['s3', 'sqs', 'sns', 'ssm'].map((service) =>
    ask('kms:Decrypt', key, {
      'kms:ViaService': `${service}.${REGION}.amazonaws.com`,
      'kms:EncryptionContext:PARAMETER_ARN': `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/tagging/team`,
    }),
  );
  return [
    ask('s3:GetObject', `${log}/secrets.json`),
    ask('s3:GetObject', `${log}/other/AWSLogs/x.json.gz`),
    ask('s3:GetObject', 'arn:aws:s3:::other/AWSLogs/x.json.gz'),
    ask('s3:GetObject', 'arn:aws:s3:::our-settings/other.json'),
    ask('s3:GetObjectVersion', `${log}/secrets.json`),
    ask('s3:PutObject', `${log}/AWSLogs/x.json.gz`),
    ask('s3:PutObject', `${log}/audit/AWSLogs/x.json.gz`),
    ask('s3:GetObject', 'arn:aws:s3:::our-manifests/runs/2026/journal/x.ndjson'),
    ask('s3:GetObject', 'arn:aws:s3:::our-manifests/runs/2026/report/manifest.json'),
    ask('s3:PutObject', 'arn:aws:s3:::our-manifests/runs/2026/run.json'),
    ask('s3:PutObject', 'arn:aws:s3:::our-manifests/runs/2026/report/manifest.json'),
    ask('s3:DeleteObject', 'arn:aws:s3:::our-manifests/runs/2026/journal/x.ndjson'),
    ask('s3:PutObject', 'arn:aws:s3:::our-archive/athena-results/x.csv'),
    ask('s3:AbortMultipartUpload', 'arn:aws:s3:::our-manifests/tagged/x.jsonl.gz'),
    ask('s3:GetObject', 'arn:aws:s3:::our-archive/tagged/x.jsonl.gz'),
    ask('s3:DeleteObject', 'arn:aws:s3:::our-archive/tagged/x.jsonl.gz'),
    ask('s3:ListBucket', 'arn:aws:s3:::our-archive', { 's3:prefix': 'tagged/' }),
    ask('s3:DeleteObject', `${log}/AWSLogs/x.json.gz`),
    ask('s3:DeleteObjectVersion', `${log}/audit/AWSLogs/x.json.gz`),
    ask('s3:ListBucket', log),
    ask('s3:ListBucket', log, { 's3:prefix': 'other/' }),
    ask('s3:ListBucket', 'arn:aws:s3:::other', { 's3:prefix': 'AWSLogs/' }),
    ask('s3:ListBucket', 'arn:aws:s3:::other', { 's3:prefix': 'audit/AWSLogs/' }),
    ask('s3:PutBucketTagging', 'arn:aws:s3:::bucket'),
    ask('sqs:ReceiveMessage', queue('auto-tagger-failures')),
    ask('sqs:ReceiveMessage', queue('auto-tagger-dead-letters')),
    ask('sqs:SendMessage', queue('orders')),
    ask('sqs:SendMessage', queue('auto-tagger-work')),
    ask('sqs:DeleteMessage', queue('orders')),
    ask('sqs:PurgeQueue', queue(retry)),
    ask('sns:Publish', `arn:aws:sns:${REGION}:${ACCOUNT}:orders`),
    ask('ssm:GetParameter', `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/tagging/other`),
    ask('ssm:GetParameter', `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/tagging/team`),
    ask('kms:Decrypt', SETTINGS_KEY, {
      'kms:ViaService': `ssm.${REGION}.amazonaws.com`,
      'kms:EncryptionContext:PARAMETER_ARN': `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/payroll/password`,
    }),
    ...ofKeys,
    ...foreignKey,
    ask('kms:GenerateDataKey', key, { 'kms:ViaService': `sqs.${REGION}.amazonaws.com` }),
    ask(
      'logs:PutLogEvents',
      `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/orders:log-stream:2026`,
    ),
    ask('dynamodb:PutItem', table('orders')),
    ask('dynamodb:DeleteItem', table(DYNAMODB_TABLE)),
    ask('dynamodb:Query', table(`${DYNAMODB_TABLE}/index/by-id`)),
    ask('sts:AssumeRole', role('admin'), inOrganization),
    ask('sts:AssumeRole', role(`${MEMBER_ROLE_NAME}-2`), inOrganization),
    ask('sts:AssumeRole', role('auto-tagger-2'), inOrganization),
    ask('sts:AssumeRole', role(MEMBER_ROLE_NAME, '123456789012'), {
      ...inOrganization,
      'aws:ResourceOrgID': 'o-z9y8x7w6v5',
    }),
    ask('iam:PassRole', role(FUNCTION_ROLE, ACCOUNT)),
    ask('lambda:InvokeFunction', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:auto-tagger`),
    ask('ec2:CreateTags', volumeArn(1), { ...OURS, 'ec2:CreateAction': 'CreateVolume' }),
    ask('ec2:DeleteTags', volumeArn(1), OURS),
    ask('elasticache:RemoveTagsFromResource', `arn:aws:elasticache:${REGION}:${ACCOUNT}:user:ann`, OURS),
    ask('ssm:AddTagsToResource', `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0123456789abcdef0`, OURS),
    ask('backup:TagResource', `arn:aws:ec2:${REGION}::snapshot/snap-0123456789abcdef0`, OURS),
    ask('apigateway:PUT', `arn:aws:apigateway:${REGION}::/restapis/abc`, OURS),
    ...(isChosen('iam') ? [] : [ask('iam:TagRole', role('admin', ACCOUNT), OURS)]),
  ];
}

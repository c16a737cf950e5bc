/** DynamoDB: tables, their tags and their items. A table that is being created is, for tagging, not there. */
import { AwsError } from '../aws-error.ts';
import type { Context, Input, Output, Service, TrailRow } from '../operation.ts';
import { awsJson } from '../protocols/json.ts';
import { hex } from '../random.ts';
import { TAG_RULES, type Tag } from '../rules/tag-rules.ts';
import type { Resource } from '../world.ts';
import {
  tagResource as addTags,
  newTags,
  openForTagging,
  ownResource,
  plainSpelling,
  toTagList,
} from './common.ts';
import { ITEM_OPERATIONS } from './dynamodb/items.ts';
import { checkSchema, createItems, type Table, tableArn, tableNotFound } from './dynamodb/table.ts';

const TAGS_PER_PAGE = 10;

const ofTable: TrailRow = {
  resources: ({ TableName, ResourceArn }, _, context) => [
    {
      type: 'AWS::DynamoDB::Table',
      arn: ResourceArn ? String(ResourceArn) : tableArn(context, String(TableName)),
    },
  ],
};

export const dynamodb: Service = {
  name: 'dynamodb',
  eventSource: 'dynamodb.amazonaws.com',
  eventVersion: '1.11',
  apiVersion: '2012-08-10',
  protocol: awsJson({ namespace: 'com.amazonaws.dynamodb.v20120810' }),
  unknownKey: ['UnrecognizedClientException', 400, 'The security token included in the request is invalid.'],
  denied: ['AccessDeniedException', 400],
  throttled: ['ThrottlingException', 400, 'Rate of requests exceeds the allowed throughput.'],
  spelling: plainSpelling('dynamodb'),
  operations: {
    CreateTable: { run: createTable, trail: ofTable },
    DescribeTable: { run: describeTable, trail: ofTable },
    DescribeTimeToLive: { run: describeTimeToLive, unrecorded: true },
    UpdateTimeToLive: { run: updateTimeToLive, unrecorded: true },
    DescribeContinuousBackups: { run: describeContinuousBackups, unrecorded: true },
    UpdateContinuousBackups: { run: updateContinuousBackups, unrecorded: true },
    DeleteTable: { run: deleteTable, trail: ofTable },
    TagResource: { run: tagResource, trail: ofTable },
    UntagResource: { run: untagResource, trail: ofTable },
    ListTagsOfResource: { run: listTagsOfResource, trail: ofTable },
    ...ITEM_OPERATIONS,
  },
};

function createTable(context: Context, input: Input & { TableName?: string; Tags?: readonly Tag[] }): Output {
  const { TableName = '', Tags, ...settings } = input;
  const arn = tableArn(context, TableName);
  if (ownResource(context, arn)) {
    throw new AwsError('ResourceInUseException', 400, `Table already exists: ${TableName}`);
  }
  checkSchema(settings);
  const { account, region, world } = context;
  const tags = newTags(TAG_RULES.dynamodb, Tags);
  const id = hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const table = world.add<Table>({
    arn,
    account,
    region,
    tags,
    details: { id, settings, items: createItems() },
  });
  return { TableDescription: { ...shown(context, table), TableStatus: 'CREATING' } };
}

function describeTable(context: Context, { TableName = '' }: { TableName?: string }): Output {
  return { Table: shown(context, open(context, TableName)) };
}

interface Named {
  readonly TableName?: string;
}

/** amazondynamodb/latest/APIReference/API_UpdateTimeToLive: at once here, within an hour there. */
function updateTimeToLive(
  context: Context,
  {
    TableName,
    TimeToLiveSpecification,
  }: Named & { TimeToLiveSpecification?: { AttributeName: string; Enabled: boolean } },
): Output {
  const { Enabled = false, AttributeName = '' } = TimeToLiveSpecification ?? {};
  open(context, TableName ?? '').details.expiresBy = Enabled ? AttributeName : undefined;
  return { TimeToLiveSpecification };
}

function describeTimeToLive(context: Context, { TableName }: Named): Output {
  const { expiresBy } = open(context, TableName ?? '').details;
  const on = { TimeToLiveStatus: 'ENABLED', AttributeName: expiresBy };
  return { TimeToLiveDescription: expiresBy === undefined ? { TimeToLiveStatus: 'DISABLED' } : on };
}

function updateContinuousBackups(
  context: Context,
  input: Named & { PointInTimeRecoverySpecification?: { PointInTimeRecoveryEnabled: boolean } },
): Output {
  const { PointInTimeRecoveryEnabled = false } = input.PointInTimeRecoverySpecification ?? {};
  open(context, input.TableName ?? '').details.canBeRecovered = PointInTimeRecoveryEnabled;
  return describeContinuousBackups(context, input);
}

function describeContinuousBackups(context: Context, { TableName }: Named): Output {
  const { canBeRecovered = false } = open(context, TableName ?? '').details;
  const PointInTimeRecoveryStatus = canBeRecovered ? 'ENABLED' : 'DISABLED';
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus },
    },
  };
}

function deleteTable(context: Context, { TableName = '' }: { TableName?: string }): Output {
  const table = open(context, TableName);
  context.world.remove(table.arn);
  return { TableDescription: { ...shown(context, table), TableStatus: 'DELETING' } };
}

function tagResource(
  context: Context,
  { ResourceArn = '', Tags = [] }: { ResourceArn?: string; Tags?: readonly Tag[] },
): undefined {
  addTags(TAG_RULES.dynamodb, openTags(context, ResourceArn), Tags);
}

function untagResource(
  context: Context,
  { ResourceArn = '', TagKeys = [] }: { ResourceArn?: string; TagKeys?: readonly string[] },
): undefined {
  const { tags } = openTags(context, ResourceArn);
  for (const key of TagKeys) tags.delete(key);
}

function listTagsOfResource(
  context: Context,
  { ResourceArn = '', NextToken = '0' }: { ResourceArn?: string; NextToken?: string },
): Output {
  const tags = toTagList(openTags(context, ResourceArn).tags);
  const end = Number(NextToken) + TAGS_PER_PAGE;
  return { Tags: tags.slice(Number(NextToken), end), ...(end < tags.length && { NextToken: String(end) }) };
}

function open(context: Context, name: string): Resource<Table> {
  const table = ownResource<Table>(context, tableArn(context, name));
  if (!table) throw tableNotFound(`: Table: ${name} not found`);
  return table;
}

/** The message is spelled so by AWS. It also answers so for a table whose status is not ACTIVE. */
function openTags(context: Context, arn: string): Resource {
  return openForTagging(context, arn, () => {
    return tableNotFound(`: ResourcArn: ${arn} not found`);
  });
}

function shown({ world }: Context, table: Resource<Table>) {
  const { AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes } =
    table.details.settings ?? {};
  return {
    AttributeDefinitions,
    TableName: table.name,
    KeySchema,
    GlobalSecondaryIndexes,
    TableStatus: world.isTaggable(table) ? 'ACTIVE' : 'CREATING',
    CreationDateTime: new Date(table.createdAt),
    ...(BillingMode === 'PAY_PER_REQUEST' && { BillingModeSummary: { BillingMode } }),
    TableSizeBytes: 0,
    ItemCount: 0,
    TableArn: table.arn,
    TableId: table.details.id,
  };
}

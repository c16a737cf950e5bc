/**
 * S3 Control: tags of buckets, access points and the like by ARN, added and removed one by one
 * (AmazonS3/latest/API/API_control_TagResource), and jobs of S3 Batch Operations (in the folder beside this file).
 */
import { parseArn } from '../arn.ts';
import { AwsError } from '../aws-error.ts';
import type { Call, Context, HttpRequest, Input, Service } from '../operation.ts';
import { type RestInput, type RestOutput, restXml } from '../protocols/rest-xml.ts';
import { readXml, unwrapSingles } from '../protocols/xml.ts';
import { TAG_RULES, type Tag } from '../rules/tag-rules.ts';
import type { Resource } from '../world.ts';
import { tagResource as addTags, hostOf, toTagList } from './common.ts';
import { s3 } from './s3.ts';
import { createJob, describeJob, updateJobStatus } from './s3-control/jobs.ts';

const PATH = '/v20180820/tags/{ResourceArn+}';
const JOBS = '/v20180820/jobs';

export const s3Control: Service = {
  name: 's3-control',
  eventSource: 's3.amazonaws.com',
  eventVersion: '1.11',
  protocol: restXml({
    routes: [
      { method: 'POST', path: PATH, operation: 'TagResource' },
      { method: 'GET', path: PATH, operation: 'ListTagsForResource' },
      { method: 'DELETE', path: PATH, operation: 'UntagResource' },
      { method: 'POST', path: JOBS, operation: 'CreateJob' },
      { method: 'GET', path: `${JOBS}/{JobId}`, operation: 'DescribeJob' },
      { method: 'POST', path: `${JOBS}/{JobId}/status`, operation: 'UpdateJobStatus' },
    ],
    namespace: 'http://awss3control.amazonaws.com/doc/2018-08-20/',
    wrapsErrors: true,
    itemName: (key) => (key === 'Tags' ? 'Tag' : 'member'),
  }),
  unknownKey: s3.unknownKey,
  denied: s3.denied,
  throttled: s3.throttled,
  spelling: {
    request: (input, call) => ({
      ...(call.operation === 'TagResource' && {
        TagResourceRequest: unwrapSingles({ Tags: { Tag: readTags(input.body as Buffer) } }),
      }),
      resourceArn: input.ResourceArn,
      accountId: call.account,
      Host: controlHost(input, call),
    }),
    response: () => null,
    host: controlHost,
    userAgent: (userAgent) => `[${userAgent}]`,
  },
  operations: {
    TagResource: { run: tagResource },
    ListTagsForResource: { run: listTagsForResource },
    UntagResource: { run: untagResource },
    CreateJob: { run: createJob, unrecorded: true },
    DescribeJob: { run: describeJob, unrecorded: true },
    UpdateJobStatus: { run: updateJobStatus, unrecorded: true },
  },
};

type TaggingInput = RestInput & { readonly ResourceArn: string };

function tagResource(context: Context, input: TaggingInput): RestOutput {
  addTags(TAG_RULES['s3-control'], openResource(context, input), readTags(input.body));
  return { status: 204 };
}

function listTagsForResource(context: Context, input: TaggingInput): RestOutput {
  return { body: ['ListTagsForResourceResult', { Tags: toTagList(openResource(context, input).tags) }] };
}

function untagResource(context: Context, input: TaggingInput): RestOutput {
  const { tags } = openResource(context, input);
  for (const key of input.query.getAll('tagKeys')) tags.delete(key);
  return { status: 204 };
}

/**
 * AmazonS3/latest/API/ErrorResponses, "S3 tagging error codes": NoSuchResource; InvalidRequest where partition, account
 * or region are not those of the request.
 */
function openResource(
  { world, account, partition, region }: Context,
  { ResourceArn, headers }: TaggingInput,
): Resource {
  const arn = parseArn(ResourceArn);
  const inRequest = headers['x-amz-account-id'] ?? account;
  if (arn?.service !== 's3' || arn.partition !== partition || inRequest !== account) {
    throw new AwsError(
      'InvalidRequest',
      400,
      'The request is invalid: partition or account do not match the resource',
    );
  }
  const resource = world.resources.get(ResourceArn);
  if (!resource || !world.isTaggable(resource)) {
    throw new AwsError('NoSuchResource', 404, 'The specified resource does not exist.');
  }
  if (resource.account !== account) throw new AwsError('AccessDenied', 403, 'Access Denied');
  if (resource.region === region) return resource;
  throw new AwsError(
    'InvalidRequest',
    400,
    `The request is invalid: the resource is not in the region ${region}`,
  );
}

function readTags(body: Buffer): readonly Tag[] {
  const { TagResourceRequest } = readXml(body.toString()) as {
    TagResourceRequest?: { Tags?: { Tag?: Tag[] } };
  };
  return TagResourceRequest?.Tags?.Tag ?? [];
}

function controlHost(_: Input, call: Call): string {
  return `${call.account}.${hostOf('s3-control', call)}`;
}

/** Whether a request that is signed for S3 goes to S3 Control. */
export const isS3Control = ({ path }: HttpRequest): boolean => path.startsWith('/v20180820/');

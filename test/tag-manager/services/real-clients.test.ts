/**
 * Our requests beside those of the SDK's own clients, byte for byte, signatures included; what the clients make of an
 * error beside what we make of it.
 */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { HttpRequest } from '@smithy/types';
import { partitionOf } from '../../../parser/partition.ts';
import type { Protocol } from '../../../tag-manager/apis/api.ts';
import { apiNamed, apiNames } from '../../../tag-manager/apis/apis.ts';
import { readFailure } from '../../../tag-manager/calls/call-failure.ts';
import { sendCall } from '../../../tag-manager/services/service-call.ts';
import { serviceTarget } from '../../../tag-manager/taggers/row-tagger.ts';
import { ACCOUNT, ARN, ID, REAL, REGION, TAGS } from './real-clients.ts';
import { configFor, type RecordedAnswer, type RecordingCalls, recordingCalls, textOf } from './recorded.ts';

/** Codes as they stand on the wire: modelled ones, those that every service has, and one that nobody knows. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  'sns:TagResource': ['ResourceNotFound', 'TagLimitExceeded', 'StaleTag', 'AuthorizationError'],
  'rds:AddTagsToResource': [
    'DBInstanceNotFound',
    'InvalidDBInstanceState',
    'DBProxyTargetGroupNotFoundFault',
  ],
  'elasticache:AddTagsToResource': [
    'CacheClusterNotFound',
    'InvalidReplicationGroupState',
    'InvalidParameterValue',
  ],
  'autoscaling:CreateOrUpdateTags': ['LimitExceeded', 'ResourceContention', 'ResourceInUse'],
  'ec2:CreateTags': ['InvalidInstanceID.NotFound', 'TagLimitExceeded', 'RequestLimitExceeded'],
  'dynamodb:TagResource': ['ResourceNotFoundException', 'LimitExceededException', 'ResourceInUseException'],
  'stepfunctions:TagResource': ['ResourceNotFound', 'TooManyTags', 'InvalidArn'],
  'kms:TagResource': ['NotFoundException', 'KMSInvalidStateException', 'TagException'],
  'efs:TagResource': ['FileSystemNotFound', 'BadRequest', 'InternalServerError'],
  'lambda:TagResource': ['ResourceNotFoundException', 'ResourceConflictException', 'ServiceException'],
  's3control:TagResource': ['NoSuchResource', 'TooManyTags', 'AccessDenied', 'SlowDown'],
  'route53:ChangeTagsForResource:hostedzone': ['NoSuchHostedZone', 'PriorRequestNotComplete', 'InvalidInput'],
  'sqs:TagQueue': [],
};

const { signal } = new AbortController();

beforeAll(() => {
  jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-20T10:00:00Z'));
});
afterAll(() => {
  jest.restoreAllMocks();
});

test('there are clients of every protocol', () => {
  const protocols = new Set(apiNames().map((name) => apiNamed(name).service.protocol));
  expect(new Set(REAL.map(({ api }) => apiNamed(api).service.protocol))).toEqual(protocols);
});

describe.each(REAL)('$api', ({ api: name, client, ...commands }) => {
  const api = apiNamed(name);
  const partition = partitionOf(REGION);
  if (partition === undefined) throw new Error(`${REGION} is no region`);
  const target = serviceTarget(
    [{ arn: ARN, id: ID, type: '', partition, account: ACCOUNT, region: REGION }],
    new Map(Object.entries(TAGS)),
  );
  const ours = recordingCalls(signDeterministically);
  const theirs: Pick<RecordingCalls, 'sent' | 'answer'> = { sent: [], answer: ours.answer };
  const realClient = new client(configFor(REGION, theirs));
  signDeterministically(realClient);

  async function sendBoth(call: 'write' | 'read' | 'remove', answer: RecordedAnswer) {
    ours.answer = answer;
    theirs.answer = answer;
    ours.sent.length = 0;
    theirs.sent.length = 0;
    return await Promise.allSettled([
      sendCall(ours, api, api[call], target, signal),
      realClient.send(commands[call]?.() as never),
    ]);
  }

  test.each(['write', 'read', 'remove'] as const)('%s goes out as that of the client', async (call) => {
    if (commands[call] === undefined) return;
    const body = isXml(api.service.protocol) ? '<Answer/>' : '{}';
    const both = await sendBoth(call, { status: 200, headers: {}, body });
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(bytesOf(ours.sent[0])).toEqual(bytesOf(theirs.sent[0]));
  });

  test.each(errorsOf(name, api.service.protocol))(
    '%s is the error that the client makes of it',
    async (_, answer) => {
      const [mine, real] = await sendBoth('write', answer);
      if (mine.status !== 'rejected' || real.status !== 'rejected') throw new Error('an error was no error');
      expect(factsOf(mine.reason)).toEqual(factsOf(real.reason));
      expect(readFailure(mine.reason, api.failures)).toEqual(readFailure(real.reason, api.failures));
    },
  );
});

interface Stack {
  addRelativeTo(
    middleware: (next: (args: Built) => unknown) => (args: Built) => unknown,
    place: { readonly relation: 'before'; readonly toMiddleware: string; readonly name: string },
  ): void;
}

interface Built {
  readonly request: HttpRequest;
}

/** Without what is another for each request, and what names the client. */
function signDeterministically(client: object): void {
  const { middlewareStack } = client as { readonly middlewareStack: Stack };
  middlewareStack.addRelativeTo(
    (next) => (args) => {
      const { headers } = args.request;
      for (const name of Object.keys(headers)) {
        if (/^(amz-sdk-(invocation-id|request)|(x-amz-)?user-agent)$/.test(name)) delete headers[name];
      }
      return next(args);
    },
    { relation: 'before', toMiddleware: 'httpSigningMiddleware', name: 'deterministic' },
  );
}

function bytesOf(request: HttpRequest | undefined) {
  if (request === undefined) throw new Error('nothing was sent');
  const { method, protocol, hostname, port, path, query, headers, body } = request;
  return { method, protocol, hostname, port, path, query, headers: { ...headers }, body: textOf(body) };
}

function factsOf(error: unknown) {
  const { name, message, $metadata, $retryable } = error as Record<string, unknown>;
  return { name, message, $metadata, $retryable };
}

function isXml(protocol: Protocol): boolean {
  return protocol === 'ec2' || protocol === 'query' || protocol === 'rest-xml';
}

function errorsOf(
  api: string,
  protocol: Protocol,
): readonly (readonly [code: string, answer: RecordedAnswer])[] {
  const everywhere = ['AccessDeniedException', 'ThrottlingException', 'Unheard.OfError'];
  const answers = [...(CODES[api] ?? []), ...everywhere].flatMap((code) =>
    [400, 503].map((status) => [`${code} (${status})`, errorAnswer(code, status, protocol)] as const),
  );
  if (api !== 'sqs:TagQueue') return answers;
  // Errors of SQS have a second name, in a header: the one from when it spoke the query protocol.
  const withHeader = ['AWS.SimpleQueueService.NonExistentQueue;Sender', 'AccessDenied;Sender'].map(
    (header) => {
      const answer = errorAnswer('com.amazonaws.sqs#QueueDoesNotExist', 400, protocol);
      return [header, { ...answer, headers: { ...answer.headers, 'x-amzn-query-error': header } }] as const;
    },
  );
  return [...answers, ...withHeader];
}

function errorAnswer(code: string, status: number, protocol: Protocol): RecordedAnswer {
  const id = { 'x-amzn-requestid': 'request-1' };
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>it is "so"</Message></Error>`;
  switch (protocol) {
    case 'ec2':
      return {
        status,
        headers: id,
        body: `<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>`,
      };
    case 'query':
    case 'rest-xml':
      return { status, headers: id, body: `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>` };
    case 'rest-json':
      return {
        status,
        headers: { ...id, 'x-amzn-errortype': `${code}:http://internal/` },
        body: '{"Message":"it is so"}',
      };
    default:
      return { status, headers: id, body: JSON.stringify({ __type: code, message: 'it is so' }) };
  }
}

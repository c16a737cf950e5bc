/**
 * Every tagging API, in three partitions: what we send is what AWS's own client for Python sends, and what it is answered
 * reads back as the tags.
 */
import { describe, expect, test } from '@jest/globals';
import type { HttpRequest } from '@smithy/types';
import { parseArn } from '../../../parser/arn.ts';
import { partitionOf } from '../../../parser/partition.ts';
import type { Operation } from '../../../tag-manager/apis/api.ts';
import { apiNamed, apiNames } from '../../../tag-manager/apis/apis.ts';
import { readCall, sendCall } from '../../../tag-manager/services/service-call.ts';
import { serviceTarget } from '../../../tag-manager/taggers/row-tagger.ts';
import {
  type PlainRequest,
  plainRecorded,
  plainSent,
  RECORDED,
  type RecordedAnswer,
  type RecordedCalls,
  type RecordedRequest,
  recordingCalls,
} from './recorded.ts';

const { signal } = new AbortController();

const recording = recordingCalls();

/** Where we differ from the recording on purpose. */
const EXCEPTIONS: readonly (readonly [
  why: string,
  api: RegExp,
  call: RegExp,
  (plain: PlainRequest) => PlainRequest,
])[] = [
  [
    'the host of the region, which serves all accounts, in place of one for each account',
    /^kinesis:/,
    /./,
    (plain) => ({ ...plain, host: plain.host.replace(/^\d{12}\.control-kinesis\./, 'kinesis.') }),
  ],
  [
    'the ARN in place of the name: a name may end as the random part of an ARN does',
    /^secretsmanager:/,
    /^read$/,
    (plain) => ({ ...plain, body: { SecretId: expect.stringMatching(/^arn:/) } }),
  ],
  [
    'the host of the queue as it is named in China',
    /^sqs:/,
    /^(write|read)$/,
    ({ body, ...plain }) => {
      const { QueueUrl, ...others } = body as { QueueUrl: string };
      return {
        ...plain,
        body: { ...others, QueueUrl: QueueUrl.replace(/(\.cn-north-1\.amazonaws\.com)\//, '$1.cn/') },
      };
    },
  ],
  [
    'no token against repetition: adding the same tags twice is adding them',
    /^workspaces-web:/,
    /^write$/,
    ({ body, ...plain }) => {
      const { clientToken, ...others } = body as { clientToken: string };
      return { ...plain, body: others };
    },
  ],
];

describe.each(RECORDED.apis)('$api', ({ api: name, regions }) => {
  const api = apiNamed(name);

  test('sends what was recorded in every partition', async () => {
    for (const [region, calls] of Object.entries(regions)) {
      for (const [call, recorded] of Object.entries(calls)) {
        if (typeof recorded === 'string') continue;
        const plain = plainSent(await send(operationOf(call), region, calls, call, recorded.answer));
        expect({ region, call, ...plain }).toEqual({ region, call, ...expected(call, recorded) });
      }
    }
  });

  test('reads the tags back', async () => {
    for (const [region, calls] of Object.entries(regions)) {
      recording.answer = (calls.read as RecordedRequest).answer ?? recording.answer;
      const { tags } = await readCall(recording, api, api.read, targetOf(region, calls), signal);
      const found = Object.fromEntries(tags.map(({ key, value }) => [key, value]));
      expect({ region, found }).toEqual({ region, found: RECORDED.tags });
    }
  });

  function operationOf(call: string): Operation {
    if (call === 'write' || call === 'read' || call === 'remove') return api[call];
    const operation = api.createdAt[call.replace(/^createdAt /, '')];
    if (operation === undefined) throw new Error(`${name} has no ${call}`);
    return operation;
  }

  function expected(call: string, recorded: RecordedRequest): PlainRequest {
    return EXCEPTIONS.filter(([, apis, calls]) => apis.test(name) && calls.test(call)).reduce(
      (plain, [, , , change]) => change(plain),
      plainRecorded(recorded),
    );
  }

  async function send(
    operation: Operation,
    region: string,
    calls: RecordedCalls,
    call: string,
    answer: RecordedAnswer = { status: 200, headers: {}, body: isXml() ? '<Answer/>' : '{}' },
  ): Promise<HttpRequest> {
    recording.answer = answer;
    recording.sent.length = 0;
    await sendCall(recording, api, operation, targetOf(region, calls, call), signal);
    expect(recording.sent).toHaveLength(1);
    return recording.sent[0] as HttpRequest;
  }

  function isXml(): boolean {
    return ['ec2', 'query', 'rest-xml'].includes(api.service.protocol);
  }

  function targetOf(region: string, { arn }: RecordedCalls, call = 'read') {
    const partition = partitionOf(region);
    if (partition === undefined) throw new Error(`${region} is no region`);
    const id = api.service.sdkId === 'SQS' ? RECORDED.queue : RECORDED.id;
    const { account } = RECORDED;
    const target = { arn, id, type: parseArn(arn)?.service ?? '', partition, account, region };
    const tags =
      call === 'remove' ? RECORDED.removed.map((key) => [key, ''] as const) : Object.entries(RECORDED.tags);
    return serviceTarget([target], new Map(tags));
  }
});

test('every API has a recording, and every recording an API', () => {
  expect(RECORDED.apis.map(({ api }) => api).sort()).toEqual([...apiNames()].sort());
});

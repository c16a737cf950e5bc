/** Whatever an id of a record looks like, it stays what the call is about: it leads to no other host, path or parameter. */
import { expect, test } from '@jest/globals';
import type { HttpRequest } from '@smithy/types';
import { partitionOf } from '../../../parser/partition.ts';
import type { Api, Operation } from '../../../tag-manager/apis/api.ts';
import { apiNamed, apiNames } from '../../../tag-manager/apis/apis.ts';
import { sendCall } from '../../../tag-manager/services/service-call.ts';
import { serviceTarget } from '../../../tag-manager/taggers/row-tagger.ts';
import { type PlainRequest, plainSent, recordingCalls } from './recorded.ts';

const REGION = 'eu-west-1';
const ACCOUNT = '111122223333';
const PLAIN = 'plain';

/** Far worse than what the forms of ids let through. */
const HOSTILE = `x/../../y?z=1&$id#f%2F..%2e@host.example<&>"';= +é\\{name}`;

const { signal } = new AbortController();
const recording = recordingCalls();

async function sent(api: Api, operation: Operation, id: string): Promise<HttpRequest> {
  const partition = partitionOf(REGION);
  if (partition === undefined) throw new Error(`${REGION} is no region`);
  const arn = `arn:aws:svc:${REGION}:${ACCOUNT}:thing/${id}`;
  const target = { arn, id, type: 'svc:thing', partition, account: ACCOUNT, region: REGION };
  const isXml = ['ec2', 'query', 'rest-xml'].includes(api.service.protocol);
  recording.answer = { status: 200, headers: {}, body: isXml ? '<Answer/>' : '{}' };
  recording.sent.length = 0;
  await sendCall(recording, api, operation, serviceTarget([target], new Map([['Key', 'value']])), signal);
  return recording.sent[0] as HttpRequest;
}

/** What stands anywhere in a request, decoded. */
function textsIn({ path, query, body }: PlainRequest): string[] {
  const leaves = (value: unknown): string[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [String(value)];
  return [decodeURIComponent(path), ...query, ...leaves(body)];
}

test('an id that is made to lead elsewhere leads to the same host, and below the same path', async () => {
  const astray: string[] = [];
  for (const api of apiNames().map(apiNamed)) {
    for (const operation of [
      api.write,
      api.read,
      api.remove,
      ...Object.values(api.createdAt),
      ...Object.values(api.members),
    ]) {
      const plain = await sent(api, operation, PLAIN);
      const hostile = await sent(api, operation, HOSTILE);
      const label = `${api.name} ${operation.call}`;
      if (hostile.hostname !== plain.hostname || hostile.port !== plain.port) astray.push(`${label}: host`);
      if (!/^(?:[\w\-.~!$&'()*+,;=:@/]|%[0-9A-F]{2})*$/.test(hostile.path)) astray.push(`${label}: path`);
      const isGreedy = operation.http?.includes('+}');
      const parts = [plain, hostile].map(({ path }) => path.split('/').length);
      if (!isGreedy && parts[0] !== parts[1]) astray.push(`${label}: ${hostile.path}`);
      const members = [plain, hostile].map(({ query }) => Object.keys(query ?? {}).join());
      if (members[0] !== members[1]) astray.push(`${label}: query`);
      if (!textsIn(plainSent(hostile)).some((text) => text.includes(HOSTILE))) astray.push(`${label}: lost`);
    }
  }
  expect(astray).toEqual([]);
});

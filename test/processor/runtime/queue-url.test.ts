/** URLs of queues: which queue each names, and that no host but one of SQS is taken. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { QueueUrlError, readQueueUrl } from '../../../processor/runtime/queue-url.ts';

const ACCOUNT = '111122223333';
const AWS = { endpointHosts: [], region: 'eu-west-1' };
const SANDBOX = { endpointHosts: ['127.0.0.1:4566', 'vpce-0a1b.sqs.corp.example'], region: 'eu-west-1' };

const hosts = ['eu-west-1', 'us-gov-west-1', 'cn-north-1'].flatMap((region) =>
  [false, true].flatMap((useFipsEndpoint) =>
    [false, true].map((useDualstackEndpoint) => {
      const client = new SQSClient({ region, useFipsEndpoint, useDualstackEndpoint });
      const { url } = client.config.endpointProvider({
        Region: region,
        UseFIPS: useFipsEndpoint,
        UseDualStack: useDualstackEndpoint,
      });
      client.destroy();
      return [url.host, region] as const;
    }),
  ),
);

test.each([
  ...hosts,
  ['eu-west-1.queue.amazonaws.com', 'eu-west-1'],
  ['cn-north-1.queue.amazonaws.com.cn', 'cn-north-1'],
  ['queue.amazonaws.com', 'us-east-1'],
  ['vpce-0a1b2c3d-4e5f.sqs.eu-west-1.vpce.amazonaws.com', 'eu-west-1'],
  ['vpce-0a1b2c3d-4e5f-eu-west-1a.sqs.eu-west-1.vpce.amazonaws.com', 'eu-west-1'],
])('%s is SQS in %s', (host, region) => {
  const url = `https://${host}/${ACCOUNT}/retries`;
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  expect(readQueueUrl(url, AWS)).toEqual({
    url,
    region,
    arn: `arn:${partition}:sqs:${region}:${ACCOUNT}:retries`,
  });
});

test('what stands in for AWS is where the environment says that we are', () => {
  const url = `http://127.0.0.1:4566/${ACCOUNT}/retries`;
  expect(readQueueUrl(url, SANDBOX)).toMatchObject({ arn: `arn:aws:sqs:eu-west-1:${ACCOUNT}:retries` });
  expect(readQueueUrl(`https://vpce-0a1b.sqs.corp.example/${ACCOUNT}/q`, SANDBOX).region).toBe('eu-west-1');
});

describe('refused, with the reason', () => {
  const example = 'the URL of a queue such as https://sqs.eu-west-1.amazonaws.com/111122223333/name';
  test.each([
    ['retries', `expected ${example}`],
    ['', `expected ${example}`],
    ['file:///etc/passwd', `expected ${example}`],
    [`http://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/retries`, `expected ${example}`],
    [`arn:aws:sqs:eu-west-1:${ACCOUNT}:retries`, `expected ${example}`],
    ...[
      'sqs.eu-west-1.amazonaws.com.evil.example',
      'sqs.nowhere.amazonaws.com',
      'sqs.eu-west-1.amazonaws.com.cn',
      'sqs.cn-north-1.amazonaws.com',
      'sns.eu-west-1.amazonaws.com',
      'evil.example',
      'sqs.eu-west-1.amazonaws.com:8443',
      'evil.example.sqs.eu-west-1.vpce.amazonaws.com',
      '127.0.0.1:4566',
    ].map((host) => [`https://${host}/${ACCOUNT}/retries`, `${host} is no host of SQS: expected ${example}`]),
    ...[
      '',
      '/',
      '/retries',
      '/1111/retries',
      `/${ACCOUNT}/`,
      `/${ACCOUNT}/a/b`,
      `/${ACCOUNT}/a.b`,
      `/${ACCOUNT}/a?b`,
    ].map((path) => [
      `https://sqs.eu-west-1.amazonaws.com${path}`,
      `expected an account of 12 digits and the name of a queue, as in ${example}`,
    ]),
    [
      `https://user@sqs.eu-west-1.amazonaws.com/${ACCOUNT}/retries`,
      `expected an account of 12 digits and the name of a queue, as in ${example}`,
    ],
    [
      `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/${'q'.repeat(81)}`,
      `expected an account of 12 digits and the name of a queue, as in ${example}`,
    ],
  ])('%s', (url = '', message = '') => {
    expect(() => readQueueUrl(url, AWS)).toThrow(new QueueUrlError(message));
  });
});

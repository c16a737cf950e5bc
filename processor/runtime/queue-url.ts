/**
 * The URL of an SQS queue, read and checked: which queue it is, and that nobody but SQS is behind its host. The
 * SDK sends to whatever host the URL names.
 */
import { type Partition, partitionOf } from '../../parser/partition.ts';

export interface SqsQueue {
  readonly url: string;
  readonly arn: string;
  readonly region: string;
}

/** What a URL alone does not tell. */
export interface QueueSurroundings {
  /** Host and port of what stands in for AWS (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_SQS`). */
  readonly endpointHosts: readonly string[];
  /** Where such a host is. */
  readonly region: string;
}

/** A URL that is not that of an SQS queue; the message says why. */
export class QueueUrlError extends Error {
  override readonly name = 'QueueUrlError';
}

/** Amazon SQS Developer Guide, "Amazon SQS message quotas": a name has up to 80 characters. */
const QUEUE_PATH = /^\/(?<account>\d{12})\/(?<name>(?=.{1,80}$)[A-Za-z0-9_-]+(\.fifo)?)$/;

/** Throws QueueUrlError. */
export function readQueueUrl(url: string, { endpointHosts, region }: QueueSurroundings): SqsQueue {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isEndpoint = parsed !== undefined && endpointHosts.includes(parsed.host);
  const isWeb = parsed?.protocol === 'https:' || (isEndpoint && parsed.protocol === 'http:');
  if (parsed === undefined || !isWeb) throw new QueueUrlError(`expected ${EXAMPLE}`);
  const hostRegion = isEndpoint ? region : regionOfHost(parsed.host);
  if (hostRegion === undefined) {
    throw new QueueUrlError(`${parsed.host} is no host of SQS: expected ${EXAMPLE}`);
  }
  const { account, name } = QUEUE_PATH.exec(parsed.pathname)?.groups ?? {};
  const isBare = parsed.search === '' && parsed.hash === '' && parsed.username === '';
  if (account === undefined || name === undefined || !isBare) {
    throw new QueueUrlError(`expected an account of 12 digits and the name of a queue, as in ${EXAMPLE}`);
  }
  const partition = partitionOf(hostRegion)?.name ?? 'aws';
  return { url, arn: `arn:${partition}:sqs:${hostRegion}:${account}:${name}`, region: hostRegion };
}

const EXAMPLE = 'the URL of a queue such as https://sqs.eu-west-1.amazonaws.com/111122223333/name';

/** In us-east-1 only. */
const OLDEST_HOST = 'queue.amazonaws.com';

/** AWS General Reference, "Amazon SQS endpoints and quotas"; SQS Developer Guide, "VPC endpoints". */
function regionOfHost(host: string): string | undefined {
  if (host === OLDEST_HOST) return 'us-east-1';
  const region = host.split('.').find((label) => partitionOf(label) !== undefined);
  const partition = region === undefined ? undefined : partitionOf(region);
  if (region === undefined || partition === undefined) return undefined;
  const { dnsSuffix } = partition;
  const dualStack = DUAL_STACK_SUFFIX[partition.name];
  const hosts = [
    `sqs.${region}.${dnsSuffix}`,
    `sqs-fips.${region}.${dnsSuffix}`,
    `sqs.${region}.${dualStack}`,
    `sqs-fips.${region}.${dualStack}`,
    `${region}.${OLDEST_HOST}${dnsSuffix.endsWith('.cn') ? '.cn' : ''}`,
  ];
  const isEndpointOfVpc = host.startsWith('vpce-') && host.endsWith(`.sqs.${region}.vpce.${dnsSuffix}`);
  return hosts.includes(host) || isEndpointOfVpc ? region : undefined;
}

/** As in the SDK's endpoint rules (@aws-sdk/util-endpoints, partitions.json, `dualStackDnsSuffix`). */
const DUAL_STACK_SUFFIX: Readonly<Record<Partition['name'], string>> = {
  aws: 'api.aws',
  'aws-cn': 'api.amazonwebservices.com.cn',
  'aws-us-gov': 'api.aws',
};

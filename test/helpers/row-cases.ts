/** A resource in the sandbox, and a record that tells of it, for each row of the catalogue. */
import { recordOfRow } from '../../fixtures/record-of-row.ts';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT } from './events.ts';
import { serviceOfApi, signingRegionOf } from './tagging-table.ts';

/** Somebody else's tag, which is there before ours. */
export const FOREIGN = { Team: 'blue' };

/** Services that the sandbox models are found at a local address, all others at their own hosts. */
export function onlyAtModelled(endpoint: string): void {
  delete process.env.AWS_ENDPOINT_URL;
  for (const service of [
    'DYNAMODB',
    'EC2',
    'ELASTICACHE',
    'LAMBDA',
    'RDS',
    'S3',
    'S3_CONTROL',
    'SNS',
    'SQS',
    'STS',
  ]) {
    process.env[`AWS_ENDPOINT_URL_${service}`] = endpoint;
  }
}

/** Rows that a partition has: a global service that has no region there is not there. */
export const rowsIn = (region: string): readonly CatalogueRow[] =>
  catalogue().filter(({ regions }) => regions === undefined || partitionOf(region) in regions);

function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/**
 * Services that are in one region only, though the SDK would look for them in any (AWS General Reference, "Service
 * endpoints"); whose resources are then there wherever the call was made from.
 */
const ONLY_IN: Readonly<Record<string, string>> = {
  chatbot: 'us-east-2',
  cur: 'us-east-1',
  devicefarm: 'us-west-2',
  'ecr-public': 'us-east-1',
  globalaccelerator: 'us-west-2',
  'partnercentral-account': 'us-east-1',
  'partnercentral-benefits': 'us-east-1',
  'partnercentral-selling': 'us-east-1',
  'route53-recovery-readiness': 'us-west-2',
  route53domains: 'us-east-1',
};
/** Of Lightsail, only domains. */
const homeOf = ({ api }: CatalogueRow, region: string): string =>
  api === 'lightsail:TagResource:Domain'
    ? 'us-east-1'
    : (ONLY_IN[serviceOfApi(api)] ?? signingRegionOf(api, region));

/** Types whose ids do not stand at the end of their ARNs: the record has them, and the service knows them. */
const CALLED_APART: ReadonlySet<string> = new Set([
  'ec2:key-pair',
  'ec2:placement-group',
  'lightsail:Bucket',
  'lightsail:Certificate',
  'lightsail:ContainerService',
  'lightsail:Distribution',
  'lightsail:KeyPair',
  'ssm:parameter',
]);

export interface Case {
  readonly row: CatalogueRow;
  readonly arn: string;
  /** What the tag call wants. */
  readonly tagId: string;
  readonly record: Readonly<Record<string, unknown>>;
  /** Where the service keeps it. */
  readonly home: string;
}

/** Tells all resources of a test file apart. */
let numbers = 0;

export const nextNumber = (): number => ++numbers;

/** All rows of a region, their resources put into the sandbox. */
export function putCases(sandbox: Sandbox, region: string, rows = rowsIn(region)): readonly Case[] {
  return rows.map((row) => {
    const { record, arn: said, tagId } = recordOfRow(row, { region, account: ACCOUNT, number: nextNumber() });
    const arn = said.replace('*', 'o-untold'); // what no record tells
    const home = homeOf(row, region);
    if (arn.includes(':s3:::')) {
      sandbox.putBucket({ name: arn.split(':').at(-1) ?? '', account: ACCOUNT, region: home });
      sandbox.putTags(arn, FOREIGN);
    } else {
      const id = CALLED_APART.has(row.resourceType) ? tagId : undefined;
      const createdAt = Date.parse(String(record.eventTime));
      sandbox.putResource({
        arn,
        account: ACCOUNT,
        region: home,
        ...(id && { id }),
        tags: FOREIGN,
        createdAt,
      });
    }
    return { row, arn, tagId, record, home };
  });
}

/**
 * The host of a service in a region: from its row and the region alone, with FIPS and dual stack as the environment asks
 * for them. An address that the environment sets (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SNS) comes before the rules.
 */
import type { EndpointV2 } from '@smithy/types';
import type { EndpointMode, Service } from '../apis/api.ts';

/** What the SDK knows when it asks for the endpoint. */
export interface EndpointParameters {
  readonly Region?: string | undefined;
  readonly UseFIPS?: boolean | undefined;
  readonly UseDualStack?: boolean | undefined;
  /** As the environment sets it. */
  readonly Endpoint?: string | undefined;
}

/** The service is not to be reached in this way. */
export class NoEndpointError extends Error {
  override readonly name = 'NoEndpointError';
}

/** The SDK's partitions.json; a region belongs to the first partition whose beginning it has. */
const PARTITIONS = [
  { name: 'aws-cn', regions: 'cn-', suffix: 'amazonaws.com.cn', dualSuffix: 'api.amazonwebservices.com.cn' },
  { name: 'aws-us-gov', regions: 'us-gov-', suffix: 'amazonaws.com', dualSuffix: 'api.aws' },
  { name: 'aws', regions: '', suffix: 'amazonaws.com', dualSuffix: 'api.aws' },
] as const;

/** Throws NoEndpointError. */
export function endpointOf(service: Service, parameters: EndpointParameters): EndpointV2 {
  const { Region: region = '', Endpoint } = parameters;
  const mode = modeOf(parameters);
  if (Endpoint !== undefined && mode !== '') {
    throw new NoEndpointError(
      `${Endpoint} is set for ${service.sdkId}, and ${mode} cannot be had of such an address`,
    );
  }
  const { host, signingRegion } =
    Endpoint === undefined ? hostOf(service, region, mode) : { host: '', signingRegion: region };
  return {
    url: new URL(Endpoint ?? `https://${host}`),
    properties: {
      authSchemes: [{ name: 'sigv4', signingName: service.signing, signingRegion, properties: {} }],
    },
  };
}

function modeOf({ UseFIPS, UseDualStack }: EndpointParameters): EndpointMode {
  if (UseFIPS) return UseDualStack ? 'fips-dual' : 'fips';
  return UseDualStack ? 'dual' : '';
}

/** Whatever stands for a region becomes part of a host. */
const REGION = /^[a-z]+(-[a-z]+)+-\d+$/;

function hostOf(service: Service, region: string, mode: EndpointMode) {
  if (!REGION.test(region)) throw noEndpoint(service, JSON.stringify(region), mode);
  const partition = PARTITIONS.find(({ regions }) => region.startsWith(regions)) ?? PARTITIONS[2];
  const rules = (service.endpoint.rules ?? []).filter((rule) => rule[1] === mode);
  const rule = [region, partition.name, '*']
    .map((where) => rules.find((each) => each[0] === where))
    .find((each) => each !== undefined);
  const [, , template, signingRegion = region] = rule ?? [region, mode, plainHost(service, mode)];
  if (template === null) throw noEndpoint(service, region, mode);
  const host = template
    .replace('{r}', region)
    .replace('{d}', partition.suffix)
    .replace('{D}', partition.dualSuffix);
  return { host, signingRegion };
}

function noEndpoint({ sdkId }: Service, region: string, mode: EndpointMode): NoEndpointError {
  return new NoEndpointError(`${sdkId} has no ${mode === '' ? '' : `${mode} `}endpoint in ${region}`);
}

function plainHost({ endpoint: { prefix, dual = false } }: Service, mode: EndpointMode): string {
  const isFips = mode === 'fips' || mode === 'fips-dual';
  const isDual = dual || mode === 'dual' || mode === 'fips-dual';
  return `${prefix}${isFips ? '-fips' : ''}.{r}.${isDual ? '{D}' : '{d}'}`;
}

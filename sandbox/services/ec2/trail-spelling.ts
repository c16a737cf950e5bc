/**
 * How CloudTrail writes EC2 calls. Old actions: every list is a set `{items: […]}`, answers carry `requestId`. Newer
 * actions (CreateSnapshots here) are the XML itself, in a wrapper, where a list of one is a bare object.
 */
import type { Call, Input, Output, TrailRow } from '../../operation.ts';
import { lowerFirstLetter } from '../../trail/spelling.ts';

type Items = { readonly items?: readonly unknown[] };

const setOf = (items: readonly unknown[]): Items => (items.length > 0 ? { items } : {});
const setOfIds = (key: string) => (ids: unknown) => setOf((ids as string[]).map((id) => ({ [key]: id })));

/** List parameters, with the name and form of the set that stands for them. */
const SETS: Readonly<Record<string, readonly [name: string, toSet: (value: unknown) => Items]>> = {
  ResourceId: ['resourcesSet', setOfIds('resourceId')],
  InstanceId: ['instancesSet', setOfIds('instanceId')],
  SecurityGroupId: ['groupSet', setOfIds('groupId')],
  NetworkInterface: ['networkInterfaceSet', (interfaces) => setOf((interfaces as unknown[]).map(plain))],
  BlockDeviceMapping: ['blockDeviceMapping', (mappings) => setOf((mappings as unknown[]).map(plain))],
  Tag: ['tagSet', (tags) => setOf((tags as object[]).map(lowerFirstKeys))],
  Filter: [
    'filterSet',
    (filters) =>
      setOf(
        (filters as { Name: string; Value?: string[] }[]).map(({ Name, Value = [] }) => ({
          name: Name,
          valueSet: setOf(Value.map((value) => ({ value }))),
        })),
      ),
  ],
  TagSpecification: [
    'tagSpecificationSet',
    (specifications) =>
      setOf(
        (specifications as { ResourceType: string; Tag?: object[] }[]).map(({ ResourceType, Tag = [] }) => ({
          resourceType: ResourceType,
          tags: Tag.map(lowerFirstKeys),
        })),
      ),
  ],
};

/** Parameters that records call otherwise, and those that they leave out. */
const RENAMED: Readonly<Record<string, string>> = { AvailabilityZone: 'zone', Description: 'description' };
const LEFT_OUT = new Set(['PresignedUrl', 'DestinationRegion']);

export function requestParametersOf(input: Input): object {
  return Object.fromEntries(
    Object.entries(input).flatMap(([key, value]): [string, unknown][] => {
      const set = SETS[key];
      if (LEFT_OUT.has(key)) return [];
      if (set && Array.isArray(value)) return [[set[0], set[1](value)]];
      return [[RENAMED[key] ?? lowerFirstLetter(key), plain(value)]];
    }),
  );
}

/** The launched image and the counts are in `instancesSet`. */
export function runInstancesParameters(input: Input): object {
  const { ImageId, MinCount, MaxCount, ...others } = input;
  const item = {
    ...(ImageId !== undefined && { imageId: ImageId }),
    minCount: Number(MinCount),
    maxCount: Number(MaxCount),
  };
  return { instancesSet: { items: [item] }, blockDeviceMapping: {}, ...requestParametersOf(others) };
}

export function responseElementsOf(output: Output, { requestId }: Call): object {
  return { requestId, ...(toSets(output) as object) };
}

function toSets(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return setOf(value.map(toSets));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  return Object.fromEntries(entries.map(([key, child]) => [RESPONSE_NAMES[key] ?? key, toSets(child)]));
}

const RESPONSE_NAMES: Readonly<Record<string, string>> = { return: '_return' };

/** The row of a newer action: request and answer as XML in JSON, each inside an element named after the action. */
export function wrapped(action: string): TrailRow {
  return {
    request: (input) => ({ [`${action}Request`]: toXmlJson(input) }),
    response: (output, { requestId }) => ({
      [`${action}Response`]: {
        xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
        requestId,
        ...(toXmlJson(output, 'item') as object),
      },
    }),
  };
}

function toXmlJson(value: unknown, itemName?: string): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const items = value.map((item) => toXmlJson(item, itemName));
    if (items.length === 0) return '';
    const list = items.length === 1 ? items[0] : items;
    return itemName === undefined ? list : { [itemName]: list };
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, toXmlJson(child, itemName)]));
}

/** Other parameters: flags as such, and first letters small at every depth. */
function plain(value: unknown): unknown {
  if (value === 'true' || value === 'false') return value === 'true';
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [lowerFirstLetter(key), plain(child)]),
  );
}

/** Tags stay the text that they are. */
function lowerFirstKeys(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [lowerFirstLetter(key), child]));
}

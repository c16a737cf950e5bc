/**
 * The SDK's schema of a call, made from its templates. A schema tells the SDK's protocols which member goes where in a
 * request and how an answer is to be read; it is arrays with a number in front that says what of. That layout is the
 * SDK's own: package.json pins the versions, and recorded requests are compared with what goes out.
 */
import type { $SchemaRef, SchemaTraits, StaticOperationSchema } from '@smithy/types';
import type { Operation, Template, TemplateMembers } from '../apis/api.ts';
import { membersOf, splitName } from './template.ts';

/** Numbers of the SDK: of what a schema is, and of the simple types. */
const LIST = 1;
const STRUCTURE = 3;
const OPERATION = 9;
const STRING = 0;
const BOOLEAN = 2;
const TIMESTAMP = 4;
const MAP_OF_STRINGS = 128;

/** Of schemas and errors; nothing of the SDK's own is called so. */
export const NAMESPACE = 'auto-tagger';

const NO_TRAITS = 0;

const SCHEMAS = new WeakMap<Operation, StaticOperationSchema>();

/** The same one each time: the SDK keeps with it what it has worked out. */
export function schemaOf(operation: Operation): StaticOperationSchema {
  const known = SCHEMAS.get(operation);
  if (known !== undefined) return known;
  const made = makeSchema(operation);
  SCHEMAS.set(operation, made);
  return made;
}

function makeSchema(operation: Operation): StaticOperationSchema {
  const { call, http, host, out, root = `${call}Request` } = operation;
  const [method = '', path = ''] = http?.split(' ') ?? [];
  const traits = {
    ...(http === undefined ? {} : { http: [method, path, 200] }),
    ...(host ? { endpoint: [host] } : {}),
  };
  return [
    OPERATION,
    NAMESPACE,
    call,
    traits as SchemaTraits,
    structure(root, membersOf(operation), (member) => requestTraits(operation, member)),
    structure(`${call}Result`, out ?? {}, (member) => payloadTraits(operation, member)),
  ];
}

function requestTraits(operation: Operation, member: string): SchemaTraits {
  const { labels = {}, query = {}, headers = {}, host, out } = operation;
  if (member in labels) return { httpLabel: 1 };
  if (member in query) return { httpQuery: member };
  // Of a call that reads, the payload is that of the answer.
  if (!(member in headers)) return out === undefined ? payloadTraits(operation, member) : NO_TRAITS;
  return { httpHeader: member, ...(host?.includes(`{${member}}`) ? { hostLabel: 1 } : {}) };
}

function payloadTraits({ payload }: Operation, member: string): SchemaTraits {
  return payload === member ? { httpPayload: 1 } : NO_TRAITS;
}

function structure(
  name: string,
  members: TemplateMembers,
  traitsOf: (member: string) => SchemaTraits = () => NO_TRAITS,
): $SchemaRef {
  const fields = Object.entries(members).map(([key, template]) => {
    const { member, item } = splitName(key);
    const schema: $SchemaRef = [valueSchema(template, member, item), traitsOf(member)];
    return { member, schema };
  });
  return [
    STRUCTURE,
    NAMESPACE,
    name,
    NO_TRAITS,
    fields.map(({ member }) => member),
    fields.map(({ schema }) => schema),
  ];
}

function valueSchema(template: Template, name: string, item?: string): $SchemaRef {
  if (typeof template === 'boolean' || template === '$more') return BOOLEAN;
  if (template === '$tags') return MAP_OF_STRINGS;
  if (template === '$time') return TIMESTAMP;
  if (typeof template === 'string') return STRING;
  if (!Array.isArray(template)) return structure(name, template as TemplateMembers);
  const [of] = template as readonly [Template];
  return [
    LIST,
    NAMESPACE,
    name,
    NO_TRAITS,
    [valueSchema(of, item ?? 'member'), item === undefined ? NO_TRAITS : { xmlName: item }],
  ];
}

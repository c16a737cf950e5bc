/**
 * One call of any service that has a row, about whatever it can be asked: the request is given as it is, and of the
 * answer a shape says which members are read. For the few calls that are not about tags and need no client of their own.
 */
import type { Service, TemplateMembers } from '../apis/api.ts';
import type { ClientClass } from '../calls/clients.ts';
import { schemaOf } from './schema.ts';
import { clientOf, commandOf, type ServiceClient } from './service-client.ts';

/** What an answer holds by its shape: a text stands for texts, `true` for booleans, a list for lists of its item. */
export type Shaped<Shape> = Shape extends string
  ? string
  : Shape extends boolean
    ? boolean
    : Shape extends readonly [infer Item]
      ? readonly Shaped<Item>[]
      : { readonly [Member in keyof Shape]?: Shaped<Shape[Member]> };

/** A call and what is read of its answers. */
export interface ShapedCall<Shape extends TemplateMembers> {
  readonly service: Service;
  readonly call: string;
  /** What the request's members are, where their values do not tell: `$time` for a Date. */
  readonly in?: TemplateMembers;
  readonly out: Shape;
}

export function shapedClient({
  service,
}: Pick<ShapedCall<TemplateMembers>, 'service'>): ClientClass<ServiceClient> {
  return clientOf(service);
}

/** Sends it once by the client; throws the SDK's errors. */
export async function sendShaped<Shape extends TemplateMembers>(
  { call, in: members, out }: ShapedCall<Shape>,
  input: object,
  client: ServiceClient,
  options: { readonly abortSignal: AbortSignal },
): Promise<Shaped<Shape>> {
  // A request is a template that has nothing to fill in.
  const schema = schemaOf({ call, in: members ?? (input as TemplateMembers), out });
  const answer: unknown = await client.send(commandOf(schema, input), options);
  return answer as Shaped<Shape>; // read by the schema that the shape made
}

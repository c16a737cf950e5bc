/**
 * One call of a tagging API, or as many as its answer has pages, through the seam to AWS. A failure that an answer with
 * the status 200 tells is thrown like any other.
 */
import type { Api, Operation, Reading } from '../apis/api.ts';
import type { Calls } from '../calls/calls.ts';
import { rateOf } from './call-rate.ts';
import { schemaOf } from './schema.ts';
import { type Answer, type Filling, fill, membersOf, readAnswer } from './template.ts';

/** Where to call, with whose credentials, and about what. */
export interface ServiceTarget {
  readonly account: string;
  readonly region: string;
  readonly filling: Filling;
}

/** No resource has so many tags that reading them takes more pages; a service that never ends must not hold us. */
const MAX_PAGES = 100;

export async function sendCall(
  calls: Calls,
  api: Api,
  operation: Operation,
  target: ServiceTarget,
  signal: AbortSignal,
): Promise<void> {
  await send(calls, api, operation, target, signal);
}

/** What all pages of the answer say. Throws a CallError, or an Error when there is no end to them. */
export async function readCall(
  calls: Calls,
  api: Api,
  operation: Reading,
  target: ServiceTarget,
  signal: AbortSignal,
): Promise<Answer> {
  const pages: Answer[] = [];
  let { filling } = target;
  for (;;) {
    const page = await send(calls, api, operation, { ...target, filling }, signal);
    pages.push(page);
    const last = page.hasMore ? page.tags.at(-1)?.key : undefined;
    if (page.next === undefined && last === undefined) break;
    if (pages.length === MAX_PAGES) throw new Error(`${operation.call} gave ${MAX_PAGES} pages and has more`);
    filling = { ...filling, next: page.next, last };
  }
  return {
    tags: pages.flatMap(({ tags }) => tags),
    times: pages.flatMap(({ times }) => times),
    members: pages.flatMap(({ members }) => members),
    next: undefined,
    hasMore: false,
    failures: [],
  };
}

let clients: Promise<typeof import('./service-client.ts')> | undefined;

async function send(
  calls: Calls,
  api: Api,
  operation: Operation,
  { account, region, filling }: ServiceTarget,
  signal: AbortSignal,
): Promise<Answer> {
  clients ??= import('./service-client.ts'); // most log files create nothing
  const { clientOf, commandOf } = await clients;
  const callee = { client: clientOf(api.service), account, region, api, rate: rateOf(api, operation.call) };
  return calls.make(callee, signal, async (client, options) => {
    const command = commandOf(schemaOf(operation), fill(membersOf(operation), filling));
    const answer = readAnswer(operation.out ?? {}, await client.send(command, options));
    const [failure] = answer.failures;
    if (failure !== undefined) throw Object.assign(new Error(failure.message), { name: failure.error });
    return answer;
  });
}

/**
 * Amazon EC2: one `CreateTags` for many ids. It is all or nothing: one id that is gone fails the call for all,
 * and only the error's message says which. So those ids are taken out and the rest is tried again.
 */
import { CreateTagsCommand, EC2Client, paginateDescribeTags, type TagDescription } from '@aws-sdk/client-ec2';
import { readFailure } from '../calls/call-failure.ts';
import type { Clients } from '../calls/clients.ts';
import { fromList, type TagSet, toList } from '../tags/tag-set.ts';
import { type Attempt, attempt, type Tagger, type Target } from './tagger.ts';

/** A filter of `DescribeTags` takes 200 values; `CreateTags` 1,000 ids, "smaller batches" recommended (EC2 API reference). */
const MAX_TARGETS = 200;

export const ec2Tagger: Tagger = { maxTargets: MAX_TARGETS, read, write };

async function read(clients: Clients, targets: readonly Target[]): Promise<Attempt<TagSet>[]> {
  const described = await attempt(() => describeTags(clients, targets));
  if ('error' in described) return targets.map(() => described);
  const byId = Map.groupBy(described.value, (tag) => tag.ResourceId ?? '');
  return targets.map(({ id }) => ({ value: fromList(byId.get(id)) }));
}

async function describeTags(clients: Clients, targets: readonly Target[]): Promise<TagDescription[]> {
  const filter = { Name: 'resource-id', Values: targets.map(({ id }) => id) };
  const pages = paginateDescribeTags({ client: clientFor(clients, targets) }, { Filters: [filter] });
  return (await Array.fromAsync(pages)).flatMap((page) => page.Tags ?? []);
}

async function write(
  clients: Clients,
  targets: readonly Target[],
  tags: TagSet,
): Promise<readonly Attempt<void>[]> {
  const answers = new Map<string, Attempt<void>>();
  let batches: (readonly Target[])[] = [targets];
  while (batches.length > 0) {
    const again: (readonly Target[])[] = [];
    for (const batch of batches) {
      const created = await attempt(() => createTags(clients, batch, tags));
      const refused = 'error' in created ? refusedBy(created.error, batch) : batch;
      for (const { id } of refused) answers.set(id, created);
      again.push(
        ...parts(
          batch.filter((target) => !refused.includes(target)),
          refused.length === 0,
        ),
      );
    }
    batches = again;
  }
  return targets.map(({ id }) => answers.get(id) ?? { error: new Error(`no answer for ${id}`) });
}

async function createTags(clients: Clients, batch: readonly Target[], tags: TagSet): Promise<void> {
  const ids = batch.map(({ id }) => id);
  await clientFor(clients, batch).send(new CreateTagsCommand({ Resources: ids, Tags: toList(tags) }));
}

/**
 * The targets that an error is about: those that its message names, all of them where it is about the call as
 * a whole, none where it is about some and does not say which.
 */
function refusedBy(error: unknown, batch: readonly Target[]): readonly Target[] {
  const mentioned = new Set(error instanceof Error ? error.message.match(EC2_ID) : []);
  const named = batch.filter(({ id }) => mentioned.has(id));
  if (named.length > 0) return named;
  const { class: what } = readFailure(error);
  const isAboutSome = what === 'not-found' || what === 'invalid' || what === 'too-many-tags';
  return isAboutSome && batch.length > 1 ? [] : batch;
}

/** Ids whole: one of 8 digits may be the beginning of one of 17. */
const EC2_ID = /[a-z]+(?:-[a-z]+)*-[0-9a-f]+/g;

/** What is left of a batch; cut in half where nobody knows which half is at fault. */
function parts(left: readonly Target[], inHalf: boolean): (readonly Target[])[] {
  if (left.length === 0) return [];
  if (!inHalf) return [left];
  const middle = Math.ceil(left.length / 2);
  return [left.slice(0, middle), left.slice(middle)];
}

function clientFor(clients: Clients, targets: readonly Target[]): EC2Client {
  const [first] = targets;
  if (first === undefined) throw new RangeError('a batch has at least one target');
  return clients.get(EC2Client, first.account, first.region);
}

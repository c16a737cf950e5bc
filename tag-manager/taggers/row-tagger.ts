/** The tagger of almost every service: it does what the row of its API says, one resource a call. */
import type { Api, MemberReading } from '../apis/api.ts';
import { readCall, type ServiceTarget, sendCall } from '../services/service-call.ts';
import type { TagSet } from '../tags/tag-set.ts';
import { attempt, forEach, type Tagger, type Target, tagIdOf } from './tagger.ts';

export function rowTagger(api: Api): Tagger {
  return {
    maxTargets: 1,
    read: (calls, targets, signal) =>
      forEach(targets, async (target) => {
        const { tags } = await readCall(calls, api, api.read, serviceTarget([target]), signal);
        return new Map(tags.map(({ key, value }) => [key, value]));
      }),
    write: (calls, targets, tags, signal) =>
      forEach(targets, (target) => sendCall(calls, api, api.write, serviceTarget([target], tags), signal)),
    createdAt: (calls, target, signal) =>
      attempt(async () => {
        const reading = api.createdAt[target.type];
        if (reading === undefined) return undefined;
        const { times } = await readCall(calls, api, reading, serviceTarget([target]), signal);
        return times.length === 1 ? times[0] : undefined; // of several, nobody knows which is meant
      }),
    members: (calls, target, signal) =>
      attempt(async () => {
        const reading = api.members[target.type];
        if (reading === undefined) return [];
        const { members } = await readCall(calls, api, reading, serviceTarget([target]), signal);
        return members.map((id) => memberOf(target, id, reading));
      }),
    remove: (calls, targets, tags, signal) =>
      forEach(targets, (target) => sendCall(calls, api, api.remove, serviceTarget([target], tags), signal)),
  };
}

function memberOf(group: Target, id: string, { arn: form, resourceType }: MemberReading): Target {
  const { partition, region, account } = group;
  const parts = { Partition: partition.name, Region: region, Account: account, Id: id };
  const arn = Object.entries(parts).reduce(
    (text, [name, part]) => text.replace(`{${name}}`, () => part),
    form,
  );
  return { arn, id, type: resourceType, partition, account, region };
}

/** Throws RangeError without a target. All are in the account and region of the first. */
export function serviceTarget(targets: readonly Target[], tags: TagSet = new Map()): ServiceTarget {
  const [first] = targets;
  if (first === undefined) throw new RangeError('a call is about at least one resource');
  const { arn, account, region } = first;
  return {
    account,
    region,
    filling: {
      arn,
      ids: targets.map(tagIdOf),
      account,
      url: queueUrl(first),
      tags,
      next: undefined,
      last: undefined,
    },
  };
}

/** Built from the parsed ARN, never taken from a record. */
function queueUrl({ id, account, region, partition }: Target): string {
  return `https://sqs.${region}.${partition.dnsSuffix}/${account}/${id}`;
}

/**
 * One resource that somebody names by hand, with the one who made it: tagged by the same rules as from a log.
 * There is no event, so its time is now; tags of ours that are there already are kept.
 */

import { parseArn } from '../../parser/arn.ts';
import { matchArn } from '../../parser/catalogue/arn-template.ts';
import { CATALOGUE } from '../../parser/catalogue/catalogue.ts';
import type { Creation } from '../../parser/event/creation.ts';
import { PARTITIONS, partitionOf } from '../../parser/partition.ts';
import type { Accounts } from '../../tag-manager/calls/accounts.ts';
import type { TagManager } from '../../tag-manager/tag-manager.ts';
import { countOutcomes, isDone, reportFile } from '../file/file-report.ts';
import type { Task } from '../notification/task.ts';
import { result, type TaskResult } from './result.ts';
import type { WorkParts } from './work.ts';

export interface ResourceTagger {
  readonly tagManager: TagManager;
  readonly accounts: Accounts;
  /** For ARNs that name none: buckets, snapshots. */
  readonly ownAccount: string;
  /** For ARNs that name none; S3 tells where a bucket really is. */
  readonly ownRegion: string;
}

type ResourceTask = Extract<Task, { kind: 'resource' }>;

export async function doResource(task: ResourceTask, parts: WorkParts): Promise<TaskResult> {
  const { resources, isTimeUp, onReport } = parts;
  const creation = creationOf(task, resources);
  if (typeof creation === 'string') return result('never', `${task.arn}: ${creation}`);
  const started = performance.now();
  const counter = countOutcomes();
  counter.add(await resources.tagManager.tag([creation], isTimeUp));
  const times = { readMs: 0, tagMs: Math.round(performance.now() - started) };
  const report = reportFile(task.arn, undefined, counter.counts, times);
  onReport(report);
  const [failure] = report.failures;
  const summary = `${task.arn}: ${failure?.message ?? Object.keys(report.outcomes).join(', ')}`;
  if (isDone(report)) return result('done', summary, { reports: [report] });
  const outcome = report.outcomes.deferred === undefined ? 'never' : 'again';
  return result(outcome, summary, { reports: [report], remaining: [task] });
}

/** A creation as a record would have told it, or why there is none. */
function creationOf({ arn, user }: ResourceTask, parts: ResourceTagger): Creation | string {
  const parsed = parseArn(arn);
  if (parsed === undefined) return 'not an ARN';
  const region = parsed.region === '' ? parts.ownRegion : parsed.region;
  const account = parsed.account === '' ? parts.ownAccount : parsed.account;
  const partition = PARTITIONS.find(({ name }) => name === parsed.partition);
  if (partition === undefined || partitionOf(region) !== partition)
    return `${region} is no region of its partition`;
  if (!parts.accounts.canTag(account)) return `there is no role to tag with in account ${account}`;
  const facts = { Partition: partition.name, Region: region, Account: account };
  for (const row of CATALOGUE) {
    const match = matchArn(row.arn, arn, facts, row.qualified);
    if (match === undefined) continue;
    const id = Object.values(match.ids).at(-1) ?? match.arn;
    // Its ids may be unique, but this time is not that of its creation: what is there must not be replaced.
    const resource = {
      row: { ...row, naming: 'reusable' as const },
      arn: match.arn,
      id,
      region,
      createdAt: undefined,
    };
    return {
      origin: 'by-hand',
      index: 0,
      eventID: 'by-hand',
      eventTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      eventSource: row.eventSource,
      eventName: row.eventName,
      partition,
      account,
      region,
      sourceIP: undefined,
      creator: { arn: undefined, name: user, person: user, invokedBy: undefined },
      requestTags: {},
      resources: [resource],
      record: {},
    };
  }
  return 'not a type of resource that we tag';
}

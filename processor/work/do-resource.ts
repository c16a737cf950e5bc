/**
 * One resource that somebody names by hand, with the one who made it: tagged by the same rules as from a log.
 * There is no event, so its time is now; tags of ours that are there already are kept.
 */
import { AN_ACCOUNT, isAccount } from '../../parser/account.ts';
import { parseArn } from '../../parser/arn.ts';
import { asRecordTells, serviceOf } from '../../parser/catalogue/arn-template.ts';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { servicePrefix } from '../../parser/catalogue/row.ts';
import type { Creation } from '../../parser/event/creation.ts';
import { matchRow, nameOf, tagIdInArn } from '../../parser/event/resources.ts';
import { partitionNamed, partitionOf } from '../../parser/partition.ts';
import { OUTCOMES } from '../../tag-manager/outcome.ts';
import { countOutcomes, isDone, reportFile } from '../file/file-report.ts';
import { NO_TALLY, unsettled } from '../metrics/tally.ts';
import type { Task } from '../notification/task.ts';
import type { ResourceTagger, WorkContext } from './context.ts';
import { collectOutcomes } from './count-file.ts';
import { result, type TaskResult } from './result.ts';

type ResourceTask = Extract<Task, { kind: 'resource' }>;

export async function doResource(task: ResourceTask, context: WorkContext): Promise<TaskResult> {
  const { resources, signal, onReport } = context;
  const creation = await accessible(creationOf(task, resources), context);
  if (typeof creation === 'string') {
    return result(`${task.arn}: ${creation}`, { rejected: [{ part: 'whole' }] });
  }
  const started = performance.now();
  const counter = countOutcomes();
  const tagged = await resources.tagManager.tag({ creations: [creation] }, signal);
  const { outcomes } = tagged;
  counter.add(tagged);
  const collected = collectOutcomes();
  collected.add(outcomes);
  const tally = { ...NO_TALLY, outcomes: collected.before(Number.POSITIVE_INFINITY) };
  const times = { readMs: 0, tagMs: Math.round(performance.now() - started) };
  const report = reportFile({ name: task.arn }, undefined, counter.counts, times);
  onReport(report);
  const [failure] = report.failures;
  const summary = `${task.arn}: ${failure?.message ?? Object.keys(report.outcomes).join(', ')}`;
  if (isDone(report)) return result(summary, { tally });
  return outcomes.some(({ outcome }) => OUTCOMES[outcome].end === 'later')
    ? result(summary, { later: [{ task, part: 'whole' }], tally: unsettled(tally) })
    : result(summary, { rejected: [{ part: 'whole' }], tally });
}

/** Why it cannot be tagged, where AWS lets us not into its account. */
async function accessible(
  creation: Creation | string,
  { resources, signal }: WorkContext,
): Promise<Creation | string> {
  if (typeof creation === 'string') return creation;
  return (await resources.accounts.refused(creation.account, signal)) ?? creation;
}

const NOT_BY_ARN = 'its tag call wants an id that its ARN does not tell';

/** A creation as a record would have told it, or why there is none. */
function creationOf({ arn, user }: ResourceTask, resources: ResourceTagger): Creation | string {
  const parsed = parseArn(arn);
  if (parsed === undefined) return 'not an ARN';
  const region = parsed.region === '' ? resources.ownRegion : parsed.region;
  const account = parsed.account === '' ? resources.ownAccount : parsed.account;
  const partition = partitionNamed(parsed.partition);
  if (partition === undefined || partitionOf(region) !== partition)
    return `${region} is no region of its partition`;
  if (!isAccount(account)) return `${account} is not ${AN_ACCOUNT}`;
  const closed = resources.accounts.closed(account, partition.name);
  if (closed !== undefined) return closed;
  const facts = { Partition: partition.name, Region: region, Account: account };
  let leftOut: string | undefined;
  for (const row of catalogue()) {
    if (serviceOf(row.arn) !== parsed.service) continue;
    const match = matchRow(row, asRecordTells(row.arn, arn), facts);
    if (match === undefined) continue;
    if (!resources.services(servicePrefix(row))) {
      leftOut = servicePrefix(row);
      continue;
    }
    const id = Object.values(match.ids).at(-1) ?? match.arn;
    const tagId = tagIdInArn(row, match.arn);
    if (row.tagId !== undefined && tagId === undefined) return NOT_BY_ARN;
    const name = nameOf(row, match.arn, tagId);
    const resource = {
      row,
      arn: match.arn,
      ...(name !== match.arn && { name }),
      id,
      ...(tagId !== undefined && { tagId }),
      region: row.regions?.[partition.name] ?? region,
      createdAt: undefined,
      creation: row.creation,
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
  return leftOut === undefined ? 'not a type of resource that we tag' : `SERVICES leaves out ${leftOut}`;
}

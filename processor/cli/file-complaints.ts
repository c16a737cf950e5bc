/** What is to be complained about in one file's result: the file itself, or each of its resources that is not done. */
import type { UndoneWork } from '../../tag-manager/outcome.ts';
import { withoutHost } from '../file/services.ts';
import { type Complaint, complaintOf } from './complaints.ts';
import type { FileResult } from './file-result.ts';

/** `isStopped`: what is left because the command was stopped is no matter of complaint. */
export function* complaintsOf(
  { report: { file, error }, outcomes, undone }: Omit<FileResult, 'passedOver'>,
  isStopped: boolean,
): Generator<Complaint> {
  if (error !== undefined) yield complaintOf(file, error.message, whatOf(error));
  for (const { outcome, failure, creation, resource } of outcomes) {
    if (failure === undefined || (outcome !== 'failed' && outcome !== 'deferred')) continue;
    if (isStopped && failure.class === 'stopped') continue;
    const { error, message } = failure;
    const of = `${withoutHost(creation.eventSource)} in account ${creation.account}`;
    const became = outcome === 'failed' ? 'failed' : 'to be tried again';
    yield {
      kind: `resource ${outcome} ${of} ${error}`,
      problem: `${file}: ${resource.arn}: ${became}: ${error}: ${message}`,
      more: (count) => `${count} more of ${of}: ${became}: ${error}`,
    };
  }
  for (const each of undone) {
    const { kind, failure, end } = each;
    if (isStopped && failure.class === 'stopped') continue;
    const { error, message } = failure;
    const [arn, { account }] = each.kind === 'name' ? [each.name.arn, each.name] : [each.name, each.event];
    const of = `account ${account}`;
    const became = end === 'never' ? 'failed' : 'to be tried again';
    const { work, ofMore } = UNDONE[kind];
    yield {
      kind: `${kind} ${end} ${of} ${error}`,
      problem: `${file}: ${arn}: ${work} ${became}: ${error}: ${message}`,
      more: (count) => `${count} more of ${of}, ${ofMore}: ${became}: ${error}`,
    };
  }
}

/** What was to be done, of one and of several. */
const UNDONE: Readonly<Record<UndoneWork['kind'], { readonly work: string; readonly ofMore: string }>> = {
  deletion: { work: 'tagging it anew after a deletion', ofMore: 'to be tagged anew after a deletion' },
  maker: { work: 'keeping who made it', ofMore: 'whose makers were to be kept' },
  name: { work: 'naming who is behind it anew', ofMore: 'to be named anew by who is behind them' },
};

/** Messages tell bytes and paths, which differ from file to file; what has no code of its own tells only by them. */
function whatOf({ code, message }: { readonly code: string; readonly message: string }): string {
  return code === 'Error' ? message : code;
}

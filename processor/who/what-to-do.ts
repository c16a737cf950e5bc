/** What a user can do about a record that was passed over, or a resource that did not get its tags: a row for each reason. */
import type { IgnoredReason } from '../../parser/event/ignored-reason.ts';
import type { FailureClass } from '../../tag-manager/calls/call-failure.ts';
import type { OutcomeName } from '../../tag-manager/outcome.ts';

export const OF_REASON: Readonly<Record<IgnoredReason, string>> = {
  'not-in-catalogue':
    'nothing: `auto-tagger coverage SERVICE` lists the calls that are known; ask for this one if what it makes can be tagged',
  'failed-call': 'nothing: the call made nothing',
  deletion: 'nothing: it made nothing',
  'no-resource': 'look at the record: where it names what it made in a way that is new, please report it',
  'response-omitted':
    'tag it by hand, by invoking the function with its ARN and its creator (docs/operation.md): CloudTrail keeps no more of it',
  'may-be-update': 'set UPSERTS=tag, if calls that may have updated shall count as creations',
  'untagged-parent': 'nothing: it bears no tags of ours; those of a stack are given where it is made',
  invalid:
    'look at the record: either somebody forged it, or it has a form that is new; then please report it',
  'no-creator': 'nothing: CloudTrail does not say who called',
  'filtered-out':
    'change that filter (INCLUDE_…, EXCLUDE_… or its option) or SERVICES, if this is to be tagged',
  'no-role':
    'name the role of that account by MEMBER_ROLE_NAME or --role, and make it where it is not (docs/configuration.md)',
  'account-differs':
    'nothing, if somebody copied the file there: give it under its own key. Else somebody forged it',
  'account-unknown': 'give the file under the key that CloudTrail gave it, below AWSLogs/ACCOUNT/',
  'done-before': 'nothing: it was dealt with',
};

const OF_OUTCOME: Readonly<Record<Exclude<OutcomeName, 'failed' | 'deferred'>, string>> = {
  tagged: 'nothing: it has its tags',
  'would-tag':
    'nothing in the record stands in its way. If it bears no tags, its file was not processed or the tagging failed: look at the alarms and the failure queue (docs/operation.md), or run `auto-tagger process` over the file',
  unchanged: 'nothing: it has its tags',
  kept: 'nothing, where another call made it. Where others set the tags: take them away, or set ON_EXISTING=overwrite',
  gone: 'nothing: there is no such resource any more',
};

const OF_FAILURE: Readonly<Partial<Record<FailureClass, string>>> = {
  denied:
    'grant what is missing: `auto-tagger policy` prints what it takes; a service control policy may deny it, too',
  'too-many-tags': 'take tags away: the service allows no more on one resource',
  'invalid-tags': 'change the tags that are refused, by the service or by a tag policy of the organization',
  credentials: 'renew the credentials, and try again',
};

export function whatToDo(outcome: OutcomeName, failureClass: FailureClass | undefined): string {
  if (outcome === 'deferred')
    return OF_FAILURE[failureClass ?? 'unknown'] ?? 'nothing: it is tried again, or run it again';
  if (outcome === 'failed') {
    return (
      OF_FAILURE[failureClass ?? 'unknown'] ??
      'look at what the service says; `auto-tagger replay` tries it again'
    );
  }
  return OF_OUTCOME[outcome];
}

/** Events of a name for tests of the rules: what is asked of them is only their place among the others. */
import type { CreationEvent, DeletionEvent } from '../../../tag-manager/ownership/name-event.ts';
import { minutesLater } from '../creations.ts';
import { ours } from '../tagging.ts';

let ids = 0;

/** One after the other in the order of their making, should they be of one second. */
const nextId = () => `event-${String(ids++).padStart(6, '0')}`;

export function created(minute: number, by: string, facts: Partial<CreationEvent> = {}): CreationEvent {
  const eventTime = minutesLater(minute);
  return {
    kind: 'creation',
    eventID: nextId(),
    eventTime,
    creation: 'strict',
    naming: 'reusable',
    copiesTags: false,
    eventSource: 'sns.amazonaws.com',
    eventName: 'CreateTopic',
    user: by,
    createdBy: by,
    person: by,
    resource: {
      arn: 'arn:aws:sns:eu-west-1:111122223333:news',
      id: 'news',
      type: 'sns:topic',
      region: 'eu-west-1',
      api: 'sns:TagResource',
    },
    tags: new Map(Object.entries(ours(by, eventTime))),
    requestTags: {},
    createdAt: undefined,
    ...facts,
  };
}

export function deleted(minute: number): DeletionEvent {
  return { kind: 'deletion', eventID: nextId(), eventTime: minutesLater(minute), eventName: 'DeleteTopic' };
}

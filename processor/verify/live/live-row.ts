/** What is said of the live test beside the checks, and which actions it takes of whoever runs it. */

/** By the IAM prefix of the service of what is made: to make it, to read its tags, to remove it. */
export const LIVE_ACTIONS = {
  sns: ['sns:CreateTopic', 'sns:ListTagsForResource', 'sns:DeleteTopic'],
  sqs: ['sqs:CreateQueue', 'sqs:ListQueueTags', 'sqs:DeleteQueue'],
} as const;

/** What the name of what is made begins with. */
export const LIVE_NAME = 'auto-tagger-verify-';

export const LIVE = {
  name: 'live.tagged',
  asks: 'with `--live`: a topic that is made (a queue, where `SERVICES` has no `sns`) gets its tags; it is removed again',
  actions: Object.values(LIVE_ACTIONS).flat(),
} as const;

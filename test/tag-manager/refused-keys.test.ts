/** A key of ours that one service refuses: its resources fail at once and say why, all others are tagged. */
import { expect, test } from '@jest/globals';
import type { Creation } from '../../parser/event/creation.ts';
import { createPlanner } from '../../tag-manager/planner.ts';
import { compileTagSettings } from '../../tag-manager/tags/tag-settings.ts';
import { creationOf } from './creations.ts';
import { startTagging } from './tagging.ts';

const KEYS = {
  createdBy: 'acme:owner',
  createdDate: 'CreatedDate',
  managedBy: 'ManagedBy',
  secondMarker: 'TaggedBy',
};

/** Of a service that takes no colon. */
function contact(): Creation {
  const creation = creationOf('topic', 'on-call');
  const [resource] = creation.resources;
  if (resource === undefined) throw new Error('a topic was created');
  const row = { ...resource.row, api: 'ssm-contacts:TagResource' };
  return { ...creation, resources: [{ ...resource, row }] };
}

const REFUSED = {
  outcome: 'failed',
  reason: 'invalid-tags',
  failure: {
    class: 'invalid-tags',
    error: 'TagKeyRefused',
    message: 'ssm-contacts:TagResource takes no tag key "acme:owner": the service refuses the character ":"',
  },
};

test('is called for nothing, and fails with the reason', async () => {
  const tagging = await startTagging();
  try {
    const requests = await tagging.requestsOf(async () => {
      expect(await tagging.tag([contact()], { options: { keys: KEYS } })).toMatchObject([REFUSED]);
    });
    expect(requests).toEqual([]);
  } finally {
    await tagging.close();
  }
});

test('fails in a plan too', async () => {
  const options = { keys: KEYS, createdBy: 'arn', extra: [], onExisting: 'keep', dryRun: false } as const;
  const planner = createPlanner(compileTagSettings(options, {}));
  const creations = [contact(), creationOf('topic', 'news')];
  const { outcomes } = await planner.tag({ creations }, new AbortController().signal);
  expect(outcomes).toMatchObject([REFUSED, { outcome: 'would-tag' }]);
});

/** The trails that this account sees and that deliver to our buckets: how they are, and what they write. */
import { type Answer, mapAnswer } from '../answer.ts';
import type { Asker } from '../asker.ts';
import type { TrailFacts, TrailSelectors } from './facts.ts';
import { type AnswerTo, describeTrails, getEventSelectors, getTrailStatus } from './services.ts';

/** Trails of other regions are among them, and an organization's in its member accounts. */
export async function lookUpTrails(
  asker: Asker,
  buckets: readonly string[],
): Promise<Answer<readonly TrailFacts[]>> {
  const answer = await asker.askShaped('cloudtrail:DescribeTrails', describeTrails(), {});
  if (answer.kind !== 'found') return answer;
  const ours = (answer.value.trailList ?? []).filter(({ S3BucketName = '' }) =>
    buckets.includes(S3BucketName),
  );
  return { kind: 'found', value: await Promise.all(ours.map((trail) => lookUpTrail(asker, trail))) };
}

type Described = NonNullable<AnswerTo<typeof describeTrails>['trailList']>[number];

async function lookUpTrail(asker: Asker, trail: Described): Promise<TrailFacts> {
  const { TrailARN: arn = '', S3BucketName: bucket = '', S3KeyPrefix: prefix } = trail;
  const [status, selectors] = await Promise.all([
    asker.askShaped('cloudtrail:GetTrailStatus', getTrailStatus(), { Name: arn }),
    asker.askShaped('cloudtrail:GetEventSelectors', getEventSelectors(), { TrailName: arn }),
  ]);
  return {
    arn,
    bucket,
    prefix: prefix ? `${prefix}/` : '',
    topicArn: trail.SnsTopicARN || undefined,
    keyArn: trail.KmsKeyId || undefined,
    isMultiRegion: trail.IsMultiRegionTrail === true,
    isOrganization: trail.IsOrganizationTrail === true,
    validates: trail.LogFileValidationEnabled === true,
    status: mapAnswer(status, ({ IsLogging, LatestDeliveryError = '' }) => ({
      isLogging: IsLogging === true,
      deliveryError: LatestDeliveryError,
    })),
    selectors: mapAnswer(selectors, selectorsOf),
  };
}

/** AWS CloudTrail API Reference, "EventSelector" and "AdvancedFieldSelector". A trail has those of one kind. */
function selectorsOf(answer: AnswerTo<typeof getEventSelectors>): TrailSelectors {
  const basic = (answer.EventSelectors ?? [])
    .filter(({ IncludeManagementEvents }) => IncludeManagementEvents === true)
    .filter(({ ReadWriteType = 'All' }) => ReadWriteType !== 'ReadOnly');
  const advanced = (answer.AdvancedEventSelectors ?? [])
    .map(({ FieldSelectors = [] }) => FieldSelectors)
    .filter((fields) =>
      fields.some(({ Field, Equals = [] }) => Field === 'eventCategory' && Equals.includes('Management')),
    )
    .filter(
      (fields) => !fields.some(({ Field, Equals = [] }) => Field === 'readOnly' && Equals.includes('true')),
    );
  const leftOut = [
    ...basic.flatMap(({ ExcludeManagementEventSources = [] }) => ExcludeManagementEventSources),
    ...advanced.flat().flatMap(({ Field, NotEquals = [] }) => (Field === 'eventSource' ? NotEquals : [])),
  ];
  return { writesManagementEvents: basic.length + advanced.length > 0, leftOut };
}

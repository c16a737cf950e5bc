/**
 * The tagging APIs, one row each. Sources: the tables of the services' user guides and the service models for tags;
 * the service authorization reference for actions; the API references' lists of errors and the service models for
 * failures.
 */
import type { TaggerName } from '../../parser/catalogue/row.ts';
import type { Api, KeyRules, ValueRules } from './api.ts';

/** The set that every service accepts: letters, white space, digits and these. */
const OTHERS = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;

/** Control characters are accepted where any character is, but only make tags unreadable. */
const CONTROL = /\p{Cc}/gu;

const KEYS: KeyRules = { maxCharacters: 128, refused: OTHERS, reservedPrefixes: ['aws:'] };
const VALUES: ValueRules = { maxCharacters: 256, refused: OTHERS, needsValue: false, reservedPrefixes: [] };

export const APIS: Readonly<Record<TaggerName, Api>> = {
  // EC2 user guide, "Tag your Amazon EC2 resources": any character; the API reference of CreateTags says 127.
  ec2: {
    name: 'ec2',
    keys: { ...KEYS, maxCharacters: 127 },
    values: { ...VALUES, refused: CONTROL },
    actions: { read: 'ec2:DescribeTags', write: 'ec2:CreateTags' },
    failures: [
      { class: 'not-found', names: ['InvalidAMIID.Unavailable', 'InvalidPlacementGroup.Unknown'] },
      { class: 'too-many-tags', names: ['TagLimitExceeded'] },
      // An instance that shows its tags in its metadata takes fewer keys than others: this is about some of a batch.
      { class: 'invalid', names: ['InvalidParameterValue'], message: /is not a valid tag key/ },
      { class: 'invalid-tags', names: ['InvalidParameterValue'] },
      { class: 'busy', names: ['ConcurrentTagAccess', 'IncorrectState', 'IncorrectInstanceState'] },
    ],
  },
  // Service model of S3 Control, `TagResource`; Amazon S3 API Reference, "Error responses".
  s3: {
    name: 's3',
    keys: KEYS,
    values: VALUES,
    actions: {
      read: 's3:GetBucketTagging',
      write: 's3:TagResource',
      optional: [
        { action: 's3:PutBucketTagging', purpose: 'tags are added where `s3:TagResource` is refused' },
        {
          action: 's3:ListAllMyBuckets',
          purpose:
            'a bucket that was deleted, and whose name another account has by now, is `gone` and not denied',
        },
      ],
    },
    failures: [{ class: 'busy', names: ['OperationAborted'] }],
  },
  // Service model of RDS, `Tag`: 1 to 256 characters; API reference: no `aws:` or `rds:` before key or value.
  rds: {
    name: 'rds',
    keys: { ...KEYS, reservedPrefixes: ['aws:', 'rds:'] },
    values: { ...VALUES, needsValue: true, reservedPrefixes: ['aws:', 'rds:'] },
    actions: { read: 'rds:ListTagsForResource', write: 'rds:AddTagsToResource' },
    failures: [{ class: 'invalid-tags', names: ['InvalidParameterValue', 'InvalidParameterCombination'] }],
  },
  // Service model of Lambda, `TagKey` and `TagValue`; more than 50 tags are an invalid parameter too.
  lambda: {
    name: 'lambda',
    keys: KEYS,
    values: VALUES,
    actions: { read: 'lambda:ListTags', write: 'lambda:TagResource' },
    failures: [
      { class: 'invalid-tags', names: ['InvalidParameterValueException'] },
      { class: 'busy', names: ['ResourceConflictException'] },
    ],
  },
  // DynamoDB developer guide, "Adding tags": the list there has no "@", and e-mail addresses are common.
  dynamodb: {
    name: 'dynamodb',
    keys: KEYS,
    values: { ...VALUES, doubtful: /@/g },
    actions: { read: 'dynamodb:ListTagsOfResource', write: 'dynamodb:TagResource' },
    failures: [
      // Too many changes of tables at once; elsewhere the name means a quota that no waiting helps against.
      { class: 'throttled', names: ['LimitExceededException'] },
      { class: 'invalid-tags', names: ['ValidationException'] },
      { class: 'busy', names: ['ResourceInUseException'] },
    ],
  },
  // The characters are not stated for SNS: the set that every service accepts.
  sns: {
    name: 'sns',
    keys: KEYS,
    values: VALUES,
    actions: { read: 'sns:ListTagsForResource', write: 'sns:TagResource' },
    failures: [
      { class: 'denied', names: ['AuthorizationErrorException'] },
      { class: 'too-many-tags', names: ['TagLimitExceededException'] },
      { class: 'invalid-tags', names: ['InvalidParameterException'] },
      // `StaleTag`: the ARN is that of a topic that was just deleted.
      { class: 'busy', names: ['ConcurrentAccessException', 'StaleTagException'] },
    ],
  },
  // SQS developer guide, "Amazon SQS standard queue quotas": neither key nor value may begin with `aws:`.
  sqs: {
    name: 'sqs',
    keys: KEYS,
    values: { ...VALUES, reservedPrefixes: ['aws:'] },
    actions: { read: 'sqs:ListQueueTags', write: 'sqs:TagQueue' },
    failures: [
      { class: 'not-found', names: ['InvalidAddress'] },
      { class: 'denied', names: ['InvalidSecurity'] },
      { class: 'invalid-tags', names: ['InvalidParameterValue'] },
    ],
  },
  // ElastiCache user guide, "Tagging your ElastiCache resources": any character.
  elasticache: {
    name: 'elasticache',
    keys: KEYS,
    values: { ...VALUES, refused: CONTROL },
    actions: { read: 'elasticache:ListTagsForResource', write: 'elasticache:AddTagsToResource' },
    failures: [
      { class: 'throttled', names: ['APICallRateForCustomerExceededFault'] },
      { class: 'too-many-tags', names: ['TagQuotaPerResourceExceeded'] },
      { class: 'invalid-tags', names: ['InvalidParameterValueException'] },
    ],
  },
};

/** What the names of errors mean that the services' models list for calls that tag, where the name alone says it. */
import { expect, test } from '@jest/globals';
import { type FailureClass, readFailure } from '../../tag-manager/calls/call-failure.ts';

const MEANING: Readonly<Partial<Record<FailureClass, readonly string[]>>> = {
  'not-found': [
    'ResourceNotFoundException NotFoundException NoSuchEntityException NoSuchHostedZone NoSuchHealthCheck',
    'RepositoryDoesNotExistException EntityDoesNotExistException WAFNonexistentItemException UnknownResourceFault',
    'UnknownResourceException LoadBalancerNotFoundException FileSystemNotFound CloudHsmResourceNotFoundException',
    'PipelineNotFoundException PipelineDeletedException TargetNotFoundException ResourceNotFoundFault NotFound',
  ],
  throttled: [
    'ThrottlingException TooManyRequestsException TooManyRequestException ThrottledClientException',
    'ProvisionedThroughputExceededException PriorRequestNotComplete RateLimitExceededException',
    'ClientLimitExceededException RequestLimitExceeded Throttling RequestThrottled',
  ],
  denied: [
    'AccessDeniedException AccessDenied ForbiddenException UnauthorizedException UnauthorizedClientException',
    'NotAuthorizedException AuthorizationErrorException AuthorizationException CloudHsmAccessDeniedException',
    'InsufficientPrivilegesException UnauthorizedOperation',
  ],
  'too-many-tags': [
    'TooManyTagsException TooManyTags TooManyTagsError TooManyTagsFault TagLimitExceededException TagLimitExceeded',
    'TagsLimitExceededException TagQuotaPerResourceExceeded TagsPerResourceExceededLimitException',
    'TagLimitExceededFault LimitExceededException ServiceQuotaExceededException ResourceLimitExceededException',
    'WAFLimitsExceededException LimitExceededFault',
  ],
  'invalid-tags': [
    'TagPolicyException TagPolicyViolationException InvalidTagException InvalidTagFault InvalidTagsException',
    'InvalidTagParameterException InvalidTagging InvalidSystemTagUsageException TagException CloudHsmTagException',
    'InvalidTagsToAddException InvalidTagsMapException',
  ],
  busy: [
    'InternalServerException InternalServerErrorException InternalFailureException InternalServiceError',
    'InternalErrorException InternalException ServiceUnavailableException ServiceException',
    'ServiceFailureException ServerException ServerInternalException WAFInternalErrorException',
    'WAFTagOperationInternalErrorException KMSInternalException ResourceInUseException',
    'ResourceInUseFault InvalidStateException InvalidClusterStateFault InvalidResourceStateFault',
    'ResourceNotReadyException ResourceUnavailableException',
  ],
  conflict: [
    'ConcurrentModificationException ConcurrentAccessException ConflictException ResourceContentionFault',
    'RetryableConflictException ConflictingOperationException OperationInProgressException',
    'TooManyUpdates ResourceConflictException RegionSetupInProgressException',
  ],
  unsupported: [
    'UnsupportedOperation UnsupportedOperationException MethodNotAllowedException ResourceTypeNotSupportedException',
    'ArnNotSupportedException UnsupportedCommandException UnsupportedRegionException ResourceDoesNotSupportTagging',
    'InvalidAction UnknownOperation UnknownOperationException',
  ],
  invalid: [
    'ValidationException BadRequestException BadRequest InvalidParameterException InvalidRequestException',
    'InvalidInputException InvalidArnException InvalidArgumentException InvalidResourceArnException',
  ],
};

const cases = Object.entries(MEANING).flatMap(([meaning, lines]) =>
  lines.flatMap((line) => line.split(' ').map((name) => [name, meaning] as const)),
);

test.each(cases)('%s is %s', (name, meaning) => {
  expect(readFailure(Object.assign(new Error('so it is'), { name })).class).toBe(meaning);
});

test.each(['InvalidAction', 'UnknownOperationException'])(
  '%s is about the call: what was to be tagged is not gone',
  (name) => {
    const message = 'Could not find operation TagResource for version 2010-08-01';
    expect(readFailure(Object.assign(new Error(message), { name })).class).toBe('unsupported');
  },
);

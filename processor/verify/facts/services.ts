/** Calls of services that the program has no client of: who they are spoken to with, and what is read of their answers. */
import type { TemplateMembers } from '../../../tag-manager/apis/api.ts';
import { serviceTable } from '../../../tag-manager/apis/apis.ts';
import type { Shaped, ShapedCall } from '../../../tag-manager/services/shaped-call.ts';

type Asked = 'cloudtrail' | 'events' | 'iam' | 'organizations';

function callOf<const Shape extends TemplateMembers>(
  name: Asked,
  call: string,
  out: Shape,
): () => ShapedCall<Shape> {
  return () => {
    const table = serviceTable(name);
    if (table === undefined) throw new RangeError(`there is no row of ${name}`);
    return { service: table.service, call, out };
  };
}

/** What a call of these answers. */
export type AnswerTo<Call extends () => ShapedCall<TemplateMembers>> = Shaped<ReturnType<Call>['out']>;

export const describeTrails = callOf('cloudtrail', 'DescribeTrails', {
  trailList: [
    {
      TrailARN: '',
      S3BucketName: '',
      S3KeyPrefix: '',
      SnsTopicARN: '',
      KmsKeyId: '',
      IsMultiRegionTrail: true,
      IsOrganizationTrail: true,
      LogFileValidationEnabled: true,
    },
  ],
});

export const getTrailStatus = callOf('cloudtrail', 'GetTrailStatus', {
  IsLogging: true,
  LatestDeliveryError: '',
});

export const getEventSelectors = callOf('cloudtrail', 'GetEventSelectors', {
  EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: '', ExcludeManagementEventSources: [''] }],
  AdvancedEventSelectors: [
    { FieldSelectors: [{ Field: '', Equals: [''], NotEquals: [''], StartsWith: [''], NotStartsWith: [''] }] },
  ],
});

export const listRuleNamesByTarget = callOf('events', 'ListRuleNamesByTarget', { RuleNames: [''] });

export const describeRule = callOf('events', 'DescribeRule', { Arn: '', State: '', EventPattern: '' });

export const listAccounts = callOf('organizations', 'ListAccounts', {
  Accounts: [{ Id: '', State: '', Status: '' }],
  NextToken: '',
});

export const describeOrganization = callOf('organizations', 'DescribeOrganization', {
  Organization: { Id: '' },
});

export const simulatePrincipalPolicy = callOf('iam', 'SimulatePrincipalPolicy', {
  EvaluationResults: [
    {
      EvalActionName: '',
      EvalResourceName: '',
      EvalDecision: '',
      MissingContextValues: [''],
      OrganizationsDecisionDetail: { AllowedByOrganizations: true },
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
      ResourceSpecificResults: [
        {
          EvalResourceName: '',
          EvalResourceDecision: '',
          MissingContextValues: [''],
          PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
        },
      ],
    },
  ],
  IsTruncated: true,
  Marker: '',
});

/** AWS Lambda: `CreateFunction20150331` in real records; the date is not part of the row's name. */
import { type CatalogueRow, SHORT_GRACE_SECONDS } from './row.ts';

export const LAMBDA_ROWS: readonly CatalogueRow[] = [
  {
    eventSource: 'lambda.amazonaws.com',
    eventName: 'CreateFunction',
    resourceType: 'lambda:function',
    arn: 'arn:{Partition}:lambda:{Region}:{Account}:function:{FunctionName}',
    // The same response holds other ARNs: `role`, `runtimeVersionConfig.runtimeVersionArn`.
    arnPaths: ['responseElements.functionArn'],
    ids: { FunctionName: ['responseElements.functionName'] },
    qualified: true,
    requestTagsPath: 'requestParameters.tags',
    naming: 'reusable',
    creation: 'strict',
    tagger: 'lambda',
    graceSeconds: SHORT_GRACE_SECONDS,
  },
];

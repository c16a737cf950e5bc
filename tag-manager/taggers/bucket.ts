/** A bucket, and the two APIs of S3 in the region where it is. */
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { APIS } from '../apis/apis.ts';
import type { Calls } from '../calls/calls.ts';
import type { ClientClass, SdkClient } from '../calls/clients.ts';
import type { Make, Target } from './tagger.ts';

export interface Bucket {
  readonly name: string;
  readonly arn: string;
  /** Whose bucket it was when it was created. */
  readonly account: string;
  readonly s3: Make<S3Client>;
  readonly control: Make<S3ControlClient>;
}

export function bucketIn(region: string, target: Target, calls: Calls, signal: AbortSignal): Bucket {
  const { id: name, arn, account } = target;
  const makeWith =
    <Client extends SdkClient>(client: ClientClass<Client>): Make<Client> =>
    (send) =>
      calls.make({ client, account, region, api: APIS.s3 }, signal, send);
  return { name, arn, account, s3: makeWith(S3Client), control: makeWith(S3ControlClient) };
}

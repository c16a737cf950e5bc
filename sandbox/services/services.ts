/** All services that the sandbox models, and which of them a request is for. */
import { AwsError } from '../aws-error.ts';
import type { HttpRequest, Service } from '../operation.ts';
import { dynamodb } from './dynamodb.ts';
import { ec2 } from './ec2.ts';
import { elasticache } from './elasticache.ts';
import { lambda } from './lambda.ts';
import { rds } from './rds.ts';
import { s3 } from './s3.ts';
import { isS3Control, s3Control } from './s3-control.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';
import { sts } from './sts.ts';

const SERVICES: Readonly<Record<string, Service>> = {
  dynamodb,
  ec2,
  elasticache,
  lambda,
  rds,
  s3,
  sns,
  sqs,
  sts,
};

/** The service of a signing name. S3 and S3 Control sign alike; the path tells them apart. */
export function serviceOf(signingName: string, request: HttpRequest): Service {
  const service = SERVICES[signingName];
  if (!service)
    throw new AwsError('UnknownService', 400, `The sandbox models no service that signs as "${signingName}"`);
  return service === s3 && isS3Control(request) ? s3Control : service;
}

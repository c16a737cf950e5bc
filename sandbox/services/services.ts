/** All services that the sandbox models, and which of them a request is for. */
import { AwsError } from '../aws-error.ts';
import type { HttpRequest, Service } from '../operation.ts';
import { serviceAsked } from '../tagging/read-call.ts';
import { taggingService } from '../tagging/service.ts';
import type { TaggingTable } from '../tagging/table.ts';
import { dynamodb } from './dynamodb.ts';
import { ec2 } from './ec2.ts';
import { elasticache } from './elasticache.ts';
import { lambda } from './lambda.ts';
import { isForParameter, parameterStore } from './parameter-store.ts';
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

/** The service that a request is for. Throws AwsError where there is none. */
export type ServiceOf = (signingName: string, request: HttpRequest) => Service;

/**
 * The services that the sandbox models, and beside them those of a table. Where several sign alike, S3 and S3 Control
 * are told apart by the path, others by host and path.
 */
export function createServiceOf(table: TaggingTable): ServiceOf {
  const tagged = Map.groupBy(table.services, ({ signingName }) => signingName);
  const made = new Map(table.services.map((service) => [service, taggingService(service)]));
  return (signingName, request) => {
    if (signingName === 'ssm' && isForParameter(request)) return parameterStore;
    const service = SERVICES[signingName];
    if (service) return service === s3 && isS3Control(request) ? s3Control : service;
    const named = serviceAsked(tagged.get(signingName) ?? [], request);
    const asked = named && made.get(named);
    if (asked) return asked;
    throw new AwsError('UnknownService', 400, `The sandbox models no service that signs as "${signingName}"`);
  };
}

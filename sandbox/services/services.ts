/** All services that the sandbox models, and which of them a request is for. */
import { AwsError } from '../aws-error.ts';
import type { HttpRequest, Service } from '../operation.ts';
import { serviceAsked } from '../tagging/read-call.ts';
import { taggingService } from '../tagging/service.ts';
import type { TaggingTable } from '../tagging/table.ts';
import { cloudtrail, events, organizations } from './described.ts';
import { dynamodb } from './dynamodb.ts';
import { ec2 } from './ec2.ts';
import { elasticache } from './elasticache.ts';
import { iam } from './iam.ts';
import { lambda } from './lambda.ts';
import { parameterStore } from './parameter-store.ts';
import { rds } from './rds.ts';
import { s3 } from './s3.ts';
import { isS3Control, s3Control } from './s3-control.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';
import { stepFunctions } from './step-functions.ts';
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

/** Of these the sandbox models a few calls; all others, that tag, are those of a table. */
const BESIDE: Readonly<Record<string, Service>> = {
  cloudtrail,
  events,
  iam,
  organizations,
  ssm: parameterStore,
  states: stepFunctions,
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
    const beside = BESIDE[signingName];
    if (beside && knows(beside, request)) return beside;
    const service = SERVICES[signingName];
    if (service) return service === s3 && isS3Control(request) ? s3Control : service;
    const named = serviceAsked(tagged.get(signingName) ?? [], request);
    const asked = named && made.get(named);
    if (asked) return asked;
    throw new AwsError('UnknownService', 400, `The sandbox models no service that signs as "${signingName}"`);
  };
}

function knows({ protocol, operations }: Service, request: HttpRequest): boolean {
  try {
    return Object.hasOwn(operations, protocol.read(request).operation);
  } catch {
    return false; // of another protocol, or broken: whoever it is for says so
  }
}

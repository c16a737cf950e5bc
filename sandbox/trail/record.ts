/** One CloudTrail record of one call, in the key order of the files that CloudTrail delivers. */
import { randomUUID } from 'node:crypto';
import type { AwsError } from '../aws-error.ts';
import type { Caller } from '../identity.ts';
import type { Call, Input, Operation, Output, Service } from '../operation.ts';
import { toSecond, userIdentityOf } from './user-identity.ts';

/** A record: key order matters, so it is a plain object that is written as it is. */
export type TrailRecord = Readonly<Record<string, unknown>> & {
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly recipientAccountId: string;
};

export interface ServedCall {
  readonly service: Service;
  readonly operation: Operation;
  readonly call: Call;
  readonly caller: Caller;
  readonly input: Input;
  readonly output?: Output | undefined;
  readonly error?: AwsError | undefined;
}

/** An address for documentation (RFC 5737). */
const SOURCE_IP_ADDRESS = '203.0.113.17';

/** The record of a served call. */
export function recordOf(served: ServedCall): TrailRecord {
  const { service, operation, call, input, error } = served;
  const { trail = {} } = operation;
  const { spelling } = service;
  const readOnly = isReadOnly(call.operation);
  const output = served.output ?? {};
  const via = call.identity.invokedBy;
  const resources = error ? [] : (trail.resources?.(input, output, call) ?? []);
  return {
    eventVersion: service.eventVersion,
    userIdentity: userIdentityOf(served.caller, call.region),
    eventTime: toSecond(call.at),
    eventSource: service.eventSource,
    eventName: trail.eventName ?? call.operation,
    awsRegion: call.region,
    sourceIPAddress: via ?? SOURCE_IP_ADDRESS,
    userAgent: via ?? spelling.userAgent?.(call.userAgent) ?? call.userAgent,
    ...(error && { errorCode: spelling.errorCode?.(error) ?? error.trailCode, errorMessage: error.message }),
    requestParameters: (trail.request ?? spelling.request)(input, call),
    responseElements: responseElementsOf(served, readOnly),
    ...spelling.extra?.(input, call),
    requestID: call.requestId,
    eventID: randomUUID(),
    readOnly,
    ...(resources.length > 0 && {
      resources: resources.map(({ type, arn }) => ({ accountId: call.account, type, ARN: arn })),
    }),
    eventType: 'AwsApiCall',
    ...(service.apiVersion !== undefined && { apiVersion: service.apiVersion }),
    managementEvent: true,
    recipientAccountId: call.account,
    eventCategory: 'Management',
    ...(via === undefined && {
      tlsDetails: {
        tlsVersion: 'TLSv1.3',
        cipherSuite: 'TLS_AES_128_GCM_SHA256',
        clientProvidedHostHeader: spelling.host(input, call),
      },
    }),
  };
}

/** Names that only read, as CloudTrail counts them: AssumeRole is one. */
const isReadOnly = (operation: string): boolean => /^(?:Describe|List|Get|Head|AssumeRole)/.test(operation);

function responseElementsOf(
  { service, operation, call, input, output = {}, error }: ServedCall,
  readOnly: boolean,
) {
  if (error) return null;
  if (operation.trail?.response) return operation.trail.response(output, call, input);
  return readOnly ? null : service.spelling.response(output, call);
}

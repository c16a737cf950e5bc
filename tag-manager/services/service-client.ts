/**
 * A client for any service, without its package: the SDK's own client of one service, told to speak another one's
 * protocol, to another one's endpoints, under another one's name. What it does between (retries, credentials, signing,
 * settings of the environment, time limits) is the SDK's own, and the same for all.
 */
import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import {
  AwsEc2QueryProtocol,
  AwsJson1_0Protocol,
  AwsJson1_1Protocol,
  AwsQueryProtocol,
  AwsRestJsonProtocol,
  AwsRestXmlProtocol,
} from '@aws-sdk/core/protocols';
import { type DeserializeMiddleware, SMITHY_CONTEXT_KEY, type StaticOperationSchema } from '@smithy/types';
import type { Protocol, Service } from '../apis/api.ts';
import type { ClientClass, ClientConfig } from '../calls/clients.ts';
import { endpointOf } from './endpoint.ts';
import { NAMESPACE } from './schema.ts';

export type ServiceClient = Pick<STSClient, 'send' | 'middlewareStack'>;

const PROTOCOLS = {
  ec2: AwsEc2QueryProtocol,
  'json1.0': AwsJson1_0Protocol,
  'json1.1': AwsJson1_1Protocol,
  query: AwsQueryProtocol,
  'rest-json': AwsRestJsonProtocol,
  'rest-xml': AwsRestXmlProtocol,
} satisfies Record<Protocol, unknown>;

const CLASSES = new Map<Service, ClientClass<ServiceClient>>();

/** The same class for the same service each time: clients are kept by it. */
export function clientOf(service: Service): ClientClass<ServiceClient> {
  const known = CLASSES.get(service);
  if (known !== undefined) return known;
  const settings = settingsOf(service);
  const made = class extends STSClient {
    constructor(config: ClientConfig) {
      super({ ...config, ...settings });
      this.middlewareStack.add(errorsMiddleware(service), {
        step: 'deserialize',
        priority: 'high',
        name: 'errors',
      });
    }
  };
  CLASSES.set(service, made);
  return made;
}

function settingsOf(service: Service): STSClientConfig {
  const { sdkId, protocol, version, signing, target, namespace, queryCompatible, signsPathAsIs } = service;
  const settings = {
    defaultNamespace: NAMESPACE,
    version,
    ...(target === undefined ? {} : { serviceTarget: target }),
    ...(namespace === undefined ? {} : { xmlNamespace: namespace }),
    ...(queryCompatible ? { awsQueryCompatible: true } : {}),
  };
  return {
    serviceId: sdkId,
    protocol: PROTOCOLS[protocol],
    protocolSettings: settings,
    endpointProvider: (parameters) => endpointOf(service, parameters),
    httpAuthSchemeProvider: ({ region = '' }) => [
      {
        schemeId: 'aws.auth#sigv4',
        signingProperties: { name: signing, region },
        propertiesExtractor: (config: object, context: object) => ({
          signingProperties: { config, context },
        }),
      },
    ],
    ...(signsPathAsIs ? { signingEscapePath: false } : {}),
  };
}

/** One call of the service: a command of the client whose schema is exchanged for that of the call. */
export function commandOf(schema: StaticOperationSchema, input: object): GetCallerIdentityCommand {
  const command = new GetCallerIdentityCommand(input);
  command.middlewareStack.add(
    (next, context) => (args) => {
      context.commandName = `${schema[2]}Command`;
      Object.assign(context[SMITHY_CONTEXT_KEY] ?? {}, { operationSchema: schema });
      return next(args);
    },
    { step: 'initialize', priority: 'high', name: 'exchange' },
  );
  return command;
}

/** Stands within the SDK's retries: errors get the names that the SDK gives them, and whether to try again. */
function errorsMiddleware<Input extends object, Output extends object>({
  errors = {},
  retryable = {},
}: Service): DeserializeMiddleware<Input, Output> {
  const { throttling = [], transient = [] } = retryable;
  return (next) => async (args) => {
    try {
      return await next(args);
    } catch (error) {
      if (error instanceof Error) {
        if (Object.hasOwn(errors, error.name)) error.name = errors[error.name] ?? error.name;
        if (throttling.includes(error.name)) Object.assign(error, { $retryable: { throttling: true } });
        if (transient.includes(error.name)) Object.assign(error, { $retryable: {} });
      }
      throw error;
    }
  };
}

/** AWS query and EC2 query: a form in, XML out (Smithy's awsQuery and ec2Query protocols). */
import { AwsError } from '../aws-error.ts';
import type { HttpRequest, Protocol } from '../operation.ts';
import { readForm } from './form.ts';
import { writeXml } from './xml.ts';

/**
 * The protocol of RDS, SNS, ElastiCache and STS.
 * `itemNames` names the element of each list's items where it is not `member`.
 */
export function awsQuery(namespace: string, itemNames: Readonly<Record<string, string>> = {}): Protocol {
  const itemName = (key: string) => (key === 'entry' ? undefined : (itemNames[key] ?? 'member'));
  return {
    read,
    write: (operation, output, requestId) => ({
      status: 200,
      headers: headersOf(requestId),
      body: writeXml(
        `${operation}Response`,
        namespace,
        { [`${operation}Result`]: output ?? {}, ResponseMetadata: { RequestId: requestId } },
        itemName,
      ),
    }),
    writeError: (error, requestId) => ({
      status: error.status,
      headers: { ...headersOf(requestId), ...error.headers },
      body: writeXml('ErrorResponse', namespace, {
        Error: {
          Type: error.status < 500 ? 'Sender' : 'Receiver',
          Code: error.code,
          Message: error.message,
          ...error.fields,
        },
        RequestId: requestId,
      }),
    }),
  };
}

/** The protocol of EC2: outputs are spelled as on the wire (`instanceId`), lists hold `item` elements. */
export function ec2Query(namespace: string): Protocol {
  return {
    read,
    write: (operation, output, requestId) => ({
      status: 200,
      headers: headersOf(requestId),
      body: writeXml(`${operation}Response`, namespace, { requestId, ...output }, () => 'item'),
    }),
    writeError: (error, requestId) => ({
      status: error.status,
      headers: { ...headersOf(requestId), ...error.headers },
      body: writeXml('Response', undefined, {
        Errors: { Error: { Code: error.code, Message: error.message } },
        RequestID: requestId,
      }),
    }),
  };
}

function read(request: HttpRequest): ReturnType<Protocol['read']> {
  const form = new URLSearchParams(request.body.toString());
  const operation = form.get('Action');
  if (operation === null)
    throw new AwsError('MissingAction', 400, 'The request must contain the parameter Action');
  form.delete('Action');
  form.delete('Version');
  return { operation, input: readForm(form) };
}

function headersOf(requestId: string): Record<string, string> {
  return { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId };
}

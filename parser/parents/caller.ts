/** Is a call made by a service itself? By what AWS alone writes into a record, and nobody who calls can choose. */
import { textAt } from '../path.ts';
import type { CloudTrailRecord } from '../record.ts';

/**
 * By the service that CloudTrail says made the call, for itself or on somebody's behalf (CloudTrail user guide, "CloudTrail
 * userIdentity element", `invokedBy`, and "CloudTrail record contents", `sourceIPAddress`), or by the service whose role it
 * is: nobody but the service can assume it, and nobody can put another role on its path (IAM user guide, "Service-linked roles").
 * What the caller says of itself, as in `userAgent`, counts for nothing.
 */
export function isCalledBy(record: CloudTrailRecord, services: readonly string[]): boolean {
  const issuer = textAt(record, 'userIdentity.sessionContext.sessionIssuer.arn') ?? '';
  const callers = [
    textAt(record, 'userIdentity.invokedBy'),
    textAt(record, 'sourceIPAddress'),
    SERVICE_LINKED_ROLE.exec(issuer)?.[1],
  ];
  return callers.some((caller) => caller !== undefined && services.includes(inEveryPartition(caller)));
}

const SERVICE_LINKED_ROLE =
  /^arn:[\w-]+:iam::\d{12}:role\/aws-service-role\/([^/]+)\/AWSServiceRoleFor[^/]+$/;

/** Some principals have the suffix of China there. */
function inEveryPartition(principal: string): string {
  return principal.replace(/\.amazonaws\.com\.cn$/, '.amazonaws.com');
}

/** One JSON object a line, each with its `kind`. The fields are a contract with users: docs/command-line.md. */
import { printableJson } from '../../parser/printable.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import { toObject } from '../../tag-manager/tags/tag-set.ts';
import type { Printer, Write } from './printer.ts';

export function jsonPrinter(write: Write): Printer {
  const line = (kind: string, fields: object) => write(`${printableJson({ kind, ...fields })}\n`);
  return {
    resource: (file, outcome) =>
      line('resource', {
        file,
        ...describeResource(outcome),
        ...describeOutcome(outcome),
      }),
    ignored: (file, { eventID, eventSource, eventName, reason, detail, index }) =>
      line('ignored', { file, eventID, eventSource, eventName, reason, detail, index }),
    file: (report) => line('file', report),
    summary: (totals) => line('summary', totals),
  };
}

function describeResource({ creation, resource, tags, rules, adjustments }: Outcome) {
  return {
    eventID: creation.eventID,
    eventSource: creation.eventSource,
    eventName: creation.eventName,
    eventTime: creation.eventTime,
    region: resource.region,
    account: creation.account,
    resourceType: resource.row.resourceType,
    arn: resource.arn,
    tags: toObject(tags),
    ...(rules.size > 0 && { rules: toObject(rules) }),
    ...(adjustments.length > 0 && { adjustments }),
    index: creation.index,
  };
}

function describeOutcome({ outcome, reason, failure }: Outcome) {
  return { outcome, ...(reason !== '' && { reason }), ...(failure && { failure }) };
}

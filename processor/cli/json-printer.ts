/** One JSON object a line, each with its `kind`. The fields are a contract with users: docs/command-line.md. */
import { printableJson } from '../../parser/printable.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import { toObject } from '../../tag-manager/tags/tag-set.ts';
import type { PassedOver } from '../file/plan-file.ts';
import type { FileResult } from './file-result.ts';
import type { Printer, Write } from './printer.ts';

export function jsonPrinter(write: Write): Printer {
  return {
    resource: (file, outcome) => write(resourceLine(file, outcome)),
    ignored: (file, record) => write(ignoredLine(file, record)),
    file: (report) => write(line('file', report)),
    lines: write,
    summary: (totals) => write(line('summary', totals)),
  };
}

/** All that is printed of one file. Any thread can make it. */
export function linesOf({ report, outcomes, passedOver }: FileResult, explain: boolean): string {
  let lines = '';
  for (const outcome of outcomes) lines += resourceLine(report.file, outcome);
  if (explain) for (const record of passedOver) lines += ignoredLine(report.file, record);
  return lines + line('file', report);
}

function line(kind: string, fields: object): string {
  return `${printableJson({ kind, ...fields })}\n`;
}

function resourceLine(file: string, outcome: Outcome): string {
  return line('resource', { file, ...describeResource(outcome), ...describeOutcome(outcome) });
}

function ignoredLine(
  file: string,
  { eventID, eventSource, eventName, reason, detail, index }: PassedOver,
): string {
  return line('ignored', { file, eventID, eventSource, eventName, reason, detail, index });
}

function describeResource({ creation, resource, tags, rules, adjustments }: Outcome) {
  const { parent } = creation;
  return {
    eventID: creation.eventID,
    eventSource: creation.eventSource,
    eventName: creation.eventName,
    eventTime: creation.eventTime,
    region: resource.region,
    account: creation.account,
    resourceType: resource.row.resourceType,
    arn: resource.arn,
    ...(parent !== undefined && {
      parent: { arn: parent.arn, resourceType: parent.resourceType, proof: parent.proof },
    }),
    tags: toObject(tags),
    ...(rules.size > 0 && { rules: toObject(rules) }),
    ...(adjustments.length > 0 && { adjustments }),
    index: creation.index,
  };
}

function describeOutcome({ outcome, reason, failure }: Outcome) {
  return { outcome, ...(reason !== '' && { reason }), ...(failure && { failure }) };
}

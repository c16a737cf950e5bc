/** Coverage as JSON lines, each object with its `kind`. The fields are a contract with users: docs/command-line.md. */
import { printableJson } from '../../../parser/printable.ts';
import { type CoveredEvent, countCalls, type ServiceCoverage, sumsOf } from '../../coverage/coverage.ts';
import { CONFIDENCES } from '../../coverage/words.ts';
import type { Write } from '../printer.ts';

/** A line for each service. */
export function writeServiceLines(services: readonly ServiceCoverage[], write: Write): void {
  for (const each of services) {
    const { types, calls, leftOut } = sumsOf([each]);
    const confidence = CONFIDENCES.map((name) => [
      name,
      countCalls(each.events.filter((event) => event.confidence === name)),
    ]);
    const { service, byDefault } = each;
    line(write, 'service', {
      service,
      types,
      calls,
      confidence: Object.fromEntries(confidence),
      leftOut,
      byDefault,
    });
  }
  line(write, 'summary', sumsOf(services));
}

/** A line for each event, and for each that is left out. */
export function writeEventLines(services: readonly ServiceCoverage[], write: Write): void {
  for (const { service, byDefault, events, leftOut } of services) {
    for (const event of events) line(write, 'event', { service, ...describeEvent(event), byDefault });
    for (const { eventSource, eventName, resourceType, reason } of leftOut) {
      line(write, 'left-out', { service, resourceType, eventSource, eventName, reason });
    }
  }
  line(write, 'summary', sumsOf(services));
}

function line(write: Write, kind: string, fields: object): void {
  write(`${printableJson({ kind, ...fields })}\n`);
}

function describeEvent(event: CoveredEvent) {
  const { api, creationIn } = event;
  const { read, write, optional, unscoped } = api.actions;
  return {
    resourceType: event.resourceType,
    eventSource: event.eventSource,
    eventName: event.eventName,
    confidence: event.confidence,
    arn: event.arn,
    naming: event.naming,
    creation: event.creation,
    ...(creationIn !== undefined && { creationIn }),
    ...(event.creation === 'upsert' && { provesCreation: event.newWhen !== undefined }),
    api: api.name,
    readCall: api.read.call,
    writeCall: api.write.call,
    actions: { read, write, ...(optional && { optional }), ...(unscoped && { unscoped }) },
    ...(api.authorizedAs !== undefined && { authorizedAs: api.authorizedAs }),
  };
}

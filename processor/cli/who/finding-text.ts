/** Findings of `why`, for people and as lines of JSON. */
import { printable } from '../../../parser/printable.ts';
import type { Finding } from '../../who/why.ts';
import { line } from './answer-json.ts';
import { callOf } from './answer-text.ts';

export function findingLine(finding: Finding): string {
  return line('finding', finding);
}

export function findingText(finding: Finding): string {
  const { eventID, eventTime, eventSource, eventName, arn, outcome, meaning, detail, todo, toldBy, index } =
    finding;
  const place = index === undefined ? toldBy : `${toldBy}, record ${index + 1}`;
  const lines = [
    arn ?? `event ${eventID}`,
    `  ${outcome}: ${[arn === undefined || detail === '' ? meaning : '', detail].filter((text) => text !== '').join(': ')}`,
    `  do: ${todo}`,
    `  by ${callOf(eventName, eventSource)} at ${eventTime}, event ${eventID}, told by ${place}`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/**
 * An alert as an e-mail in plain text. What others chose stands in it cut, on one line, and with no address that a mail
 * program would make a link of.
 */
import { printable } from '../../parser/printable.ts';
import type { Alert } from './alert.ts';
import { ALERTS, howToStop } from './alert-rows.ts';

export interface AlertText {
  readonly subject: string;
  readonly message: string;
}

/** Amazon SNS API Reference, "Publish": ASCII, no line breaks, less than 100 characters. */
const MAX_SUBJECT = 99;

const MAX_CHOSEN = 400;

export function textOf(alert: Alert, functionName: string): AlertText {
  const { account, service, class: what, why, eventID, file, count } = alert;
  const { title, whatToDo } = ALERTS[what];
  const facts = [
    ['About', plain(alert.what)],
    ['Account', plain(account)],
    ['Service', plain(service)],
    ['Class', what],
    ['AWS says', plain(why)],
    ['Event', eventID],
    ['Log file', file === alert.what ? undefined : file],
    ['How many', count > 1 ? `${count} in one invocation; this is the first` : undefined],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${`${name}:`.padEnd(10)}${plain(value)}`]));
  return {
    subject: subjectOf(`auto-tagger: ${title}, ${service} in ${account}`),
    message: [
      `auto-tagger: ${title}.`,
      facts.join('\n'),
      `What to do: ${whatToDo}`,
      'Nothing more is sent of this class for this account and service for an hour; the log of the function has all.',
      howToStop(functionName),
    ].join('\n\n'),
  };
}

function plain(text: string): string {
  const cut = text.length > MAX_CHOSEN ? `${text.slice(0, MAX_CHOSEN)}…` : text;
  return printable(cut.toWellFormed())
    .replaceAll(/(?<!\bs3):\/\//gi, ' : //')
    .replace(/\bwww\./gi, 'www .');
}

function subjectOf(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_SUBJECT);
}

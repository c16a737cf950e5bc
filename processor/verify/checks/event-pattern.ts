/** Whether a rule of EventBridge takes an event: the parts of its patterns that rules for log files and for CloudTrail's events use. */
import { like } from './policy-lets.ts';

type Fields = { readonly [name: string]: unknown };

/** `undefined` where the pattern asks in a way that is not known here. */
export function takesObject(pattern: string, bucket: string, key: string): boolean | undefined {
  return matches(JSON.parse(pattern), {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: bucket }, object: { key } },
  });
}

/** Of a call that succeeded, as CloudTrail sends it; `undefined` as `takesObject`. */
export function takesEvent(pattern: string, eventSource: string, eventName: string): boolean | undefined {
  return matches(JSON.parse(pattern), {
    source: `aws.${eventSource.split('.')[0]}`,
    'detail-type': 'AWS API Call via CloudTrail',
    detail: { eventSource, eventName },
  });
}

function matches(pattern: Fields, event: Fields): boolean | undefined {
  const answers = Object.entries(pattern).map(([name, wanted]) => {
    const value = event[name];
    if (Array.isArray(wanted)) return matchesOne(wanted, value);
    return isFields(wanted) && isFields(value) ? matches(wanted, value) : undefined;
  });
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/** Amazon EventBridge User Guide, "Comparison operators for use in event patterns". */
function matchesOne(wanted: readonly unknown[], value: unknown): boolean | undefined {
  const answers = wanted.map((each) => {
    const { exists, wildcard, prefix, suffix } = isFields(each) ? each : {};
    if (exists === false) return value === undefined;
    if (typeof value !== 'string') return undefined;
    if (typeof each === 'string') return each === value;
    if (typeof wildcard === 'string') return like(wildcard, value);
    if (typeof prefix === 'string') return value.startsWith(prefix);
    if (typeof suffix === 'string') return value.endsWith(suffix);
    return undefined;
  });
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

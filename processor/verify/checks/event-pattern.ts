/** Whether a rule of EventBridge takes the event of a new object: the parts of its patterns that such rules use. */
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

function matches(pattern: Fields, event: Fields): boolean | undefined {
  const answers = Object.entries(pattern).map(([name, wanted]) => {
    const value = event[name];
    if (Array.isArray(wanted)) return typeof value === 'string' ? matchesOne(wanted, value) : undefined;
    return isFields(wanted) && isFields(value) ? matches(wanted, value) : undefined;
  });
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/** Amazon EventBridge User Guide, "Comparison operators for use in event patterns". */
function matchesOne(wanted: readonly unknown[], value: string): boolean | undefined {
  const answers = wanted.map((each) => {
    if (typeof each === 'string') return each === value;
    const { wildcard, prefix, suffix } = isFields(each) ? each : {};
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

/**
 * How CloudTrail spells what a service calls `DBInstanceArn`, `ARN` or `Tags`: the first letter in lower case, nothing
 * else (`dBInstanceArn`, `aRN`). Keys of maps are the customer's own and stay as they are.
 */

/** Members that are maps when they are objects (SDK clients' schemas of Lambda, SQS and SNS). */
const MAPS = new Set(['Tags', 'tags', 'Attributes', 'Variables', 'MessageAttributes']);

const SECRETS = new Set(['MasterUserPassword', 'AuthToken']);

/** The value with every member's first letter in lower case; a Date as `Jul 10, 2023, 12:09:47 PM`. */
export function lowerFirst(value: unknown): unknown {
  if (value instanceof Date) return readableDate(value);
  if (Array.isArray(value)) return value.map(lowerFirst);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  return Object.fromEntries(
    entries.map(([key, child]) => [
      lowerFirstLetter(key),
      SECRETS.has(key) ? 'HIDDEN_DUE_TO_SECURITY_REASONS' : spellMember(key, child),
    ]),
  );
}

function spellMember(key: string, value: unknown): unknown {
  const isMap = MAPS.has(key) && typeof value === 'object' && !Array.isArray(value);
  return isMap ? value : lowerFirst(value);
}

export const lowerFirstLetter = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** As `lowerFirst`; null where nothing is in it, which is how CloudTrail writes empty requests and answers. */
export function lowerFirstOrNull(value: Readonly<Record<string, unknown>>): unknown {
  const spelled = lowerFirst(value) as object;
  return Object.keys(spelled).length > 0 ? spelled : null;
}

const DATE = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
});

const readableDate = (date: Date): string => DATE.format(date).replaceAll('\u202f', ' ');

/** Members of the query services' requests that are numbers (SDK clients' schemas); a form holds all as text. */
const NUMBERS = new Set([
  'AllocatedStorage',
  'BackupRetentionPeriod',
  'DurationSeconds',
  'Iops',
  'MaxRecords',
  'NumCacheClusters',
  'NumCacheNodes',
  'NumNodeGroups',
  'Port',
]);

/** A form's values as the types that they stand for. Tags stay the text that they are. */
export function typedForm(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key, key === 'Tags' ? value : typed(key, value)]),
  );
}

function typed(key: string, value: unknown): unknown {
  if (value === 'true' || value === 'false') return value === 'true';
  if (Array.isArray(value)) return value.map((item) => typed(key, item));
  if (typeof value === 'object' && value !== null) return typedForm(value as Record<string, unknown>);
  return NUMBERS.has(key) ? Number(value) : value;
}

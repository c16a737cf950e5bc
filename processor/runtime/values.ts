/**
 * What a variable may hold: from text to value, with errors that say what was expected.
 */
import { isAccount } from '../../parser/account.ts';
import { parseArn } from '../../parser/arn.ts';
import { partitionOf } from '../../parser/partition.ts';
import { type FilterName, patternProblem } from '../file/filters.ts';
import { type LogBuckets, readLogBuckets } from '../file/log-buckets.ts';
import { readServices } from '../file/services.ts';
import { isBucketName } from '../log-file-ref.ts';
import { type QueueSurroundings, readQueueUrl, type SqsQueue } from './queue-url.ts';
import { readSource, type Source } from './sources/source.ts';
import { formed, notSet, TextError, type TextValue, textValue } from './text-value.ts';

/** Where the settings are read. */
export interface Place extends QueueSurroundings {
  /** The function takes what comes by itself; on the command line the user says what to read. */
  readonly isFunction: boolean;
  /** Where log files may come from when nobody names buckets; `undefined` where somebody must. */
  readonly defaultBuckets: LogBuckets | undefined;
}

export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
): TextValue<Words[number]> {
  const { names, last } = { names: words.slice(0, -1).join(', '), last: words.at(-1) };
  return textValue((text) => {
    const word: Words[number] | undefined = words.find((each) => each === text);
    if (word !== undefined) return word;
    throw new Error(`expected ${names} or ${last}, got ${JSON.stringify(text)}`);
  });
}

export const flag = textValue((text) => oneOf(['true', 'false']).read(text) === 'true');

const digits = formed((text) => /^[1-9]\d{0,12}$/.test(text), 'a whole number from 1 to 9999999999999');
export const wholeNumber = textValue((text) => Number(digits.read(text)));

/** Each takes a socket, and many systems give a process 1,024 descriptors. */
const MAX_OPEN_FILES = 1_000;

export const openFiles = textValue((text) => {
  const files = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : Number.NaN;
  if (files <= MAX_OPEN_FILES) return files;
  throw new Error(`expected a whole number from 1 to ${MAX_OPEN_FILES}, got ${JSON.stringify(text)}`);
});

const fraction = formed(
  (text) => /^(0?\.\d*[1-9]\d*|1(\.0+)?)$/.test(text),
  'a number above 0 and at most 1, as 0.5',
);
/** As a decimal fraction, so that nobody's percentage is taken for one. */
export const share = textValue((text) => Number(fraction.read(text)));

/** Key and template. */
export const tagTemplates = textValue((text): Readonly<Record<string, string>> => {
  const given = parsedJson(text);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Error('expected a JSON object of key and template');
  }
  const wrong = Object.entries(given).filter(([, template]) => typeof template !== 'string');
  if (wrong.length === 0) return given as Readonly<Record<string, string>>;
  throw new TextError(
    wrong.map(([key, other]) => `${key}: expected a template, which is a text, got ${JSON.stringify(other)}`),
  );
});

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`expected a JSON object of key and template: ${(cause as Error).message}`, { cause });
  }
}

/** Keys between commas, at least one. Whether a key is legal is checked with all others. */
export const tagKeys = textValue((text) => {
  const keys = between(text);
  if (keys.length === 0) throw new Error('expected tag keys between commas');
  return keys;
});

/** Where a table comes from. */
export function source(place: Place) {
  return textValue((text) => readSource(text, { files: !place.isFunction }));
}

/** Where rules come from, or they themselves: they are short enough. */
export function rules(place: Place) {
  return textValue((text): Source => {
    const isJson = /^\s*[[{]/.test(text);
    return isJson ? { kind: 'text', text } : readSource(text, { files: !place.isFunction });
  });
}

/** Patterns between commas, at least one, and none that can match nothing. */
export function patterns(name: FilterName) {
  return textValue((text) => {
    const list = between(text);
    if (list.length === 0) throw new Error('expected patterns between commas');
    const problems = list.flatMap((pattern) => patternProblem(name, pattern) ?? []);
    if (problems.length > 0) throw new TextError(problems);
    return list;
  });
}

export const logBuckets = textValue(
  readLogBuckets,
  notSet(
    'is not set: name the buckets that log files may come from, or set it to * to take log files from any bucket',
  ),
);

export const bucketName = formed(isBucketName, 'the name of a bucket');

/** Amazon DynamoDB Developer Guide, "Supported data types and naming rules". */
export const tableName = formed(
  (text) => /^[A-Za-z0-9_.-]{3,255}$/.test(text),
  'the name of a DynamoDB table, 3 to 255 letters, digits, dots, hyphens or underscores',
);

/** AWS IAM User Guide, "IAM and AWS STS quotas": a name of 64 characters, and a path of 512 before it. */
export const roleName = formed(
  (text) => /^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/.test(text) && text.length <= 512 + 64,
  'the name of a role, with its path if it has one, such as auto-tagger or team/auto-tagger',
);

/** AWS STS API Reference, "AssumeRole". It is not shown: some take it for a secret. */
export const externalId = textValue((text) => {
  if (/^[\w+=,.@:/-]{2,1224}$/.test(text)) return text;
  throw new Error('expected 2 to 1224 letters, digits or any of _ + = , . @ : / -');
});

/** The same. */
export const sessionName = formed(
  (text) => /^[\w+=,.@-]{2,64}$/.test(text),
  '2 to 64 letters, digits or any of _ + = , . @ -',
);

/** Checked, and kept as the text that it is. */
export const services = textValue((text) => {
  readServices(text);
  return text;
});

/** Of a queue that we send to. */
export function queueUrl(place: Place) {
  return textValue((url) => standard(inReach(readQueueUrl(url, place), place)));
}

/** What we send has no group, and a delay of its own (Amazon SQS Developer Guide, "FIFO queues": both are refused). */
function standard(queue: SqsQueue): SqsQueue {
  if (queue.arn.endsWith('.fifo')) throw new Error('expected a standard queue, got a FIFO queue');
  return queue;
}

/** As ARNs. */
export function eventQueues(place: Place) {
  return textValue((text): readonly string[] => between(text).map((entry) => queueArn(entry, place)));
}

function queueArn(entry: string, place: Place): string {
  if (!entry.startsWith('arn:')) return inReach(readQueueUrl(entry, place), place).arn;
  const arn = parseArn(entry);
  const isQueue =
    arn?.service === 'sqs' &&
    arn.partition === partitionOf(arn.region)?.name &&
    isAccount(arn.account) &&
    /^[A-Za-z0-9_-]{1,80}(\.fifo)?$/.test(arn.resource);
  if (!isQueue) throw new Error(`${JSON.stringify(entry)}: expected the ARN or the URL of an SQS queue`);
  return inReach({ arn: entry, region: arn.region }, place).arn;
}

/** What is published there has no group, which a FIFO topic asks for. */
export const topicArn = formed(
  isStandardTopic,
  'the ARN of a standard SNS topic, such as arn:aws:sns:eu-west-1:111122223333:alerts',
);

/** Amazon SNS API Reference, "CreateTopic". */
function isStandardTopic(text: string): boolean {
  const arn = parseArn(text);
  return (
    arn?.service === 'sns' &&
    arn.partition === partitionOf(arn.region)?.name &&
    isAccount(arn.account) &&
    /^[A-Za-z0-9_-]{1,256}$/.test(arn.resource)
  );
}

/** A function sends to, and is invoked by, queues of its own region only (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
function inReach<Queue extends Pick<SqsQueue, 'arn' | 'region'>>(queue: Queue, place: Place): Queue {
  if (!place.isFunction || queue.region === place.region) return queue;
  throw new Error(
    `the queue is in ${queue.region}, expected one in ${place.region}, the region of the function`,
  );
}

function between(text: string): readonly string[] {
  return text.split(',').flatMap((part) => part.trim() || []);
}

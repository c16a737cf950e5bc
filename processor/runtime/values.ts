/**
 * What a variable may hold: schemas from text to value, whose issues say what was expected.
 */
import * as z from 'zod';
import { isAccount } from '../../parser/account.ts';
import { parseArn } from '../../parser/arn.ts';
import { partitionOf } from '../../parser/partition.ts';
import { type FilterName, patternProblem } from '../file/filters.ts';
import { type LogBuckets, readLogBuckets } from '../file/log-buckets.ts';
import { readServices } from '../file/services.ts';
import { type QueueSurroundings, readQueueUrl, type SqsQueue } from './queue-url.ts';
import { readSource, type Source } from './sources/source.ts';

/** Where the settings are read. */
export interface Place extends QueueSurroundings {
  /** The function takes what comes by itself; on the command line the user says what to read. */
  readonly isFunction: boolean;
  /** Where log files may come from when nobody names buckets; `undefined` where somebody must. */
  readonly defaultBuckets: LogBuckets | undefined;
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const { names, last } = { names: words.slice(0, -1).join(', '), last: words.at(-1) };
  return z.enum(words, { error: ({ input }) => `expected ${names} or ${last}, got ${shown(input)}` });
}

export const flag = oneOf(['true', 'false']).transform((text) => text === 'true');

export const wholeNumber = z
  .string()
  .regex(/^[1-9]\d{0,12}$/, {
    error: ({ input }) => `expected a whole number from 1 to 9999999999999, got ${shown(input)}`,
  })
  .transform(Number);

/** As a decimal fraction, so that nobody's percentage is taken for one. */
export const share = z
  .string()
  .regex(/^(0?\.\d*[1-9]\d*|1(\.0+)?)$/, {
    error: ({ input }) => `expected a number above 0 and at most 1, as 0.5, got ${shown(input)}`,
  })
  .transform(Number);

function shown(input: unknown): string {
  return JSON.stringify(input);
}

/** Key and template. */
export const tagTemplates = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      context.addIssue(`expected a JSON object of key and template: ${(error as Error).message}`);
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.string(), 'expected a JSON object of key and template'));

/** Keys between commas, at least one. Whether a key is legal is checked with all others. */
export const tagKeys = z.string().transform((text, context) => {
  const keys = between(text);
  if (keys.length === 0) context.addIssue('expected tag keys between commas');
  return keys;
});

/** Where a table comes from. */
export function source(place: Place) {
  return z.string().transform(orIssue((text) => readSource(text, { files: !place.isFunction })));
}

/** Where rules come from, or they themselves: they are short enough. */
export function rules(place: Place) {
  return z.string().transform(
    orIssue((text): Source => {
      const isJson = /^\s*[[{]/.test(text);
      return isJson ? { kind: 'text', text } : readSource(text, { files: !place.isFunction });
    }),
  );
}

/** Patterns between commas, at least one, and none that can match nothing. */
export function patterns(name: FilterName) {
  return z.string().transform((text, context) => {
    const list = between(text);
    if (list.length === 0) context.addIssue('expected patterns between commas');
    for (const problem of list.flatMap((pattern) => patternProblem(name, pattern) ?? [])) {
      context.addIssue(problem);
    }
    return list;
  });
}

export const logBuckets = z
  .string(
    'is not set: name the buckets that log files may come from, or set it to * to take log files from any bucket',
  )
  .transform(orIssue(readLogBuckets));

/** Amazon DynamoDB Developer Guide, "Supported data types and naming rules". */
export const tableName = z.string().regex(/^[A-Za-z0-9_.-]{3,255}$/, {
  error: ({ input }) =>
    `expected the name of a DynamoDB table, 3 to 255 letters, digits, dots, hyphens or underscores, got ${shown(input)}`,
});

/** AWS IAM User Guide, "IAM and AWS STS quotas": a name of 64 characters, and a path of 512 before it. */
export const roleName = z
  .string()
  .refine((text) => /^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/.test(text) && text.length <= 512 + 64, {
    error: ({ input }) =>
      `expected the name of a role, with its path if it has one, such as auto-tagger or team/auto-tagger, got ${shown(input)}`,
  });

/** AWS STS API Reference, "AssumeRole". */
export const externalId = z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, {
  error: 'expected 2 to 1224 letters, digits or any of _ + = , . @ : / -',
});

/** The same. */
export const sessionName = z.string().regex(/^[\w+=,.@-]{2,64}$/, {
  error: ({ input }) => `expected 2 to 64 letters, digits or any of _ + = , . @ -, got ${shown(input)}`,
});

/** Checked, and kept as the text that it is. */
export const services = z.string().transform(
  orIssue((text): string => {
    readServices(text);
    return text;
  }),
);

/** Of a queue that we send to. */
export function queueUrl(place: Place) {
  return z.string().transform(orIssue((url) => standard(inReach(readQueueUrl(url, place), place))));
}

/** What we send has no group, and a delay of its own (Amazon SQS Developer Guide, "FIFO queues": both are refused). */
function standard(queue: SqsQueue): SqsQueue {
  if (queue.arn.endsWith('.fifo')) throw new Error('expected a standard queue, got a FIFO queue');
  return queue;
}

/** As ARNs. */
export function eventQueues(place: Place) {
  return z
    .string()
    .transform(orIssue((text): readonly string[] => between(text).map((entry) => queueArn(entry, place))));
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
export const topicArn = z.string().refine(isStandardTopic, {
  error: ({ input }) =>
    `expected the ARN of a standard SNS topic, such as arn:aws:sns:eu-west-1:111122223333:alerts, got ${shown(input)}`,
});

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

/** What `read` throws becomes the issue of a schema. */
function orIssue<Value>(read: (text: string) => Value) {
  return (text: string, context: z.RefinementCtx): Value => {
    try {
      return read(text);
    } catch (error) {
      context.addIssue((error as Error).message);
      return z.NEVER;
    }
  };
}

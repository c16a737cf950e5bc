/**
 * The environment variables that configure the function and the command line, read and checked once at the
 * start. `docs/configuration.md` lists them for users.
 */
import { z } from 'zod';
import { type Bounds, DEFAULT_BOUNDS } from '../../parser/bounds.ts';
import { compileTagSettings, type TagSettings } from '../../tag-manager/tags/tag-settings.ts';
import { compileFilter, FILTER_NAMES, type Filter, type Patterns } from '../file/filters.ts';
import { TRIGGER_MODES, type TriggerMode } from '../notification/trigger-mode.ts';

export interface Settings {
  readonly tags: TagSettings;
  readonly filter: Filter;
  readonly bounds: Bounds;
  /** AWS calls under way at once, over all files. */
  readonly concurrency: number;
  /** The only caller that this deployment answers, or `auto`. */
  readonly triggerMode: TriggerMode;
  /** Where what can be done later goes; the function is invoked by it. */
  readonly retryQueueUrl: string | undefined;
  /** Where what cannot be done goes. */
  readonly failureQueueUrl: string | undefined;
}

/** A setting that cannot be used; the message names the variable. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const wholeNumber = z
  .string()
  .regex(/^[1-9]\d{0,12}$/, 'expected a whole number from 1')
  .transform(Number);
const tagKey = z.string();
const queueUrl = z.url({ protocol: /^https?$/, error: 'expected the URL of a queue' });

const tagTemplates = z
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

const environment = z.object({
  CREATED_BY: z.enum(['arn', 'name', 'person']).default('arn'),
  CREATED_BY_KEY: tagKey.default('CreatedBy'),
  CREATED_DATE_KEY: tagKey.default('CreatedDate'),
  MANAGED_BY_KEY: tagKey.default('ManagedBy'),
  TAGS: tagTemplates.default({}),
  ON_EXISTING: z.enum(['keep', 'overwrite']).default('keep'),
  DRY_RUN: flag.default(false),
  CONCURRENCY: wholeNumber.default(16),
  MAX_FILE_BYTES: wholeNumber.default(DEFAULT_BOUNDS.maxFileBytes),
  TRIGGER_MODE: z.enum(TRIGGER_MODES).default('auto'),
  RETRY_QUEUE_URL: queueUrl.optional(),
  FAILURE_QUEUE_URL: queueUrl.optional(),
});

/** An empty variable is an absent one. Throws SettingsError. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new SettingsError(`settings that cannot be used: ${problems.join('; ')}`, { cause: parsed.error });
  }
  const values = parsed.data;
  return {
    tags: readTagSettings(values, env),
    filter: compileFilter({ include: patterns(given, 'INCLUDE'), exclude: patterns(given, 'EXCLUDE') }),
    bounds: { ...DEFAULT_BOUNDS, maxFileBytes: values.MAX_FILE_BYTES },
    concurrency: values.CONCURRENCY,
    triggerMode: values.TRIGGER_MODE,
    retryQueueUrl: values.RETRY_QUEUE_URL,
    failureQueueUrl: values.FAILURE_QUEUE_URL,
  };
}

function readTagSettings(values: z.infer<typeof environment>, env: NodeJS.ProcessEnv): TagSettings {
  const keys = {
    createdBy: values.CREATED_BY_KEY,
    createdDate: values.CREATED_DATE_KEY,
    managedBy: values.MANAGED_BY_KEY,
  };
  try {
    return compileTagSettings(
      {
        keys,
        createdBy: values.CREATED_BY,
        extra: values.TAGS,
        onExisting: values.ON_EXISTING,
        dryRun: values.DRY_RUN,
      },
      env,
    );
  } catch (cause) {
    throw new SettingsError(`settings that cannot be used: ${(cause as Error).message}`, { cause });
  }
}

/** `INCLUDE_ACCOUNTS`, `EXCLUDE_CREATORS` and so on: patterns between commas. */
function patterns(env: NodeJS.ProcessEnv, direction: 'INCLUDE' | 'EXCLUDE'): Patterns {
  const variable = (name: string) => `${direction}_${name.toUpperCase()}S`;
  return Object.fromEntries(
    FILTER_NAMES.map((name) => {
      const texts = (env[variable(name)] ?? '').split(',').map((text) => text.trim());
      return [name, texts.filter((text) => text !== '')];
    }),
  );
}

/**
 * The state machine that carries out a backfill, as data in Amazon States Language: it goes through its sources one after the other,
 * and hands the log files of each in batches to the function. What the function could not do comes again.
 *
 *     Source ─▶ Listing | Manifest | Inventory ─▶ SourceDone ─▶ AllDone        each batch:  Tag ─▶ IsAllDone ─▶ Done
 *        ▲────────────────────────────────────────────┘                                   ▲            │
 *                                                                                         └─ Rest ◀─ Wait
 */
import { FILES_A_BATCH, MOST_ROUNDS } from '../processor/backfill/bulk/machine-input.ts';

export interface BackfillDefinitionProps {
  readonly functionArn: string;
  readonly partition: string;
  /** Manifests are read from it, and results go there. */
  readonly bucketName: string;
  /** Calls of the function at once. */
  readonly concurrency: number;
}

/** Its input is a `MachineInput`. */
export function backfillDefinition(props: BackfillDefinitionProps) {
  const { partition, bucketName: Bucket } = props;
  const getObject = `arn:${partition}:states:::s3:getObject`;
  const is = (from: string, Next: string) => ({ Variable: '$.source.from', StringEquals: from, Next });
  const kept = {
    'run.$': '$.run',
    'bucket.$': '$.bucket',
    'results.$': '$.results',
    'sources.$': '$.sources',
  };
  return {
    Comment: 'Tags what log files of CloudTrail say was created: auto-tagger backfill --engine map',
    StartAt: 'Source',
    States: {
      Source: {
        Type: 'Pass',
        Parameters: { ...kept, 'done.$': '$.done', 'source.$': 'States.ArrayGetItem($.sources, $.done)' },
        Next: 'From',
      },
      From: {
        Type: 'Choice',
        Choices: [is('listing', 'Listing'), is('manifest', 'Manifest'), is('inventory', 'Inventory')],
        Default: 'UnknownSource',
      },
      // S3 orders keys, so the days of an account and region ascend.
      Listing: map('Listing', props, {
        ItemReader: {
          Resource: `arn:${partition}:states:::s3:listObjectsV2`,
          Parameters: { 'Bucket.$': '$.bucket', 'Prefix.$': '$.source.prefix' },
        },
        // Without what the function does not read: a batch and its answer must fit into 256 KiB.
        ItemSelector: { 'Key.$': '$$.Map.Item.Value.Key', 'Size.$': '$$.Map.Item.Value.Size' },
      }),
      Manifest: map('Manifest', props, {
        ItemReader: {
          Resource: getObject,
          ReaderConfig: {
            InputType: 'CSV',
            CSVHeaderLocation: 'GIVEN',
            CSVHeaders: ['Bucket', 'UrlEncodedKey'],
          },
          Parameters: { Bucket, 'Key.$': '$.source.key' },
        },
      }),
      Inventory: map('Inventory', props, {
        ItemReader: {
          Resource: getObject,
          ReaderConfig: { InputType: 'MANIFEST' },
          Parameters: { Bucket, 'Key.$': '$.source.key' },
        },
        // Amazon S3 User Guide, "Amazon S3 Inventory list": keys are URL-encoded.
        ItemSelector: {
          'Bucket.$': '$$.Map.Item.Value.Bucket',
          'UrlEncodedKey.$': '$$.Map.Item.Value.Key',
        },
      }),
      SourceDone: {
        Type: 'Pass',
        Parameters: {
          ...kept,
          'done.$': 'States.MathAdd($.done, 1)',
          'count.$': 'States.ArrayLength($.sources)',
        },
        Next: 'IsAllDone',
      },
      IsAllDone: {
        Type: 'Choice',
        Choices: [{ Variable: '$.done', NumericLessThanPath: '$.count', Next: 'Source' }],
        Default: 'AllDone',
      },
      UnknownSource: {
        Type: 'Fail',
        Error: 'UnknownSource',
        Cause: 'A source is from a listing, a manifest or an inventory; a later auto-tagger may know others.',
      },
      AllDone: { Type: 'Succeed' },
    },
  };
}

/**
 * A run goes on past batches that fail, up to a hundredth of them: the rest is found when it is resumed. Beyond that something is
 * wrong with all of it, a permission for example, and the run fails: it is redriven when that is mended.
 */
const TOLERATED_PERCENT = 1;

function map(label: string, props: BackfillDefinitionProps, reading: object) {
  const { partition, bucketName } = props;
  return {
    Type: 'Map',
    Label: label,
    MaxConcurrency: props.concurrency,
    ToleratedFailurePercentage: TOLERATED_PERCENT,
    ...reading,
    ItemBatcher: {
      MaxItemsPerBatch: FILES_A_BATCH,
      MaxInputBytesPerBatch: MAX_BATCH_BYTES,
      BatchInput: { 'bucket.$': '$.bucket', 'run.$': '$.run', round: 1, sums: [] },
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      ...batch(label, props),
    },
    ResultWriter: {
      Resource: `arn:${partition}:states:::s3:putObject`,
      Parameters: { Bucket: bucketName, 'Prefix.$': '$.results' },
      WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
    },
    ResultPath: null,
    Next: 'SourceDone',
  };
}

/** Of 256 KiB, which the answers of the function need too. A hundred keys take 20 KiB; they may have 1,024 bytes each. */
const MAX_BATCH_BYTES = 65_536;

/** Lambda ends a call after fifteen minutes; what it could not be asked for is no answer at all. */
const CALL_SECONDS = 960;

/**
 * One batch. `BatchInput` also keeps what earlier rounds came to, in arrays within arrays, the latest last; the function is not
 * handed that. Express workflows end after five minutes, and a call may take fifteen: so these are standard ones.
 */
function batch(label: string, { partition, functionArn }: BackfillDefinitionProps) {
  // Names are those of the whole machine.
  const tag = `${label}Tag`;
  const isAllDone = `${label}IsAllDone`;
  const wait = `${label}Wait`;
  const rest = `${label}Rest`;
  const done = `${label}Done`;
  const rejected = `${label}Rejected`;
  const answer = '$.answer.Payload';
  const sums = `States.Array($.BatchInput.sums, ${answer}.sums)`;
  const has = (Variable: string) => ({ Variable, IsPresent: true });
  return {
    StartAt: tag,
    States: {
      [tag]: {
        Type: 'Task',
        Resource: `arn:${partition}:states:::lambda:invoke`,
        Parameters: {
          FunctionName: functionArn,
          Payload: {
            BatchInput: { 'bucket.$': '$.BatchInput.bucket', 'run.$': '$.BatchInput.run' },
            'Items.$': '$.Items',
          },
        },
        TimeoutSeconds: CALL_SECONDS,
        Retry: [
          {
            ErrorEquals: ['States.ALL'],
            IntervalSeconds: 30,
            BackoffRate: 2,
            MaxDelaySeconds: 600,
            MaxAttempts: 6,
            JitterStrategy: 'FULL',
          },
        ],
        ResultSelector: { 'Payload.$': '$.Payload' },
        ResultPath: '$.answer',
        Next: isAllDone,
      },
      [isAllDone]: {
        Type: 'Choice',
        Choices: [
          { ...has(`${answer}.rejected`), Next: rejected },
          {
            And: [
              has(`${answer}.remaining[0]`),
              { Variable: '$.BatchInput.round', NumericLessThan: MOST_ROUNDS },
            ],
            Next: wait,
          },
        ],
        Default: done,
      },
      [wait]: { Type: 'Wait', Seconds: 60, Next: rest },
      [rest]: {
        Type: 'Pass',
        Parameters: {
          BatchInput: {
            'bucket.$': '$.BatchInput.bucket',
            'run.$': '$.BatchInput.run',
            'round.$': 'States.MathAdd($.BatchInput.round, 1)',
            'sums.$': sums,
          },
          'Items.$': `${answer}.remaining[0].Items`,
        },
        Next: tag,
      },
      [done]: {
        Type: 'Pass',
        Parameters: {
          'sums.$': `States.Array($.BatchInput.sums, ${answer}.sums, ${answer}.unfinished)`,
          'remaining.$': `${answer}.remaining`,
          'problems.$': `${answer}.problems`,
        },
        End: true,
      },
      [rejected]: { Type: 'Fail', Error: 'Rejected', CausePath: `${answer}.rejected` },
    },
  };
}

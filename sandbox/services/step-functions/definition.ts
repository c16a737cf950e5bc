/** State machines as far as the sandbox carries them out (states-language.net/spec.html). */

export interface Flow {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface Common {
  readonly InputPath?: string | null;
  readonly OutputPath?: string | null;
  readonly Parameters?: unknown;
  readonly ResultSelector?: unknown;
  readonly ResultPath?: string | null;
  readonly Next?: string;
  readonly End?: boolean;
}

export type State = ChoiceState | FailState | MapState | PassState | SucceedState | TaskState | WaitState;

export interface ChoiceState extends Common {
  readonly Type: 'Choice';
  readonly Choices: readonly (Rule & { readonly Next: string })[];
  readonly Default?: string;
}

export interface Rule {
  readonly And?: readonly Rule[];
  readonly Or?: readonly Rule[];
  readonly Not?: Rule;
  readonly Variable?: string;
  readonly IsPresent?: boolean;
  readonly StringEquals?: string;
  readonly NumericLessThan?: number;
  readonly NumericLessThanPath?: string;
}

export interface FailState extends Common {
  readonly Type: 'Fail';
  readonly Error?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
}

export interface PassState extends Common {
  readonly Type: 'Pass';
  readonly Result?: unknown;
}

export interface SucceedState extends Common {
  readonly Type: 'Succeed';
}

export interface WaitState extends Common {
  readonly Type: 'Wait';
  readonly Seconds: number;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly MaxAttempts?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface TaskState extends Common {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
}

export interface MapState extends Common {
  readonly Type: 'Map';
  readonly Label?: string;
  readonly MaxConcurrency?: number;
  readonly ToleratedFailurePercentage?: number;
  readonly ToleratedFailureCount?: number;
  readonly ItemReader: ItemReader;
  readonly ItemSelector?: unknown;
  readonly ItemBatcher?: {
    readonly MaxItemsPerBatch?: number;
    readonly MaxInputBytesPerBatch?: number;
    readonly BatchInput?: unknown;
  };
  readonly ItemProcessor: Flow & {
    readonly ProcessorConfig: {
      readonly Mode: 'DISTRIBUTED';
      readonly ExecutionType: 'STANDARD' | 'EXPRESS';
    };
  };
  readonly ResultWriter: {
    readonly Resource: string;
    readonly Parameters: unknown;
    readonly WriterConfig?: { readonly Transformation: string; readonly OutputType: 'JSON' | 'JSONL' };
  };
}

export interface ItemReader {
  readonly Resource: string;
  readonly Parameters: unknown;
  readonly ReaderConfig?: {
    readonly InputType: string;
    readonly CSVHeaderLocation?: string;
    readonly CSVHeaders?: readonly string[];
  };
}

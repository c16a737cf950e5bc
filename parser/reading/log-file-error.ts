/**
 * What is wrong with one log file as a whole. A bad record inside a good file is counted, never thrown.
 */

export type LogFileErrorCode =
  | 'EmptyFile'
  | 'NotGzip'
  | 'TruncatedGzip'
  | 'CorruptGzip'
  | 'TrailingData'
  | 'TooLarge'
  | 'DoubleGzip'
  | 'EmptyDocument'
  | 'NotJson'
  | 'TooDeep'
  | 'NoRecords'
  | 'RecordsNotArray';

/** A file that cannot be read to its end. Reading the same bytes again fails in the same way. */
export class LogFileError extends Error {
  override readonly name = 'LogFileError';
  readonly retryable = false;
  readonly code: LogFileErrorCode;

  constructor(code: LogFileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

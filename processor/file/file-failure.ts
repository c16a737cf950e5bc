/**
 * What it means that a log file could not be read: whether reading it again can help, and whether somebody must
 * do something first. Sources: Amazon S3 API Reference, "Error responses"; AWS KMS API Reference, `Decrypt`.
 */
import { LogFileError } from '../../parser/reading/log-file-error.ts';

/**
 * `passing`: trying again can help. `denied`: it can, once somebody has granted what is missing. `final`: the
 * same bytes, or their absence, fail in the same way for ever.
 */
export type FileFailureClass = 'passing' | 'denied' | 'final';

export interface FileFailure {
  /** A `LogFileErrorCode`, or the name of what reading the file threw. */
  readonly code: string;
  readonly message: string;
  readonly class: FileFailureClass;
}

const FINAL = new Set([
  'NoSuchKey',
  'NoSuchBucket',
  'NoSuchVersion',
  'InvalidObjectState', // archived: it must be restored by hand
  'MethodNotAllowed', // a delete marker
  'ENOENT',
]);

/** KMS errors begin with `KMS.`: the key is disabled, deleted or of another account. */
const DENIED =
  /^(AccessDenied|AllAccessDisabled|InvalidAccessKeyId|SignatureDoesNotMatch|KMS\.|EACCES|EPERM)/;

export function readFileFailure(error: unknown): FileFailure {
  if (!(error instanceof Error)) return { code: 'Error', message: String(error), class: 'passing' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const isFinal = error instanceof LogFileError || FINAL.has(code);
  return {
    code,
    message: error.message,
    class: isFinal ? 'final' : DENIED.test(code) ? 'denied' : 'passing',
  };
}

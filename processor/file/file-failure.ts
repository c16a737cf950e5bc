/**
 * What it means that a log file could not be read: whether reading it again can help, and whether somebody must
 * do something first. Sources: Amazon S3 API Reference, "Error responses"; AWS KMS API Reference, `Decrypt`.
 */
import { printable } from '../../parser/printable.ts';
import { LogFileError } from '../../parser/reading/log-file-error.ts';
import { CallError } from '../../tag-manager/calls/call-failure.ts';

/**
 * `transient`: trying again can help, also where time was up. `denied`: it can, once somebody has granted what is missing. `final`: the
 * same bytes, or their absence, fail in the same way for ever.
 */
export type FileFailureClass = 'transient' | 'denied' | 'final';

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

/** What kept a file from being read, or the reason why its reading was stopped. */
export function readFileFailure(failed: unknown): FileFailure {
  const error = failed instanceof CallError ? failed.cause : failed;
  if (!(error instanceof Error)) {
    return { code: 'Error', message: printable(String(error)), class: 'transient' };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const isHopeless = 'retryable' in error && error.retryable === false;
  const isFinal = error instanceof LogFileError || FINAL.has(code) || isHopeless;
  const { message } = failed instanceof CallError ? failed.failure : error;
  return {
    code,
    message: printable(message),
    class: isFinal ? 'final' : DENIED.test(code) ? 'denied' : 'transient',
  };
}

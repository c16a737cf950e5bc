/** Something of a bulk run is not as it must be: a report, a deployment. Its message says what was expected and got. */
export class BulkError extends Error {
  override readonly name = 'BulkError';
}

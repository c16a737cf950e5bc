/** The name of the function: of its metrics' namespace, and what people are told to stop. */
import { DEFAULT_NAMESPACE } from '../metrics/metrics.ts';

export function functionName(): string {
  return process.env.AWS_LAMBDA_FUNCTION_NAME || DEFAULT_NAMESPACE;
}

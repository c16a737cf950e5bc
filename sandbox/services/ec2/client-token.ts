/**
 * Idempotency by client token: the same token with the same parameters is answered as the first time, with other
 * parameters refused (ec2/latest/devguide/ec2-api-idempotency).
 */
import { AwsError } from '../../aws-error.ts';
import type { Context, Input, Output } from '../../operation.ts';

/** Runs `create` unless the request's client token was answered before. */
export function withClientToken(context: Context, input: Input, create: () => Output): Output {
  const { ClientToken: token, ...parameters } = input;
  if (typeof token !== 'string' || token === '') return create();
  const { account, region, operation, world } = context;
  const key = `${account} ${region} ${operation} ${token}`;
  const asked = JSON.stringify(parameters);
  const known = world.answers.get(key) as { asked: string; output: Output } | undefined;
  if (known === undefined) {
    const output = create();
    world.answers.set(key, { asked, output });
    return output;
  }
  if (known.asked === asked) return known.output;
  const message =
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).';
  throw new AwsError('IdempotentParameterMismatch', 400, message);
}

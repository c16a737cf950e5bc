/**
 * Looks whether an answer can be one of AWS. A proxy or a portal answers with a page and a status of 200, and the SDK
 * takes well-formed HTML for an empty answer, or does not look at the body at all: a resource would count as tagged.
 */
import type { FinalizeRequestMiddleware } from '@smithy/types';

/** A page came in place of AWS's answer. */
export class BrokenAnswerError extends Error {
  override readonly name = 'BrokenAnswerError';
  readonly $metadata: { readonly httpStatusCode: number | undefined };

  constructor(operation: string, httpStatusCode: number | undefined) {
    super(`${operation} was answered with a web page: something between us and AWS answers in its place`);
    this.$metadata = { httpStatusCode };
  }
}

/** What it answers is an object of the user's, of any type. */
const ANSWERS_WITH_AN_OBJECT = 'GetObjectCommand';

export const answerCheckMiddleware: FinalizeRequestMiddleware<object, object> =
  (next, context) =>
  async (args): ReturnType<typeof next> => {
    const result = await next(args);
    const { headers = {}, statusCode } = result.response as {
      readonly headers?: Readonly<Record<string, string>>;
      readonly statusCode?: number;
    };
    const { commandName = 'the call' } = context;
    if (commandName !== ANSWERS_WITH_AN_OBJECT && /^text\/html\b/i.test(headers['content-type'] ?? '')) {
      throw new BrokenAnswerError(commandName.replace(/Command$/, ''), statusCode);
    }
    return result;
  };

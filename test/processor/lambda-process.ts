/**
 * One invocation of the function in a process of its own, by its door: the event and the remaining milliseconds from
 * the command line, the answer as the last line of stdout. Then the process ends by itself, unless something that is
 * left behind keeps it alive.
 */
import { handler } from '../../processor/handler.ts';

const [event = '', remainingMs = ''] = process.argv.slice(2);
const started = performance.now();

const answer = await handler(JSON.parse(event), {
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:auto-tagger',
  getRemainingTimeInMillis: () => Number(remainingMs),
}).catch(({ name, message }: Error) => ({ error: name, message }));

process.stdout.write(`\n${JSON.stringify({ answer, ms: performance.now() - started })}\n`);

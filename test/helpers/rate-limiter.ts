/**
 * A call that was cut off while its service throttles waits on in the SDK's rate limiter, for seconds, though nobody hears
 * of it any more. Importing this lets a process of tests end before.
 */
import { DefaultRateLimiter } from '@smithy/core/retry';

const setTimeoutFn = (callback: () => void, delay: number) => setTimeout(callback, delay).unref();

Object.assign(DefaultRateLimiter, { setTimeoutFn });

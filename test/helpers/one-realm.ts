/**
 * Jest runs tests in a realm of their own, where the errors of Node's own modules are no `instanceof Error`: the SDK
 * would take a reset connection for something unknown, as it never does outside of Jest. Importing this mends it.
 */
import { isNativeError } from 'node:util/types';

const isInstance = Function.prototype[Symbol.hasInstance];

Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, value: unknown) {
    return isInstance.call(this as () => void, value) || (this === Error && isNativeError(value));
  },
});

// Jest runs tests in a realm of its own, in which errors of Node's core are no instances of Error. The SDK would take
// a reset connection for something unknown there, and neither retry nor name it, which it does everywhere else.

import { types } from 'node:util';

const isInstance = Function.prototype[Symbol.hasInstance];

Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    return isInstance.call(this as () => void, value) || (this === Error && types.isNativeError(value));
  },
});

/**
 * Stands for `node:http` in the bundle. A module that imports it has Node load all of undici, for the sake of one name that it exports
 * (`WebSocket`) and nobody here uses; one that asks for it like this has not.
 */
module.exports = process.getBuiltinModule('node:http');

/** The compiled rows: compile.js makes `rows-module.js` out of services/. */

/**
 * Event sources as records name them, each with the names of its creating and of its deleting events, without their
 * date, a name once for each of its rows.
 */
export declare const SOURCES: readonly (readonly [source: string, creates: string, deletes: string])[];

/**
 * A line for each source, in the same order: its rows in the order of their names, as a JSON list, without what the
 * names tell. Deflated, in base64.
 */
export declare const ROWS: string;

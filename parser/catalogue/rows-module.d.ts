/** The compiled rows: compile.js makes `rows-module.js` out of services/. */

/**
 * A line for each event source as records name it: `source|creates|deletes|makers`, the names of its creating events, of its
 * deleting ones and of those that make what is only remembered, parted by spaces, without their date, a name once for each of its rows.
 */
export declare const SOURCES: string;

/**
 * A line for each source, in the same order: its rows in the order of their names, as a JSON list, without what the
 * names tell. Deflated, in base64.
 */
export declare const ROWS: string;

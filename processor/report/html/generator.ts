/** How a page of ours is known, so that another file is never replaced by one. */

/** It stands at the beginning of the page. */
export const GENERATOR = '<meta name="generator" content="auto-tagger ';

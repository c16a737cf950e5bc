/** How the queues are set: the stack makes them so, and `verify` says what to do where somebody has changed it. */

/** AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": six times the function's time limit, and the window. */
export const VISIBILITY_FACTOR = 6;

/** A resource that is still being created is given up after 20 times (docs/configuration.md). */
export const MAX_RECEIVES = 25;

/** A message keeps its age when it becomes a dead letter, so these must be kept for longer. */
export const KEPT_DAYS = { alive: 10, dead: 14 } as const;

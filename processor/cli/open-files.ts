/**
 * How many log files of a bucket are open at once: twice as many as keep S3 busy, found by how long answers take to begin.
 * As long as they begin as soon as they ever did, S3 has room, and twice as many are opened; where they take twice as
 * long, half of those that are open only wait for the others, in S3, on the way, or in this thread. So the number follows
 * what the other side gives, without a guess at what that is.
 *
 *     places ◀─ 2 × places × (shortest median wait of late ÷ median wait now), each time that so many have been answered
 *
 * What was measured while too many were open says too little of how short a wait can be. So now and then a few less are
 * opened than S3 is busy with, and old measurements are forgotten. When S3 asks to slow down, half the places are closed
 * at once, and opened again slowly. The number of bytes under way is bounded, too.
 */

export interface OpenFiles {
  /** Resolves when a file of so many bytes may be opened; `undefined` where nobody knows. Whoever opens it closes it. */
  enter(bytes: number | undefined): Promise<void>;
  leave(bytes: number | undefined): void;
  /** An answer has begun after so long. */
  answered(waitMs: number): void;
  /** S3 could not answer for the moment, or only after it was asked again. */
  slowedDown(): void;
  /** Others open files, too. */
  limit(most: number): void;
  /** How many may be open. */
  readonly places: number;
}

export interface OpenFilesOptions {
  /** However much S3 gives. */
  readonly most: number;
  /** Compressed, of all that are open; one file is opened whatever its size. */
  readonly mostBytes?: number;
}

const FIRST_PLACES = 64;
const FEWEST_PLACES = 4;

/** Answers wait for each other, so that there is always one to be worked on; and room to see whether S3 gives more. */
const HEADROOM = 2;

/** A round in so many is one of few, and a median wait is of use for so many rounds. */
const ROUNDS_TO_KEEP = 16;
const FEW = 0.75;

/** Of places, a round, once S3 has asked to slow down. */
const RECOVERY = 1.1;

const MOST_BYTES = 64 * 1024 * 1024;

/** Larger ones are streamed, and no more of them is held, decompressed and all. */
const STREAM_BYTES = 4 * 1024 * 1024;

interface Waiter {
  readonly bytes: number;
  readonly resolve: () => void;
}

export function createOpenFiles({ most: first, mostBytes = MOST_BYTES }: OpenFilesOptions): OpenFiles {
  let most = first;
  const within = (places: number) =>
    Math.max(Math.min(FEWEST_PLACES, most), Math.min(most, Math.round(places)));
  const waiting: Waiter[] = [];
  let places = within(FIRST_PLACES);
  let ceiling = most;
  let open = 0;
  let openBytes = 0;
  let wasFull = false; // in this round
  let waits: number[] = []; // of this round
  const medians: number[] = []; // of the last rounds
  let rounds = 0;
  let roundLength = places;

  const held = (bytes: number | undefined) => Math.min(bytes ?? STREAM_BYTES, STREAM_BYTES);

  function admit(): void {
    for (let [next] = waiting; next !== undefined; [next] = waiting) {
      if (open >= places || (open > 0 && openBytes + next.bytes > mostBytes)) break;
      waiting.shift();
      open += 1;
      openBytes += next.bytes;
      next.resolve();
    }
    if (open >= places) wasFull = true;
  }

  function begin(next: number): void {
    places = within(Math.min(next, ceiling));
    roundLength = places;
    waits = [];
    wasFull = open >= places;
    admit();
  }

  function endRound(): void {
    rounds += 1;
    ceiling = Math.min(most, Math.ceil(ceiling * RECOVERY));
    const now = median(waits);
    medians.push(now);
    if (medians.length > ROUNDS_TO_KEEP) medians.shift();
    const busy = places * (Math.min(...medians) / now);
    const isOfFew = rounds % ROUNDS_TO_KEEP === 0;
    // Who had places left says nothing of more.
    begin(wasFull ? Math.max(places / 2, busy * (isOfFew ? FEW : HEADROOM)) : places);
  }

  return {
    enter(bytes) {
      return new Promise((resolve) => {
        waiting.push({ bytes: held(bytes), resolve });
        admit();
      });
    },
    leave(bytes) {
      open -= 1;
      openBytes -= held(bytes);
      admit();
    },
    answered(waitMs) {
      waits.push(waitMs);
      if (waits.length >= roundLength) endRound();
    },
    slowedDown() {
      if (waits.length < roundLength / 2 && ceiling < most) return; // sent before the places were closed
      ceiling = within(places / 2);
      begin(ceiling);
    },
    limit(others) {
      most = others;
      ceiling = Math.min(ceiling, most);
      begin(places);
    },
    get places() {
      return places;
    },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * Works on several inputs at once and gives the results in the order of the inputs, as many together as are there. One
 * that takes long holds up none but the last of what may be held: results wait for it, and work goes on behind it.
 */

export interface InOrderOptions<Input, Place> {
  /** Resolves when the input may be begun, and where. */
  readonly enter: (input: Input) => Promise<Place>;
  /** Begun and not given yet, at most. */
  readonly mostHeld: number;
}

interface Begun<Result> {
  readonly result: Promise<Result>;
  isSettled: boolean;
}

/**
 * When the inputs break off with an error, what was begun is still given, and the error comes last. Throws what `work` throws,
 * in its turn. The inputs are closed with it.
 */
export async function* inOrder<Input, Result, Place = void>(
  inputs: AsyncIterable<Input>,
  { enter, mostHeld }: InOrderOptions<Input, Place>,
  work: (input: Input, place: Place) => Promise<Result>,
): AsyncGenerator<readonly Result[]> {
  const line: Begun<Result>[] = [];
  let isOver = false; // nothing more is begun
  let broken: { readonly error: unknown } | undefined;
  let isGivenUp = false;
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  async function begin(): Promise<void> {
    try {
      for await (const input of inputs) {
        while (line.length >= mostHeld && !isGivenUp) await changed.promise;
        if (isGivenUp) return;
        const place = await enter(input);
        if (isGivenUp) return;
        const begun: Begun<Result> = { result: work(input, place), isSettled: false };
        const settled = () => {
          begun.isSettled = true;
        };
        begun.result.then(settled, settled);
        line.push(begun);
        change();
      }
    } catch (error) {
      broken = { error };
    } finally {
      isOver = true;
      change();
    }
  }

  void begin();
  try {
    for (;;) {
      const oldest = line[0];
      if (oldest === undefined) {
        if (isOver) break;
        await changed.promise;
        continue;
      }
      await oldest.result.catch(() => {}); // it is thrown below
      const unsettled = line.findIndex(({ isSettled }) => !isSettled);
      const settled = line.splice(0, unsettled < 0 ? line.length : Math.max(1, unsettled));
      change();
      yield await Promise.all(settled.map(({ result }) => result));
    }
  } finally {
    isGivenUp = true;
    change();
  }
  if (broken !== undefined) throw broken.error;
}

/**
 * Works on several inputs at once and gives the results in the order of the inputs. When the inputs break off
 * with an error, what was begun is still given, and the error comes last.
 */
export async function* inOrder<Input, Result>(
  inputs: AsyncIterable<Input>,
  atOnce: number,
  work: (input: Input) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  let broken: { readonly error: unknown } | undefined;
  try {
    for await (const input of inputs) {
      const result = work(input);
      result.catch(() => {}); // it is awaited below, perhaps much later
      begun.push(result);
      if (begun.length >= atOnce) yield* first(begun);
    }
  } catch (error) {
    broken = { error };
  }
  while (begun.length > 0) yield* first(begun);
  if (broken !== undefined) throw broken.error;
}

async function* first<Result>(begun: Promise<Result>[]): AsyncGenerator<Result> {
  const result = begun.shift();
  if (result !== undefined) yield await result;
}

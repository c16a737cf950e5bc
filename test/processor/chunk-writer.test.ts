/** What the function keeps of a bulk run goes into the bucket in chunks: in their order, together where it can, and never lost unsaid. */
import { expect, test } from '@jest/globals';
import { createChunkWriter } from '../../processor/bulk/chunk-writer.ts';

function chunksOf(put: (number: number) => Promise<void>) {
  const written: string[] = [];
  const chunks = createChunkWriter(async (number, lines) => {
    await put(number);
    written.push(lines);
  });
  return { chunks, written };
}

test('chunks are put one after the other; what comes meanwhile goes together into the next', async () => {
  const { promise: isLetOn, resolve: letOn } = Promise.withResolvers<void>();
  const { chunks, written } = chunksOf((number) => (number === 0 ? isLetOn : Promise.resolve()));
  const kept = [chunks.keep('a'), chunks.keep('b')];
  await Promise.resolve();
  await Promise.resolve();
  chunks.add('c');
  kept.push(chunks.keep('d'), chunks.keep('e'), chunks.flush());
  expect(written).toEqual([]);
  letOn();
  await Promise.all(kept);
  await chunks.flush();
  expect(written).toEqual(['ab', 'cde']);
});

test('chunks that cannot be put are told to whoever waits, and what nobody waits for goes with the next', async () => {
  const { chunks, written } = chunksOf(async (number) => {
    if (number < 2) throw new Error('S3 is away');
  });
  chunks.add('row');
  await expect(chunks.keep('intent')).rejects.toThrow('S3 is away');
  await expect(chunks.flush()).rejects.toThrow('S3 is away');
  await chunks.flush();
  expect(written).toEqual(['row']);
});

test('chunks end where they are long, whether anybody waits or not', async () => {
  const { chunks, written } = chunksOf(() => Promise.resolve());
  const line = 'x'.repeat(1024 * 1024);
  for (let lines = 0; lines < 5; lines++) chunks.add(line);
  await chunks.flush();
  expect(written.map(({ length }) => length / line.length)).toEqual([2, 2, 1]);
});

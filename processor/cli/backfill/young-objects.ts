/**
 * Room for young objects on the main thread. The installed command begins with one MiB, which is enough where what is made of one
 * file is dead when the next one comes (`infra/package/auto-tagger.ts`). A backfill has many calls to S3 under way, and all that is alive in them
 * would be copied, and then kept, by each of the many small collections: a fifth of its time.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** In MiB, of each of the two halves. More costs memory, and is no faster. */
const WANTED = 8;

const LOOKED_AT_MS = 20;

/** V8 takes a size at its start only, but grows when it likes: so it is let grow at once that far, and no further. */
export function makeRoomForYoungObjects(): void {
  setFlagsFromString(`--semi-space-growth-factor=${WANTED}`);
  const timer = setInterval(() => {
    const { space_size: size = 0 } =
      getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space') ?? {};
    if (size < 2 * WANTED * 1024 * 1024) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  }, LOOKED_AT_MS);
  timer.unref();
}

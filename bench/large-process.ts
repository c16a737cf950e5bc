/** One of the processes that large.ts measures in: reads the file named by its argument. */
import { measureLarge } from './large.ts';

process.stdout.write(JSON.stringify(await measureLarge(process.argv[2] as string)));

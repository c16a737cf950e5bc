/** The file that the installed command begins with. It is read by any version of Node, so that old ones are told so. */
import { setFlagsFromString } from 'node:v8';
import { ENGINES } from './engines.ts';

/** What is made of one file is dead when the next one comes: more room for young objects takes 60 MiB, and saves no time. */
const LITTLE_ROOM = '--semi-space-growth-factor=1';

setFlagsFromString(LITTLE_ROOM);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > ENGINES.major || (major === ENGINES.major && minor >= ENGINES.minor)) {
  await import('../../processor/cli.ts');
} else {
  const { major, minor } = ENGINES;
  process.stderr.write(
    `auto-tagger: expected Node.js ${major}.${minor} or newer, got ${process.versions.node}\n`,
  );
  process.exitCode = 2;
}

/** The file that the installed command begins with. It is read by any version of Node, so that old ones are told so. */
import { ENGINES } from './engines.ts';

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

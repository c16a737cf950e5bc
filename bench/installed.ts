/**
 * The command as users install it: packed, and installed into a folder of its own, from which it runs without this checkout.
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Installed {
  /** What to type; it is run by the first `node` of `PATH`. */
  readonly command: string;
  /** The file that Node runs then. */
  readonly script: string;
}

/** `dist/` must have been built. Nothing is fetched: the package needs no other. */
export async function installPackage(folder: string): Promise<Installed> {
  const packs = ['pack', ROOT, '--ignore-scripts', '--pack-destination', folder];
  const tarball = (await npm(folder, packs)).trim().split('\n').at(-1) ?? '';
  const home = join(folder, 'installed');
  mkdirSync(home);
  await npm(home, ['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball)]);
  const modules = join(home, 'node_modules');
  return {
    command: join(modules, '.bin/auto-tagger'),
    script: join(modules, 'auto-tagger/dist/auto-tagger.mjs'),
  };
}

/** As a user types it: what an npm above us has put into the environment would be settings for this one. */
async function npm(cwd: string, args: readonly string[]): Promise<string> {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  const env = { PATH, HOME: cwd, npm_config_cache: join(cwd, '.npm'), npm_config_update_notifier: 'false' };
  return (await promisify(execFile)('npm', ['--silent', ...args], { cwd, env })).stdout;
}

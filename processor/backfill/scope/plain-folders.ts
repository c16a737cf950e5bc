/**
 * Where files stand that are in none of CloudTrail's folders: noted on the way to the accounts and regions, so that only
 * folders with such files are listed again for them.
 */
import { whyNotRead } from '../../../parser/log-key.ts';
import { folderAbove } from './folders.ts';
import type { ListingListener } from './listing-listener.ts';

export interface PlainFolders {
  /** They hold something of the plain branch, at some depth, beside folders of CloudTrail's. */
  readonly mixed: ReadonlySet<string>;
  /** Folders of any name that lead to CloudTrail's. */
  readonly leading: ReadonlySet<string>;
}

/** Below `prefix`. What is noted grows with the folders that hold both, of which there are few. */
export function createPlainFolders(prefix: string) {
  const mixed = new Set<string>();
  const leading = new Set<string>();
  const root = folderAbove(prefix);

  /** With all folders above it, up to that of the URL. */
  function note(folders: Set<string>, folder: string): void {
    let at = folder.startsWith(root) ? folder : root;
    for (; at !== root && !folders.has(at); at = folderAbove(at.slice(0, -1))) folders.add(at);
    folders.add(root);
  }

  return {
    leading: leading as ReadonlySet<string>,
    leadsTo: (folder: string) => note(leading, folder),
    /** It holds a folder, or a file, of the plain branch. */
    add: (folder: string) => note(mixed, folder),
    /** It holds this object. */
    addObject(folder: string, key: string, { onSkipped }: ListingListener): void {
      const reason = whyNotRead(key);
      if (reason === undefined) note(mixed, folder);
      else onSkipped(reason, key);
    },
    found: (): PlainFolders | undefined => (mixed.size === 0 ? undefined : { mixed, leading }),
  };
}

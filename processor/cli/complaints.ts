/**
 * What goes wrong, said once: the first of its kind as it comes, the others as a number at the end. A bucket that is
 * closed to us is one line, and not one for each of its files.
 */
import type { Write } from './printer.ts';

export interface Complaint {
  /** Complaints of one kind differ only in what they are about. */
  readonly kind: string;
  /** The line for the first of them. */
  readonly problem: string;
  /** What it is about: the first few are named at the end. @default nothing that has a name */
  readonly name?: string;
  /** The line for the others: how many, and the names of some. */
  readonly more: (count: string, names: string) => string;
}

export interface Complaints {
  add(complaint: Complaint): void;
  /** Says of each kind how many more there were. */
  end(): void;
}

/** So many kinds are kept apart, lest memory grow with what others choose; beyond them each is said as it comes. */
const MAX_KINDS = 1_000;

const MAX_NAMES = 5;

interface Counted extends Pick<Complaint, 'more'> {
  count: number;
  readonly names: string[];
}

export function createComplaints(say: Write): Complaints {
  const kinds = new Map<string, Counted>();
  return {
    add({ kind, problem, name, more }) {
      const known = kinds.get(kind);
      if (known === undefined) {
        if (kinds.size < MAX_KINDS) kinds.set(kind, { count: 0, names: [], more });
        say(problem);
        return;
      }
      known.count++;
      if (name !== undefined && known.names.length < MAX_NAMES) known.names.push(name);
    },
    end() {
      for (const { count, names, more } of kinds.values()) {
        if (count === 0) continue;
        const others = count > names.length && names.length > 0 ? ', …' : '';
        say(more(count.toLocaleString('en'), `${names.join(', ')}${others}`));
      }
      kinds.clear();
    },
  };
}

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

/** So many kinds are told apart, lest memory and the screen fill with what others choose. */
const MAX_KINDS = 1_000;

const MAX_NAMES = 5;

interface Counted extends Pick<Complaint, 'more'> {
  count: number;
  readonly names: string[];
}

export function createComplaints(say: Write): Complaints {
  const kinds = new Map<string, Counted>();
  let beyond = 0;
  return {
    add({ kind, problem, name, more }) {
      const known = kinds.get(kind);
      if (known !== undefined) {
        known.count++;
        if (name !== undefined && known.names.length < MAX_NAMES) known.names.push(name);
      } else if (kinds.size < MAX_KINDS) {
        kinds.set(kind, { count: 0, names: [], more });
        say(problem);
      } else {
        beyond++;
      }
    },
    end() {
      for (const { count, names, more } of kinds.values()) {
        if (count === 0) continue;
        const others = count > names.length && names.length > 0 ? ', …' : '';
        say(more(inWords(count), `${names.join(', ')}${others}`));
      }
      if (beyond > 0) say(`${inWords(beyond)} more problems, of other kinds than the ${MAX_KINDS} above`);
      kinds.clear();
      beyond = 0;
    },
  };
}

function inWords(count: number): string {
  return count.toLocaleString('en');
}

/** Of something with a name, a path or a message; `what` is the same for others like it, and without names. */
export function complaintOf(name: string, problem: string, what = problem): Complaint {
  return {
    kind: what,
    problem: `${name}: ${problem}`,
    name,
    more: (count, names) => `${count} more like it (${names}): ${what}`,
  };
}

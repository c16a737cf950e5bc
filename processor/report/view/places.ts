/** How much was created in which account, by service: the largest of each, with the sums of the others. */
import { type Counts, compare } from '../sums/counts.ts';
import { OTHERS } from './over-time.ts';

export interface Places {
  /** The largest first; the last may stand for all others. */
  readonly services: readonly string[];
  readonly accounts: readonly AccountRow[];
  readonly totals: readonly number[];
  readonly total: number;
  /** So many there are in all. */
  readonly accountCount: number;
  readonly serviceCount: number;
}

export interface AccountRow {
  readonly name: string;
  /** One for each of the services. */
  readonly counts: readonly number[];
  readonly total: number;
}

const MAX_ACCOUNTS = 20;
const MAX_SERVICES = 9;

export function placesOf(places: Counts): Places {
  const cells = [...places.byName].map(([key, number]) => {
    const [account = '', service = ''] = key.split('\t');
    return { account, service, number };
  });
  if (places.others > 0) cells.push({ account: OTHERS, service: OTHERS, number: places.others });
  const accounts = largest(cells, ({ account }) => account, MAX_ACCOUNTS);
  const services = largest(cells, ({ service }) => service, MAX_SERVICES);
  const counts = new Map<string, number>();
  for (const { account, service, number } of cells) {
    const key = `${accounts.shown(account)}\t${services.shown(service)}`;
    counts.set(key, (counts.get(key) ?? 0) + number);
  }
  const at = (account: string, service: string) => counts.get(`${account}\t${service}`) ?? 0;
  const rows = accounts.names.map((name) => {
    const ofServices = services.names.map((service) => at(name, service));
    return { name, counts: ofServices, total: sum(ofServices) };
  });
  const totals = services.names.map((service) => sum(accounts.names.map((account) => at(account, service))));
  return {
    services: services.names,
    accounts: rows,
    totals,
    total: sum(totals),
    accountCount: accounts.all,
    serviceCount: services.all,
  };
}

interface Cell {
  readonly account: string;
  readonly service: string;
  readonly number: number;
}

/** The names that are shown, and what each name is shown as. */
function largest(cells: readonly Cell[], nameOf: (cell: Cell) => string, max: number) {
  const sums = new Map<string, number>();
  for (const cell of cells) sums.set(nameOf(cell), (sums.get(nameOf(cell)) ?? 0) + cell.number);
  sums.delete(OTHERS);
  const sorted = [...sums].sort(([one, less], [other, more]) => more - less || compare(one, other));
  const names = sorted.slice(0, sorted.length <= max + 1 ? max + 1 : max).map(([name]) => name);
  const isShown = new Set(names);
  const shown = (name: string) => (isShown.has(name) ? name : OTHERS);
  const hasOthers = cells.some((cell) => !isShown.has(nameOf(cell)));
  return { names: hasOthers ? [...names, OTHERS] : names, shown, all: sorted.length };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

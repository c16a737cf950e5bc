/** Figures for people: the ratios first, each with what it is to reach, then what they were computed from. */

const GOALS: Readonly<Record<string, string>> = {
  'large.vsGunzip': 'at most 1.15',
  'large.vsStreamJson': 'at least 30',
  'large.vsJsonParse': 'at least 4',
  'many.vsGunzipSync': 'at least 0.7',
  'memory.peakRssMiB': 'at most 160',
  'archive.wall.part': 'at most 0.1',
  'memory.lambdaRssMiB': 'at most 341, two thirds of 512',
  'memory.lambdaCutOffRssMiB': 'at most 341',
  'cores.vsBare': 'at least 0.9',
  'catalogue.loadMs': 'at most 10',
  'pace.vsBest': 'at most 1.15',
  'pace.customerThrottled': '0',
  'bundle.zipKiB': 'at most 900',
  'cold.vsOneClient': 'at most 1.6',
  'program.smallVsNode': 'at most 1',
  'program.largeVsNode': 'at most 0.55',
  'program.manyVsNode': 'at most 0.6',
  'program.manyRssMiB': 'at most 220',
  'program.startVsNode': 'at most 4',
  'backfill.vsBare': 'at least 0.9',
  'who.vsPlan': 'at most 1.1',
  's3.vsBare25': 'at least 1',
  's3.vsBare100': 'at least 0.95',
  's3.rssMiB': 'at most 300',
};

export function printFigures(figures: Readonly<Record<string, object>>): void {
  const all = new Map(Object.entries(figures).flatMap(([part, values]) => flat(part, values)));
  for (const [name, goal] of Object.entries(GOALS)) {
    const value = all.get(name);
    if (value === undefined) continue;
    console.log(`${name.padEnd(24)}${format(value).padStart(10)}   ${goal}`);
    all.delete(name);
  }
  console.log();
  for (const [name, value] of all) console.log(`${name.padEnd(36)}${format(value).padStart(12)}`);
}

function flat(path: string, value: unknown): [string, number | string][] {
  if (typeof value === 'number' || typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, inner]) => flat(`${path}.${key}`, inner));
}

function format(value: number | string): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(value < 10 ? 3 : 1);
}

/**
 * A random family: somebody makes a group, a node group or a stack, and services make the rest for it, down to instances. Its
 * steps stand on one line of time: nothing is made for what is not there. Members are a family too: a node, and the
 * replication group that takes it in.
 */
import { FAMILY_KINDS } from './family-kinds.ts';
import { bornOf, type History, type Line, laterStep, type Step } from './history.ts';
import type { Kind, Place } from './kinds.ts';
import type { Random } from './random.ts';

const SHAPES = {
  group: 0.45,
  'node group': 0.25,
  stack: 0.1,
  'node group of a stack': 0.1,
  members: 0.1,
} as const;

type Shape = keyof typeof SHAPES;

/** From whoever made the first down to the group that launches. */
const MAKERS: Readonly<Record<Exclude<Shape, 'members'>, readonly Kind[]>> = {
  group: [FAMILY_KINDS.group],
  'node group': [FAMILY_KINDS.nodeGroup, FAMILY_KINDS.groupOfNodeGroup],
  stack: [FAMILY_KINDS.stack, FAMILY_KINDS.groupOfStack],
  'node group of a stack': [FAMILY_KINDS.stack, FAMILY_KINDS.nodeGroupOfStack, FAMILY_KINDS.groupOfNodeGroup],
};

/** Ids that a family may use. */
const A_FAMILY = 100;

/** Without the store tags tell who made a group, and nothing tells of the one that had its name before. */
export function familyOf(random: Random, number: number, place: Place, store: boolean): Line {
  const shape = random.weighed(store ? SHAPES : { ...SHAPES, members: 0 });
  let ids = number * A_FAMILY;
  const next = (kind: Kind, more: Partial<History> = {}): History => {
    const own = ids++;
    return { name: `family-${own}`, number: own, kind, place, steps: [], ...more };
  };
  const line: { history: History; step: Step }[] = [];
  const add = (history: History, step: Step) => {
    line.push({ history, step });
  };
  const gapSeconds = () => random.pick([2, 3, 5, 20, 60, 400, 1_000]);
  const create = (history: History, more: Partial<Extract<Step, { does: 'create' }>> = {}) =>
    add(history, {
      does: 'create',
      person: random.below(4),
      born: 'plain',
      isUnlogged: false,
      gapSeconds: gapSeconds(),
      ...more,
    });

  if (shape === 'members') {
    const node = next(FAMILY_KINDS.cacheNode);
    create(node);
    create(next(FAMILY_KINDS.replicationGroup, { parent: node }));
    return line;
  }

  const lives = store && shape === 'group' ? random.pick([1, 1, 2, 3]) : 1;
  const isUnlogged = lives === 1 && shape !== 'stack' && random.chance(0.2);
  const isKnown = random.chance(0.7);
  let parent: History | undefined;
  for (const kind of MAKERS[shape]) {
    const maker = next(kind, parent === undefined ? {} : { parent });
    const isFirst = parent === undefined && kind !== FAMILY_KINDS.stack;
    create(maker, {
      isUnlogged: isFirst && isUnlogged,
      born: isFirst && isUnlogged && isKnown ? 'ours' : 'plain',
    });
    parent = maker;
  }
  const group = parent;
  if (group === undefined) return line;
  for (let life = 1; life <= lives; life++) {
    if (life > 1) {
      add(group, { does: 'delete', person: random.below(4), gapSeconds: gapSeconds() });
      create(group, { gapSeconds: 5 + gapSeconds() });
    }
    for (let left = random.pick([1, 1, 2, 3]); left > 0; left--) {
      const child = next(FAMILY_KINDS.instance, { parent: group });
      create(child, { born: bornOf(random, child.kind) });
      for (let more = random.pick([0, 0, 1, 2]); more > 0; more--) {
        const step = laterStep(random, store);
        if (step.does !== 'repeat') add(child, step);
      }
      if (random.chance(0.2)) add(group, { does: 'correct', to: 'carol', gapSeconds: gapSeconds() });
      if (random.chance(0.1))
        add(group, { does: 'repeat', person: random.below(4), gapSeconds: gapSeconds() });
    }
  }
  return line;
}

/** Tables of the documentation that show rows of the code, so that a new row cannot be forgotten there. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { optionsTable } from '../infra/options.ts';
import { IGNORED_REASONS } from '../parser/event/ignored-reason.ts';
import { PROOFS } from '../parser/parents/row.ts';
import { parentRows } from '../parser/parents/rows.ts';
import { alertsTable } from '../processor/alerts/alert-rows.ts';
import { digestReasonsTable } from '../processor/backfill/digests/digest-reasons.ts';
import { UNDO_OUTCOMES } from '../processor/backfill/undo/undo-outcome.ts';
import { COMMANDS } from '../processor/cli/command-rows.ts';
import { ENDINGS } from '../processor/cli/endings.ts';
import { columnsTable } from '../processor/export/inventory-row.ts';
import { metricsTable } from '../processor/metrics/metrics.ts';
import { CALLERS } from '../processor/notification/callers.ts';
import { FORMS } from '../processor/notification/forms.ts';
import { trustTable } from '../processor/notification/trust-table.ts';
import { VARIABLE_NAMES } from '../processor/runtime/settings.ts';
import { verifyTable } from '../processor/verify/rows.ts';
import { OUTCOMES } from '../tag-manager/outcome.ts';
import { MAX_STEPS } from '../tag-manager/parents/chain.ts';
import { TEMPLATE_FIELDS } from '../tag-manager/tags/template.ts';

const ROOT = join(import.meta.dirname, '..');

const read = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8');

/** The rows below the head that begins so, as they stand there. */
function tableBelow(head: string, text: string): readonly string[] {
  const [, ...lines] = text.slice(text.indexOf(`\n| ${head} |`) + 1).split('\n');
  return lines.slice(
    1,
    lines.findIndex((line) => !line.startsWith('|')),
  );
}

describe('docs/command-line.md shows', () => {
  const text = read('command-line.md');

  test('shows every reason to pass over a record', () => {
    const rows = Object.entries(IGNORED_REASONS).map(
      ([reason, { meaning, isWarning }]) => `| \`${reason}\` | ${meaning}${isWarning ? ' (*)' : ''} |`,
    );
    expect(tableBelow('reason', text)).toEqual(rows);
  });

  test('shows every exit code', () => {
    const rows = Object.values(ENDINGS).map(({ exitCode, meaning }) => `| ${exitCode} | ${meaning} |`);
    expect(tableBelow('exit code', text)).toEqual(rows);
  });

  test('shows every outcome', () => {
    const rows = Object.entries(OUTCOMES).map(([name, { meaning }]) => `| \`${name}\` | ${meaning} |`);
    expect(tableBelow('outcome', text)).toEqual(rows);
  });
});

test('docs/runs.md shows every outcome of an undo', () => {
  const rows = Object.entries(UNDO_OUTCOMES).map(([name, { meaning }]) => `| \`${name}\` | ${meaning} |`);
  expect(tableBelow('outcome', read('runs.md'))).toEqual(rows);
});

test('docs/backfill.md shows what can be wrong with a digest', () => {
  expect(read('backfill.md')).toContain(`\n\n${digestReasonsTable()}\n\n`);
});

test('docs/command-line.md shows every check of verify', () => {
  expect(read('command-line.md')).toContain(`<!-- verify -->\n\n${verifyTable()}\n\n<!-- /verify -->`);
});

describe('docs/command-line.md shows', () => {
  const text = read('command-line.md');
  const firstCells = (head: string) =>
    tableBelow(head, text).map((row) => /^\| `([^`]+)`/.exec(row)?.[1] ?? '');

  test('every command', () => {
    const nameIn = (cell: string) => /^[a-z]+( [a-z]+)*/.exec(cell)?.[0];
    expect(firstCells('command').map(nameIn)).toEqual(COMMANDS.map(({ name }) => name));
  });

  test('every option', () => {
    const flags = COMMANDS.flatMap(({ options }) => options.map((option) => option.flags.split(' ')[0]));
    expect(firstCells('option').map((cell) => cell.split(' ')[0])).toEqual([
      ...new Set(flags),
      '--help',
      '--version',
    ]);
  });
});

test('docs/export.md shows every column of the inventory', () => {
  expect(read('export.md')).toContain(`<!-- columns -->\n\n${columnsTable()}\n\n<!-- /columns -->`);
});

test.each([
  ['metric', metricsTable],
  ['class', alertsTable],
])('docs/monitoring.md shows every %s', (head, table) => {
  expect(tableBelow(head, read('monitoring.md'))).toEqual(table().split('\n').slice(2));
});

const DOCUMENTS = globSync(['*.md', 'docs/*.md', 'sandbox/*.md', 'bench/*.md'], { cwd: ROOT });

test.each(DOCUMENTS)('%s names only files and folders that there are', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const own = /`((?:parser|tag-manager|processor|sandbox|demo|fixtures|bench|test|docs)\/[\w./-]*)`/g;
  const linked = /\]\((?!https?:)([^)#]+)[^)]*\)/g;
  const paths = [
    ...[...text.matchAll(own)].map(([, path = '']) => join(ROOT, path)),
    ...[...text.matchAll(linked)].map(([, path = '']) => join(ROOT, dirname(document), path)),
  ];
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});

describe('docs/notifications.md', () => {
  test('shows every caller once, those that are answered alike in one row', () => {
    const shown = tableBelow('caller', read('notifications.md')).map((row) => {
      const [, first = ''] = row.split('|');
      return [...first.matchAll(/`([a-z0-9-]+)`/g)].map(([, caller]) => caller as keyof typeof CALLERS);
    });
    expect(shown.flat().sort()).toEqual(Object.keys(CALLERS).sort());
    for (const callers of shown) expect(new Set(callers.map((name) => CALLERS[name].answer)).size).toBe(1);
  });
});

test('docs/configuration.md names every field of templates', () => {
  const text = read('configuration.md');
  expect(TEMPLATE_FIELDS.filter((field) => !text.includes(`\`{${field}}\``))).toEqual([]);
});

test('docs/configuration.md says how long a child waits for its parent, and how far a chain goes', () => {
  const text = read('configuration.md');
  const minutes = new Set(parentRows().map(({ graceSeconds }) => graceSeconds / 60));
  expect(minutes.size).toBe(1);
  for (const each of minutes) {
    expect(text).toContain(`(\`ParentNotKnown\`) for up to ${each} minutes`);
    expect(text).toContain(`these tell within the ${each} minutes`);
  }
  expect(text).toContain(`until a person, at most ${MAX_STEPS} steps`);
});

describe('docs/configuration.md shows', () => {
  const text = read('configuration.md');

  test('how sure a parent is, from the most trusted on', () => {
    const rows = Object.entries(PROOFS).map(([proof, meaning]) => `| \`${proof}\` | ${meaning} |`);
    expect(tableBelow('proof', text)).toEqual(rows);
  });

  test('what can be a parent, the nearest first, and by which tags', () => {
    const shown = tableBelow('parent', text).map((row) => row.split('|').slice(1, 3).join('|'));
    const types = shown.map((row) => /`([^`]+)`/.exec(row)?.[1]);
    expect(types).toEqual([...new Set(parentRows().map(({ resourceType }) => resourceType))]);
    for (const { resourceType, namedBy } of parentRows()) {
      const row = shown[types.indexOf(resourceType)];
      for (const { tag } of namedBy) if (tag !== undefined) expect(row).toContain(`\`${tag}\``);
    }
  });
});

/** To update it: node infra/options.ts */
test('docs/deployment.md shows every option', () => {
  expect(read('deployment.md')).toContain(`<!-- options -->\n\n${optionsTable()}\n\n<!-- /options -->`);
});

describe('SECURITY.md', () => {
  const text = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');

  // To update it: node processor/notification/trust-table.ts
  test('shows what is believed of whom', () => {
    expect(text).toContain(`<!-- trust -->\n\n${trustTable()}\n\n<!-- /trust -->`);
  });

  test('names only settings that there are', () => {
    const named = text.match(/`[A-Z]+(_[A-Z]+)+(=\w+)?`/g) ?? [];
    const names = named.map((name) => name.replaceAll('`', '').replace(/=.*/, ''));
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect([...VARIABLE_NAMES, 'AWS_ENDPOINT_URL']).toContain(name);
  });
});

test.each(Object.keys(CALLERS))('%s brings at least one form of notification', (caller) => {
  expect(FORMS.filter(({ callers }) => (callers as readonly string[]).includes(caller))).not.toEqual([]);
});

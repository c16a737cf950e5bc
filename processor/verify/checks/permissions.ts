/** Checks of what the function's role may do in our own account. Like complaints are told once. */
import type { Decision, Permission, Question } from '../facts/facts.ts';
import { counted, type Finding, few, missing, ok, unknown } from '../finding.ts';
import type { CheckRow } from './check-row.ts';
import { denialBy, sortedBy } from './simulated.ts';

export const SIMULATION = 'iam:SimulatePrincipalPolicy';

export const PERMISSION_CHECKS: readonly CheckRow[] = [
  {
    name: 'permissions.own',
    asks: "the function's role may read log files, keep what it must, send what it must, and read who made what others are made for",
    actions: [SIMULATION],
    check: ({ permissions }) => {
      const own = permissions.filter(({ question }) => !isTagging(question));
      return judge(own, 'to read log files, to keep and to send');
    },
  },
  {
    name: 'permissions.tags',
    asks: 'it may tag: one resource for each tag action of the services that are chosen, with the keys of our tags',
    actions: [SIMULATION],
    check: ({ permissions }) => {
      const tags = permissions.filter(({ question }) => isTagging(question));
      const services = new Set(tags.map(({ question }) => question.about));
      return judge(tags, `to tag in ${counted(services.size, 'service')}`);
    },
  },
];

const DEPLOY =
  'deploy it with its services, keys and buckets as options: its policies follow them, and not what is changed by hand';

const isTagging = ({ context }: Question) => 'aws:TagKeys' in context;

function judge(permissions: readonly Permission[], what: string): readonly Finding[] {
  const { allowed, denied, open } = sortedBy(permissions);
  const well = `the role of the function may do ${counted(allowed.length, 'action')} ${what}, by IAM's simulation`;
  return [
    ...[...denied].map(([by, questions]) => denial(by, of(questions))),
    ...open.map(({ cause, questions }) =>
      unknown(`whether the role of the function may do ${of(questions)}`, cause),
    ),
    ...(allowed.length > 0 ? [ok(well)] : []),
  ];
}

/** By resource: of the table, several actions. */
function of(questions: readonly Question[]): string {
  const byResource = [...Map.groupBy(questions, ({ resource }) => resource)];
  return few(
    byResource.map(([resource, group]) => `${group.map(({ action }) => action).join(', ')} on ${resource}`),
  );
}

function denial(by: Decision['deniedBy'], what: string): Finding {
  const problem = `the role of the function may not do ${what}: ${denialBy(by)}`;
  return missing(problem, by === undefined ? DEPLOY : `see ${by}`);
}

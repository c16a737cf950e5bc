/** One page that answers: is it working, how far behind is it, and what fails. */
import { Aws, Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { howToStop } from '../processor/alerts/alert-rows.ts';
import { OUTCOME_DIMENSIONS } from '../processor/metrics/metrics.ts';
import { lambdaMetric, queueMetric } from './alarm-rows.ts';
import type { Names, QueueName } from './names.ts';
import { ownMetric } from './own-metric.ts';

const WHOLE = 24;
const QUEUES: readonly QueueName[] = ['work', 'events', 'retry', 'failures', 'dead-letters'];

export interface DashboardProps {
  readonly names: Names;
  readonly alarms: readonly Alarm[];
  /** There is a function of backfills beside the other. */
  readonly isBackfilled: boolean;
  /** There is a queue of events. */
  readonly realTime: boolean;
}

export function createDashboard(
  scope: Construct,
  { names, alarms, isBackfilled, realTime }: DashboardProps,
): Dashboard {
  const own = (name: Parameters<typeof ownMetric>[1], statistic?: string) =>
    ownMetric(names.function, name, statistic);
  const dashboard = new Dashboard(scope, 'Dashboard', {
    dashboardName: names.function,
    defaultInterval: Duration.days(1),
  });
  const title = (text: string) => new TextWidget({ markdown: text, width: WHOLE, height: 2 });
  const graph = (text: string, metrics: readonly IMetric[]) =>
    new GraphWidget({ title: text, left: [...metrics], width: WHOLE / 2, height: 6 });

  dashboard.addWidgets(new TextWidget({ markdown: helpOf(names), width: WHOLE, height: 6 }));
  dashboard.addWidgets(
    new AlarmStatusWidget({
      title: 'Alarms: each says what to do',
      alarms: [...alarms],
      width: WHOLE,
      height: 4,
    }),
  );
  dashboard.addWidgets(
    title('## Is it working?\nLog files come every five minutes or so wherever something happens.'),
  );
  dashboard.addWidgets(
    new SingleValueWidget({
      title: 'In the time above',
      metrics: [own('Files'), own('Records'), own('Creations'), own('Resources'), own('ResourcesFailed')],
      setPeriodToTimeRange: true,
      width: WHOLE,
      height: 3,
    }),
  );
  dashboard.addWidgets(
    graph('Log files', [own('Files'), own('FilesFailed'), own('FilesDeferred')]),
    graph('Records', [
      own('RecordsIgnored'),
      own('Creations'),
      own('RecordsMalformed'),
      own('CreationsPassedOver'),
    ]),
  );
  dashboard.addWidgets(
    title(
      '## How far behind is it?\nA log file is some minutes old when it comes. What is older has waited.',
    ),
  );
  dashboard.addWidgets(
    graph('Age of log files when they were done, in seconds', [
      own('FileAge', 'p50'),
      own('FileAge', 'Maximum'),
    ]),
    graph('Oldest message, in seconds', [
      queueMetric(names, 'work', 'ApproximateAgeOfOldestMessage'),
      queueMetric(names, 'retry', 'ApproximateAgeOfOldestMessage'),
      ...(realTime ? [queueMetric(names, 'events', 'ApproximateAgeOfOldestMessage')] : []),
    ]),
  );
  dashboard.addWidgets(title('## What fails?\nEach message in `failures` names what it is about, and why.'));
  dashboard.addWidgets(
    graph('Resources by service and outcome', [outcomesOf(names)]),
    graph('Messages that wait', [
      ...QUEUES.filter((queue) => queue !== 'events' || realTime).map((queue) =>
        queueMetric(names, queue, 'ApproximateNumberOfMessagesVisible'),
      ),
    ]),
  );
  dashboard.addWidgets(
    graph('Refused', [
      own('ResourcesFailed'),
      own('LogAccessDenied'),
      own('AccountsRefused'),
      own('ResourcesDeferred'),
    ]),
    graph('Function', ofFunction(names.function)),
  );
  if (isBackfilled) {
    dashboard.addWidgets(
      title(
        '## Backfills\nEngines bring again what Lambda throttles. What a run came to stands in its folder: `auto-tagger backfill status`.',
      ),
    );
    dashboard.addWidgets(graph('Function of backfills', ofFunction(names.backfillFunction)));
  }
  return dashboard;
}

function ofFunction(name: string): readonly IMetric[] {
  return [
    lambdaMetric(name, 'Errors'),
    lambdaMetric(name, 'Throttles'),
    lambdaMetric(name, 'ConcurrentExecutions', 'Maximum'),
  ];
}

/** As many lines as there are combinations. */
function outcomesOf(names: Names): MathExpression {
  const schema = [names.function, ...OUTCOME_DIMENSIONS].map((word) => `"${word}"`).join(',');
  return new MathExpression({
    expression: `SEARCH('{${schema}} MetricName="ResourceOutcomes"', 'Sum', 3600)`,
    usingMetrics: {},
    label: '',
    period: Duration.hours(1),
  });
}

function helpOf(names: Names): string {
  const console = `https://${Aws.REGION}.console.aws.amazon.com`;
  return [
    `# ${names.function}`,
    'Tags what was created with who created it and when.',
    `- **Something is not tagged?** Look under *What fails?* first, and run \`auto-tagger verify\`, which checks the whole way. Then find its log file: [the log](${console}/cloudwatch/home?region=${Aws.REGION}#logsV2:log-groups/log-group/$252Faws$252Flambda$252F${names.function}) has a line for each, which says why records were ignored.`,
    `- **Bring it again:** mend the cause, then redrive \`${names.queue('failures')}\` and \`${names.queue('dead-letters')}\`; docs/operation.md has the commands, and those for old log files. Or run \`auto-tagger replay\` for the first.`,
    `- **Stop it.** ${howToStop(names.function)}`,
  ].join('\n');
}

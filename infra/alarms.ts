/** The alarms of `alarm-rows.ts`, each telling the topic, and saying how to stop everything. */
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { howToStop } from '../processor/alerts/alert-rows.ts';
import { alarmRows, type Watched } from './alarm-rows.ts';

export function createAlarms(scope: Construct, watched: Watched, topic: ITopic): readonly Alarm[] {
  const { names } = watched;
  const tell = new SnsAction(topic);
  const all = new Construct(scope, 'Alarms');
  return alarmRows(watched).map(({ name, metric, above, periods = 1, firesOnSilence = false, whatToDo }) => {
    const alarm = new Alarm(all, name, {
      alarmName: `${names.function}-${name}`,
      alarmDescription: `${whatToDo} ${howToStop(names.function)}`,
      metric,
      threshold: above,
      evaluationPeriods: periods,
      comparisonOperator: firesOnSilence
        ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: firesOnSilence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(tell);
    return alarm;
  });
}

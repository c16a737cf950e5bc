/**
 * auto-tagger as a construct, for a CDK app of one's own; `auto-tagger-stack.ts` is the ready-made stack around it.
 *
 *     rules ─▶ events queue ─▶ ┐
 *     trail ─▶ bucket ─▶ work queue ─▶ function ─▶ tags, table
 *                            │          ▲   │
 *                            │    retry queue │ failures
 *                            └▶ dead letters ◀┘
 */
import { type CfnCondition, Fn } from 'aws-cdk-lib';
import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { CfnEventSourceMapping, CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { EventPattern } from '../processor/real-time/event-patterns.ts';
import type { Settings } from '../processor/runtime/settings.ts';
import { createAlarms } from './alarms.ts';
import { alertTopicOf } from './alert-topic.ts';
import { type ArchiveBucket, archiveBucketOf, createArchiveTable } from './archive.ts';
import { createBackfillFunction, createBackfillLogs } from './backfill-function.ts';
import { createBackfillRoles } from './backfill-roles.ts';
import { choose } from './chosen.ts';
import { createDashboard } from './dashboard.ts';
import { functionSettings } from './environment.ts';
import { createEventSources } from './event-sources.ts';
import { createFunction, createLogGroup } from './function.ts';
import { type LogSource, logSourceOf } from './log-source.ts';
import { namesOf } from './names.ts';
import { notify } from './notification.ts';
import { createRole } from './permissions.ts';
import type { AutoTaggerProps } from './props.ts';
import { createQueues, type Queues } from './queues.ts';
import { listenToEvents } from './real-time.ts';
import { createStateMachine } from './state-machine.ts';
import { createTable } from './table.ts';

export class AutoTagger extends Construct {
  readonly function: LambdaFunction;
  /** That of backfills which AWS carries out; `undefined` where `backfillBucketName` is not set. */
  readonly backfillFunction: LambdaFunction | undefined;
  readonly role: IRole;
  readonly queues: Queues;
  readonly logs: LogSource;
  /** What alarms and alerts go to. */
  readonly alertTopic: ITopic;
  /** The metadata store; `undefined` where `store` is false. */
  readonly table: CfnTable | undefined;
  /** Where the archive is; `undefined` where `archive` is false. */
  readonly archive: ArchiveBucket | undefined;
  /** What the bucket must be told, as S3's API takes it, where it is there already. */
  readonly bucketNotification: Readonly<Record<string, unknown>> | undefined;
  /** Of the rules by which events come at once; none without `realTime`. */
  readonly eventPatterns: readonly EventPattern[];
  /** As the function will read them, but for what only CloudFormation knows. */
  readonly settings: Settings;
  readonly #eventSources: readonly CfnEventSourceMapping[];

  /** Throws PropsError, SettingsError or PolicyError for what cannot be deployed. */
  constructor(scope: Construct, id: string, props: AutoTaggerProps = {}) {
    super(scope, id);
    const chosen = choose(props);
    const names = namesOf(chosen.name);
    this.queues = createQueues(this, {
      names,
      encryption: chosen.queueEncryption,
      functionTimeoutSeconds: chosen.timeoutSeconds,
      batchWindowSeconds: chosen.batchWindowSeconds,
      realTime: chosen.realTime,
    });
    this.table = chosen.store ? createTable(this) : undefined;
    this.logs = logSourceOf(this, names, chosen);
    const { alertEmail, alertTopicArn, alertKeyArn } = chosen;
    const alerts = alertTopicOf(this, { names, alertEmail, alertTopicArn, alertKeyArn });
    this.alertTopic = alerts.topic;
    this.archive = archiveBucketOf(this, chosen);
    const read = functionSettings(
      {
        bucketName: this.logs.bucketName,
        retryQueueUrl: this.queues.retry.queueUrl,
        failureQueueUrl: this.queues.failures.queueUrl,
        eventQueueArn: this.queues.events?.queueArn,
        table: this.table?.ref,
        alertTopicArn: alerts.topic.topicArn,
        archiveBucketName: this.archive?.bucketName,
      },
      chosen,
    );
    const log = createLogGroup(this, 'Log', names.logGroup, chosen.logRetentionDays);
    const backfillLogs = createBackfillLogs(this, names, chosen);
    this.settings = read.settings;
    const functionLogs = [log, ...backfillLogs];
    const made = { queues: this.queues, logs: this.logs, table: this.table, functionLogs, alerts };
    if (this.archive !== undefined) createArchiveTable(this, names, this.archive);
    const role = createRole(this, { names, chosen, settings: read.settings, ...made, archive: this.archive });
    this.role = role;
    this.function = createFunction(this, 'Function', {
      name: names.function,
      description: 'Tags what was created with who created it and when',
      concurrency: chosen.concurrency,
      chosen,
      role,
      environment: read.environment,
    });
    this.function.node.addDependency(log); // or Lambda makes one that is kept for ever
    this.backfillFunction = createBackfillFunction(this, {
      names,
      chosen,
      role,
      environment: read.backfillEnvironment,
      logs: backfillLogs,
    });
    this.#eventSources = createEventSources(this, this.function, this.queues, chosen);
    const told = { names, chosen, source: this.logs, queues: this.queues, function: this.function };
    this.bucketNotification = notify(this, told);
    this.eventPatterns = listenToEvents(this, {
      names,
      chosen,
      settings: this.settings,
      queues: this.queues,
    });
    // Where the function cannot be made, nothing has been put into the bucket yet, which then goes again.
    this.logs.newTrail?.node.addDependency(this.function);
    const eventRules = this.eventPatterns.map((_, at) => names.eventRule(at + 1));
    const watched = { names, chosen, eventRules, tableName: this.table?.ref };
    const alarms = createAlarms(this, watched, alerts.topic);
    createDashboard(this, {
      names,
      alarms,
      isBackfilled: this.backfillFunction !== undefined,
      realTime: chosen.realTime,
    });
    if (chosen.backfillBucketName !== undefined && this.backfillFunction !== undefined) {
      const { backfillBucketName: bucketName, backfillConcurrency: concurrency } = chosen;
      const invoked = { names, function: this.backfillFunction, bucketName };
      const roles = createBackfillRoles(this, { ...invoked, logs: this.logs });
      createStateMachine(this, { ...invoked, role: roles.machine, concurrency });
    }
  }

  /** A switch: where the condition does not hold, no queue invokes the function, and nobody else can either. */
  runOnlyIf(condition: CfnCondition): void {
    for (const mapping of this.#eventSources) {
      mapping.enabled = Fn.conditionIf(condition.logicalId, true, false);
    }
    for (const { node } of this.functions) {
      const deployed = node.defaultChild as CfnFunction;
      const reserved = deployed.reservedConcurrentExecutions ?? Fn.ref('AWS::NoValue');
      deployed.addPropertyOverride(
        'ReservedConcurrentExecutions',
        Fn.conditionIf(condition.logicalId, reserved, 0),
      );
    }
  }

  /** All of the same code. */
  get functions(): readonly LambdaFunction[] {
    return [this.function, ...(this.backfillFunction === undefined ? [] : [this.backfillFunction])];
  }
}

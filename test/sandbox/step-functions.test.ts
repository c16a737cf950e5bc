/**
 * The state machine of backfills, by its definition: valid to a validator, carried out alike by the sandbox and by an interpreter
 * that others keep (which knows no distributed map: each batch by itself, and the way through the sources), and at the wire.
 */
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { backfillDefinition } from '../../infra/backfill-definition.ts';
import type { MachineInput, MachineSource } from '../../processor/backfill/bulk/machine-input.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import type { Flow } from '../../sandbox/services/step-functions/definition.ts';
import { run, startOf } from '../../sandbox/services/step-functions/flow.ts';
import { putInventory } from '../helpers/inventory.ts';
import { clientConfig } from './client-config.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:auto-tagger-backfill`;
const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:auto-tagger-backfill`;
const RUN = '2026-11-26T143012Z-ab12cd';

const definition = backfillDefinition({
  functionArn: FUNCTION,
  partition: 'aws',
  bucketName: 'our-manifests',
  concurrency: 2,
});

test('the definition is one of the States Language', () => {
  expect(validate(definition, { checkPaths: true, checkArn: true }).errors).toEqual([]);
});

test('the validator finds a state that is not there', () => {
  const broken = { ...definition, StartAt: 'Nowhere' };
  expect(validate(broken).isValid).toBe(false);
});

interface Batch {
  readonly BatchInput: { readonly bucket: string; readonly run: string };
  readonly Items: readonly { readonly Key: string }[];
}

interface Answer {
  /** Of what is done. */
  readonly sums: readonly unknown[];
  /** Of what remains. */
  readonly unfinished: readonly unknown[];
  readonly remaining: readonly Batch[];
  readonly problems: readonly unknown[];
  readonly rejected?: string;
}

/** Called for the nth time with a batch. */
type Behaviour = (batch: Batch, call: number) => Answer;

const sumsOf = ({ Items }: Batch, call: number, left = 0): Answer => {
  const sums = Items.map(({ Key }) => ({ key: Key, call }));
  const done = Items.length - left;
  return { sums: sums.slice(0, done), unfinished: sums.slice(done), remaining: [], problems: [] };
};
const leaving =
  (count: number): Behaviour =>
  (batch, call) => {
    const left = call > count ? [] : batch.Items.slice(call === 1 ? 1 : 0);
    const remaining = left.length === 0 ? [] : [{ ...batch, Items: left }];
    return { ...sumsOf(batch, call, left.length), remaining };
  };
const failing =
  (count: number): Behaviour =>
  (batch, call) => {
    if (call > count) return sumsOf(batch, call);
    throw Object.assign(new Error('out of memory'), { name: 'Runtime.OutOfMemory' });
  };

describe('a batch comes to the same by another interpreter', () => {
  const batch = {
    BatchInput: { bucket: 'logs', run: RUN, round: 1, sums: [] },
    Items: ['1', '2', '3'].map((Key) => ({ Key })),
  };
  const { ItemProcessor: flow } = definition.States.Listing as unknown as { ItemProcessor: Flow };

  interface Ended {
    readonly output?: unknown;
    readonly error?: string | undefined;
    readonly calls: readonly unknown[];
  }

  const counted = (behave: Behaviour) => {
    const calls: Batch[] = [];
    const invoke = async (event: unknown) => {
      calls.push(event as Batch);
      return behave(event as Batch, calls.length);
    };
    return { calls, invoke };
  };

  async function here(behave: Behaviour): Promise<Ended> {
    const { calls, invoke } = counted(behave);
    const world = { invoke: (_: string, event: unknown) => invoke(event), secondMs: 0 };
    const { signal } = new AbortController();
    const map = () => Promise.reject(new Error('there is no map in a batch'));
    return await run(flow, startOf(flow, batch), { ...world, map, signal }).then(
      (output) => ({ output, calls }),
      ({ error }) => ({ error, calls }),
    );
  }

  async function elsewhere(behave: Behaviour): Promise<Ended> {
    const { calls, invoke } = counted(behave);
    const { ProcessorConfig: _, ...plain } = flow as Flow & { ProcessorConfig: unknown };
    const machine = new StateMachine(plain as unknown as StateMachineDefinition);
    const { result } = machine.run(batch, {
      overrides: {
        taskResourceLocalHandlers: {
          ListingTag: async ({ Payload }: { Payload: unknown }) => ({ Payload: await invoke(Payload) }),
        },
        waitTimeOverrides: { ListingWait: 0 },
        retryIntervalOverrides: { ListingTag: 0 },
      },
    } as never);
    return await result.then(
      (output) => ({ output, calls }),
      ({ cause }: Error) => ({ error: (cause as Error | undefined)?.name, calls }),
    );
  }

  test.each<readonly [string, Behaviour, number]>([
    ['done at once', sumsOf, 1],
    ['with a rest, twice', leaving(2), 3],
    ['with a rest for ever', leaving(99), 20],
    ['failed, and done then', failing(3), 4],
    ['failed for good', failing(99), 7],
    ['rejected', () => ({ ...sumsOf({ ...batch, Items: [] }, 1), rejected: 'no such run' }), 1],
  ])('%s', async (_, behave, calls) => {
    const ours = await here(behave);
    expect(ours.calls).toHaveLength(calls);
    expect(JSON.parse(JSON.stringify(ours))).toEqual(JSON.parse(JSON.stringify(await elsewhere(behave))));
  });

  test('the function is handed nothing of earlier rounds, and what it said last of each file is kept', async () => {
    const { calls, output } = await here(leaving(1));
    expect(calls).toEqual([
      { BatchInput: { bucket: 'logs', run: RUN }, Items: [{ Key: '1' }, { Key: '2' }, { Key: '3' }] },
      { BatchInput: { bucket: 'logs', run: RUN }, Items: [{ Key: '2' }, { Key: '3' }] },
    ]);
    const { sums } = output as { sums: readonly unknown[] };
    expect(sums.flat(Number.POSITIVE_INFINITY)).toEqual([
      { key: '1', call: 1 },
      { key: '2', call: 2 },
      { key: '3', call: 2 },
    ]);
  });

  test('sources are taken in their order', async () => {
    const taken: string[] = [];
    const maps = ['Listing', 'Manifest', 'Inventory'] as const;
    const asTask = { Type: 'Task', Resource: FUNCTION, ResultPath: null, Next: 'SourceDone' };
    const States = { ...definition.States, ...Object.fromEntries(maps.map((name) => [name, asTask])) };
    const machine = new StateMachine({ ...definition, States } as unknown as StateMachineDefinition);
    const handler = async ({ source }: { readonly source?: MachineSource }) => {
      taken.push(source?.from ?? '');
    };
    const sources = [
      { from: 'manifest', key: 'a' },
      { from: 'listing', prefix: 'b' },
      { from: 'inventory', key: 'c' },
      { from: 'manifest', key: 'd' },
    ];
    const input = { run: RUN, bucket: 'logs', results: 'results', sources, done: 0 };
    const handlers = Object.fromEntries(maps.map((name) => [name, handler]));
    await machine.run(input, { overrides: { taskResourceLocalHandlers: handlers } } as never).result;
    expect(taken).toEqual(['manifest', 'listing', 'inventory', 'manifest']);
    const unknown = { ...input, sources: [{ from: 'elsewhere' }] };
    await expect(
      machine.run(unknown, { overrides: { taskResourceLocalHandlers: handlers } } as never).result,
    ).rejects.toThrow(/later auto-tagger/);
  });
});

describe('at the wire', () => {
  interface Stage {
    readonly sandbox: Sandbox;
    readonly sfn: SFNClient;
    readonly calls: Batch[];
  }

  async function staged(
    behave: (batch: Batch) => Promise<Answer> | Answer,
    work: (stage: Stage) => Promise<void>,
  ): Promise<void> {
    const calls: Batch[] = [];
    const sandbox = await startSandbox({
      secondMs: 0,
      invoke: async (functionArn, event) => {
        expect(functionArn).toBe(FUNCTION);
        calls.push(event as Batch);
        return behave(event as Batch);
      },
    });
    const config = clientConfig(sandbox, { account: ACCOUNT, type: 'IAMUser', userName: 'alice' }, REGION, 1);
    const sfn = new SFNClient(config);
    sandbox.putBucket({ name: 'our-manifests', account: ACCOUNT, region: REGION });
    sandbox.putBucket({ name: 'logs', account: ACCOUNT, region: REGION });
    sandbox.putResource({ arn: MACHINE, details: { definition } });
    try {
      await work({ sandbox, sfn, calls });
    } finally {
      config.requestHandler.destroy();
      await sandbox.close();
    }
  }

  const keys = (from: number, count: number) => Array.from({ length: count }, (_, at) => `a b/${from + at}`);

  const putManifest = (sandbox: Sandbox, name: string, all: readonly string[]) =>
    sandbox.putObject('our-manifests', name, all.map((key) => `logs,${encodeURIComponent(key)}\n`).join(''));

  function start({ sfn }: Stage, sources: MachineInput['sources'], name = `${RUN}-1`) {
    const input: MachineInput = {
      run: RUN,
      bucket: 'logs',
      results: `runs/${RUN}/results/1`,
      sources,
      done: 0,
    };
    return sfn.send(
      new StartExecutionCommand({ stateMachineArn: MACHINE, name, input: JSON.stringify(input) }),
    );
  }

  async function ended({ sfn }: Stage, executionArn: string | undefined) {
    for (;;) {
      const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      const runs = await Promise.all((await mapRuns(sfn, executionArn)).map((arn) => mapRun(sfn, arn)));
      if (found.status !== 'RUNNING' && runs.every(({ status }) => status !== 'RUNNING'))
        return { ...found, runs };
    }
  }

  const mapRun = (sfn: SFNClient, mapRunArn: string | undefined) =>
    sfn.send(new DescribeMapRunCommand({ mapRunArn }));

  async function mapRuns(sfn: SFNClient, executionArn: string | undefined) {
    const arns: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(new ListMapRunsCommand({ executionArn, nextToken }));
      arns.push(...(page.mapRuns ?? []).map((one) => one.mapRunArn));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return arns;
  }

  function results({ sandbox }: Stage, mapRunArn: string | undefined, status: string): readonly unknown[] {
    const folder = `runs/${RUN}/results/1/${mapRunArn?.split(':').at(-1)}`;
    const manifest = JSON.parse(sandbox.getObject('our-manifests', `${folder}/manifest.json`).toString());
    const files: readonly { Key: string }[] = manifest.ResultFiles[status];
    return files.flatMap(({ Key }) =>
      sandbox
        .getObject('our-manifests', Key)
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  }

  test('three sources, one after the other, in batches of a hundred', async () => {
    await staged(
      (batch) => sumsOf(batch, 1),
      async (stage) => {
        const { sandbox, calls } = stage;
        putManifest(sandbox, 'one.csv', keys(0, 250));
        for (const key of keys(250, 3)) sandbox.putObject('logs', key, 'x');
        const inventory = putInventory(sandbox, {
          bucket: 'our-manifests',
          sourceBucket: 'logs',
          keys: keys(253, 2),
        });
        const { executionArn } = await start(stage, [
          { from: 'manifest', key: 'one.csv' },
          { from: 'listing', prefix: 'a b/25' },
          { from: 'inventory', key: inventory },
        ]);
        const { status, runs } = await ended(stage, executionArn);
        expect(status).toBe('SUCCEEDED');
        expect(runs.map(({ itemCounts }) => itemCounts?.succeeded)).toEqual([250, 3, 2]);
        expect(calls.map(({ Items }) => Items.length)).toEqual([100, 100, 50, 3, 2]);
        expect(calls[0]).toEqual({
          BatchInput: { bucket: 'logs', run: RUN },
          Items: keys(0, 100).map((key) => ({ Bucket: 'logs', UrlEncodedKey: encodeURIComponent(key) })),
        });
        expect(calls[3]?.Items).toEqual(keys(250, 3).map((Key) => ({ Key, Size: 1 })));
        expect(calls[4]?.Items[0]).toEqual({ Bucket: 'logs', UrlEncodedKey: 'a%20b%2F253' });

        expect(results(stage, runs[1]?.mapRunArn, 'SUCCEEDED')).toEqual([
          { sums: [[], keys(250, 3).map((key) => ({ key, call: 1 })), []], remaining: [], problems: [] },
        ]);
      },
    );
  });

  test('too many failures end it, and it is redriven where it failed', async () => {
    let isBroken = true;
    const behave = (batch: Batch) => {
      if (isBroken) throw new Error('denied');
      return sumsOf(batch, 2);
    };
    await staged(behave, async (stage) => {
      const { sandbox, sfn, calls } = stage;
      putManifest(sandbox, 'one.csv', keys(0, 500));
      const { executionArn } = await start(stage, [{ from: 'manifest', key: 'one.csv' }]);
      const failed = await ended(stage, executionArn);
      expect(failed).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
      const [arn] = failed.runs.map(({ mapRunArn }) => mapRunArn);
      expect(results(stage, arn, 'FAILED')[0]).toMatchObject({
        Error: 'Error',
        Cause: expect.stringMatching(/denied/),
      });
      expect(results(stage, arn, 'PENDING').length).toBeGreaterThan(0);
      await expect(start(stage, [{ from: 'manifest', key: 'one.csv' }])).rejects.toThrow(/Already Exists/);
      isBroken = false;
      calls.length = 0;
      await sfn.send(new RedriveExecutionCommand({ executionArn }));
      const done = await ended(stage, executionArn);
      expect(done).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, redriveStatus: 'NOT_REDRIVABLE' });
      expect(done.runs).toHaveLength(1);
      expect(calls).toHaveLength(5);
      expect(results(stage, arn, 'SUCCEEDED')).toHaveLength(5);
      await expect(sfn.send(new RedriveExecutionCommand({ executionArn }))).rejects.toThrow(
        /cannot be redriven/,
      );
    });
  });

  test('it is stopped, goes on where it was, and cannot after fourteen days', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const behave = async (batch: Batch) => {
      if (batch.Items[0]?.Key !== 'a b/0' && stopped === undefined) await promise;
      return sumsOf(batch, 1);
    };
    let stopped: Date | undefined;
    await staged(behave, async (stage) => {
      const { sandbox, sfn, calls } = stage;
      for (const key of keys(0, 500)) sandbox.putObject('logs', key, 'x');
      const { executionArn } = await start(stage, [{ from: 'listing', prefix: 'a b/' }]);
      while (calls.length < 3) await new Promise(setImmediate);
      const again = await start(stage, [{ from: 'listing', prefix: 'a b/' }]);
      expect(again.executionArn).toBe(executionArn); // the same name and input
      stopped = (await sfn.send(new StopExecutionCommand({ executionArn }))).stopDate;
      resolve();
      const aborted = await ended(stage, executionArn);
      expect(aborted).toMatchObject({ status: 'ABORTED', redriveStatus: 'REDRIVABLE' });
      expect(aborted.runs[0]).toMatchObject({
        status: 'ABORTED',
        itemCounts: { succeeded: 100, aborted: 200, pending: 200, total: 500 },
      });
      sandbox.clock.set(Date.now() + 14 * 24 * 60 * 60 * 1000 + 60_000);
      await expect(sfn.send(new RedriveExecutionCommand({ executionArn }))).rejects.toThrow(
        /period exceeded/,
      );
      sandbox.clock.run();
      calls.length = 0;
      await sfn.send(new RedriveExecutionCommand({ executionArn }));
      expect(await ended(stage, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
      expect(calls).toHaveLength(4);
    });
  });
});

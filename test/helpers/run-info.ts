/** Runs of the tests: what `run.json` says of one, and where they are kept. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRunId } from '../../processor/backfill/run/run-id.ts';
import type { RunInfo } from '../../processor/backfill/run/run-info.ts';
import { ACCOUNT } from './events.ts';

const CREATED_AT = '2026-11-26T14:30:12Z';

/** When the runs begin, epoch milliseconds. */
export const RUN_TIME = Date.parse(CREATED_AT);

/** With an id of its own, unless one is given. */
export function runInfo(facts: Partial<RunInfo> = {}): RunInfo {
  return {
    version: 1,
    id: newRunId(RUN_TIME),
    createdAt: CREATED_AT,
    command: 'auto-tagger backfill s3://logs',
    scope: { bucket: 'logs', prefix: '' },
    filters: {},
    settings: {},
    identity: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/ops` },
    program: '0.1.0',
    engine: 'local',
    dryRun: false,
    ...facts,
  };
}

/** A new folder, where nothing waits for a disk if the machine has such a place. The caller removes it. */
export function runsFolder(name: string): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `auto-tagger-${name}-`));
}

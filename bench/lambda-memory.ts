/**
 * How much memory the function takes with the most that a batch may bring: log files of 1,000 records, each of which created
 * something and is as long as CloudTrail's are, with the store, rules, look-ups, metrics and alerts on. And how long a batch takes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { generateSmallDocuments } from '../fixtures/generate-logs.ts';
import { functionZip } from '../infra/bundle.ts';
import type { AutoTaggerProps } from '../infra/props.ts';
import { ratesTimes, type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type Invocation, invoke, unpack } from './deployed.ts';
import { BATCH_SIZE, deployInto, messagesOf } from './deployment.ts';
import { LOG_BUCKET, logKey, putLoad } from './pace-load.ts';

const RECORDS_A_FILE = 1_000;

/** Beside what stands in the records of the load: agents, parameters, TLS details. */
const FILLING = 'x'.repeat(800);

const PEOPLE = 10_000;

const SETTINGS = {
  RULES: JSON.stringify([
    { service: 'rds', tags: { Team: 'databases' } },
    { tags: { Team: '{person.team}', CostCentre: '{person.cost centre}' } },
    { tags: { Team: 'unknown' } },
  ]),
  RULE_TAG_KEYS: 'Team,CostCentre',
  PEOPLE_CSV: `s3://${LOG_BUCKET}/people.csv`,
  TAG_ACCOUNT_ID: 'true',
  TAG_SOURCE_IP: 'true',
};

/** As fast as the sandbox is, and as long as it takes on a machine that does other work. */
const UNPACED: AutoTaggerProps = {
  timeoutSeconds: 900,
  settings: { ...SETTINGS, RATE_FACTOR: '1000000' },
};

/** At the pace that it has in AWS little gets done before the end, and the rest goes back all at once. */
const SHORT: AutoTaggerProps = { timeoutSeconds: 60, settings: SETTINGS };

export async function benchLambdaMemory(batch = BATCH_SIZE) {
  const all = await run(UNPACED, (sandbox) => putWorst(sandbox, 10));
  if (all.tagged !== 10 * RECORDS_A_FILE) throw new Error(`expected 10,000 tagged, got ${all.tagged}`);
  const cutOff = await run(SHORT, (sandbox) => putWorst(sandbox, batch));
  const typical = await run({ settings: SETTINGS }, (sandbox) => putTypical(sandbox, batch));
  return {
    lambdaRssMiB: all.peakRssMiB,
    lambdaCutOffRssMiB: cutOff.peakRssMiB,
    lambdaTypicalRssMiB: typical.peakRssMiB,
    lambdaSeconds: { all: all.ms / 1_000, cutOff: cutOff.ms / 1_000, typical: typical.ms / 1_000 },
    lambdaTagged: { all: all.tagged, cutOff: cutOff.tagged, typical: typical.tagged },
  };
}

/** `put` puts log files, and gives their keys. */
async function run(
  props: AutoTaggerProps,
  put: (sandbox: Sandbox) => readonly string[],
): Promise<Invocation & { readonly tagged: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-memory-'));
  const throttle = props === UNPACED ? false : ratesTimes(1);
  const sandbox = await startSandbox({ records: false, throttle });
  try {
    unpack(functionZip(), folder);
    const invoked = await deployInto(sandbox, folder, props);
    const keys = put(sandbox);
    sandbox.putObject(LOG_BUCKET, 'people.csv', people());
    const invocation = await invoke(invoked, messagesOf(keys));
    return { ...invocation, tagged: taggedIn(invocation) };
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  }
}

function putWorst(sandbox: Sandbox, files: number): readonly string[] {
  const [keys = []] = putLoad(sandbox, files * RECORDS_A_FILE, 1, RECORDS_A_FILE);
  for (const key of keys) {
    const { Records } = JSON.parse(gunzipSync(sandbox.getObject(LOG_BUCKET, key)).toString());
    const filled = Records.map((record: object) => ({ ...record, additionalEventData: { FILLING } }));
    sandbox.putObject(LOG_BUCKET, key, gzipSync(JSON.stringify({ Records: filled })));
  }
  return keys;
}

/** As many records as delivered files have, one of a hundred a creation; what it created is no more. */
function putTypical(sandbox: Sandbox, files: number): readonly string[] {
  return [...generateSmallDocuments(files, { seed: 7 })].map((document, at) => {
    const key = logKey(at);
    sandbox.putObject(LOG_BUCKET, key, gzipSync(document));
    return key;
  });
}

function people(): string {
  const rows = Array.from({ length: PEOPLE }, (_, at) => `person-${at},team-${at % 50},${at % 9}`);
  return ['person,team,cost centre', ...rows].join('\n');
}

function taggedIn({ log }: Invocation): number {
  const lines = log.split('\n').flatMap((line) => (line.includes('"report"') ? [JSON.parse(line)] : []));
  return lines.reduce((sum, { report }) => sum + (report.outcomes.tagged ?? 0), 0);
}

/** What AWS charges for a backfill, by the engine that does it: one row each, of parts that are named. */
import { FUNCTION_TIME, PRICES } from '../../prices.ts';
import { FILES_A_BATCH } from '../bulk/machine-input.ts';

export interface Work {
  readonly files: number;
  readonly bytes: number;
  /** Resources to be tagged: the calls themselves cost nothing. */
  readonly writes: number;
  /** Accounts and regions. */
  readonly branches: number;
}

export interface CostPart {
  readonly what: string;
  readonly dollars: number;
}

export interface EngineCost {
  readonly engine: 'local' | 'batch' | 'map';
  readonly parts: readonly CostPart[];
  /** All parts together, without those that only some pay. */
  readonly dollars: number;
}

/** As the function is deployed where nobody says otherwise. */
export const FUNCTION_GB = 0.5;

/** Of a batch that is done at once: its beginning, the call, the look at what is left, its end. */
const TRANSITIONS_A_BATCH = 4;

const KEYS_A_PAGE = 1_000;

/** Only who runs it outside of AWS, or in another region, pays for the way. */
const WAY = 'transfer, where it runs outside of AWS';

export function costsOf(work: Work): readonly EngineCost[] {
  const { files, bytes, branches } = work;
  const list = { what: 'S3: listing', dollars: (files / KEYS_A_PAGE + 2 * branches) * PRICES.s3List };
  const get = { what: 'S3: reading', dollars: files * PRICES.s3Get };
  const batches = files / FILES_A_BATCH;
  return [
    engine('local', [list, get, { what: WAY, dollars: (bytes / 1e9) * PRICES.transferGb }]),
    engine('batch', [
      get,
      { what: 'S3 Batch Operations', dollars: PRICES.batchJob + files * PRICES.batchObject },
      lambda(secondsOf(work, files), files),
    ]),
    engine('map', [
      list,
      get,
      { what: 'Step Functions', dollars: batches * TRANSITIONS_A_BATCH * PRICES.stateTransition },
      lambda(secondsOf(work, batches), batches),
    ]),
  ];
}

function engine(name: EngineCost['engine'], parts: readonly CostPart[]): EngineCost {
  const dollars = parts.reduce((sum, part) => sum + (part.what === WAY ? 0 : part.dollars), 0);
  return { engine: name, parts, dollars };
}

function secondsOf({ files, writes }: Work, invocations: number): number {
  const { secondsAnInvocation, secondsAFile, secondsACreation } = FUNCTION_TIME;
  return invocations * secondsAnInvocation + files * secondsAFile + writes * secondsACreation;
}

function lambda(seconds: number, invocations: number): CostPart {
  const dollars = seconds * FUNCTION_GB * PRICES.lambdaGbSecond + invocations * PRICES.lambdaRequest;
  return { what: 'Lambda', dollars };
}

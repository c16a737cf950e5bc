/**
 * Creations in, one outcome for each of their resources out: read the tags that are there, decide, write. Nothing is
 * thrown for what AWS answers; every resource ends in exactly one outcome.
 */
import pLimit from 'p-limit';
import type { Creation } from '../parser/event/creation.ts';
import { type Batch, batchesOf, roundsOf } from './batches.ts';
import { stopFailure } from './calls/call-failure.ts';
import type { Calls } from './calls/calls.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOfFailure, refused } from './request-outcome.ts';
import { type Run, tagBatch } from './tag-batch.ts';
import { requestsOf, type TagRequest } from './tag-request.ts';
import type { TaggerFor } from './taggers/taggers.ts';
import type { TagSettings } from './tags/tag-settings.ts';

export interface TagManager {
  /**
   * Outcomes in the order of the creations and their resources. Once the signal is aborted nothing more is sent, and
   * what is not dealt with within a second is deferred as `stopped`.
   */
  tag(creations: readonly Creation[], signal: AbortSignal): Promise<readonly Outcome[]>;
}

export interface TagManagerOptions {
  readonly settings: TagSettings;
  readonly calls: Calls;
  readonly taggerFor: TaggerFor;
  /**
   * Bounds the batches that are between their read and their last write, over all files. Were all of them read before
   * the first is written, time that is up meanwhile would leave nothing done, and so for ever.
   */
  readonly batchesAtOnce: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export function createTagManager(options: TagManagerOptions): TagManager {
  const places = pLimit(options.batchesAtOnce);
  return {
    async tag(creations, signal) {
      const requests = creations.flatMap((creation) => requestsOf(creation, options.settings));
      const run: Run = { ...options, signal, written: new Map() };
      const outcomes = new Map<TagRequest, Outcome>();
      for (const request of requests) {
        if (request.refusal !== undefined) outcomes.set(request, refused(request, request.refusal));
      }
      for (const round of roundsOf(requests.filter(({ refusal }) => refusal === undefined))) {
        const batches = batchesOf(round, options.taggerFor);
        const begin = (batch: Batch) => (signal.aborted ? [] : tagBatch(batch, run));
        const settled = await Promise.all(batches.map((batch) => places(() => begin(batch))));
        for (const { request, outcome } of settled.flat()) outcomes.set(request, outcome);
      }
      const notBegun = (request: TagRequest) =>
        outcomeOfFailure(request, stopFailure(signal.reason), options.now());
      return requests.map((request) => outcomes.get(request) ?? notBegun(request));
    },
  };
}

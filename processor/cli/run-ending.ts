/** How the files of one command ended, all in all: what became of each is added, and the lowest exit code counts. */
import { readFailure } from '../../tag-manager/calls/call-failure.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { FileReport } from '../file/file-report.ts';
import { type Ending, lowest } from './endings.ts';
import type { FileResult } from './file-result.ts';
import type { FilesDone } from './files-done.ts';

export interface RunEnding {
  /** `isStopped`: the command was asked to stop, and what is left because of that is no fault. */
  addFiles(done: Pick<FilesDone, 'totals' | 'unfinished'>, isStopped: boolean): void;
  /** Of what is no file; `access` counts as such unless some file could be read. */
  add(ending: Ending): void;
  /** Nothing more is tried somewhere, because AWS denies everything there. */
  readonly addStop: () => void;
  readonly ending: Ending;
}

export function createRunEnding(): RunEnding {
  const endings = new Set<Ending>();
  let isAnyRead = false;
  let isAnyStop = false;
  let isOnlyDenied = true; // of resources
  return {
    addFiles({ totals, unfinished }, isStopped) {
      const { failed = 0, deferred = 0 } = totals.outcomes;
      isAnyRead ||= totals.files > totals.unreadable;
      isOnlyDenied &&= failed + deferred === totals.resources;
      if ((totals.ignored['no-role'] ?? 0) > 0) endings.add('incomplete');
      for (const result of unfinished) {
        isOnlyDenied &&= result.outcomes.every(isOverOrDenied);
        for (const each of endingsOf(result, isStopped)) endings.add(each);
      }
    },
    add: (ending) => {
      endings.add(ending);
    },
    addStop: () => {
      isAnyStop = true;
    },
    get ending() {
      if (isAnyStop && isOnlyDenied) return 'access';
      // Once something could be read, a denial is a failure like others.
      return lowest([...endings].map((each) => (each === 'access' && isAnyRead ? 'failed' : each)));
    },
  };
}

function* endingsOf({ report, outcomes, undone }: FileResult, isStopped: boolean): Generator<Ending> {
  if (!report.complete) yield isNoAccess(report) ? 'access' : 'failed';
  for (const { outcome, failure } of outcomes) {
    if (outcome === 'failed') yield 'failed';
    else if (outcome === 'deferred')
      yield isStopped && failure?.class === 'stopped' ? 'interrupted' : 'incomplete';
  }
  for (const { end, failure } of undone) {
    if (end === 'never') yield 'failed';
    else yield isStopped && failure.class === 'stopped' ? 'interrupted' : 'incomplete';
  }
}

function isOverOrDenied({ failure }: Outcome): boolean {
  return failure === undefined || failure.class === 'denied' || failure.class === 'credentials';
}

/** AWS does not let us read it; what a disk does not let us read is another matter. */
function isNoAccess({ location, error }: FileResult['report']): boolean {
  if (location?.kind !== 's3' || error === undefined) return false;
  return error.class === 'denied' || isWithoutCredentials({ error });
}

/** There are no credentials to read with, or they have expired. */
export function isWithoutCredentials({ error }: Pick<FileReport, 'error'>): boolean {
  if (error === undefined) return false;
  const { class: failureClass } = readFailure(Object.assign(new Error(error.message), { name: error.code }));
  return failureClass === 'credentials';
}

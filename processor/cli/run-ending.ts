/** How the files of one command ended, all in all: what became of each is added, and the lowest exit code counts. */
import { type CallFailure, readFailure } from '../../tag-manager/calls/call-failure.ts';
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
  /** Of resources that AWS denied. */
  const ofDenied = new Set<Ending>();
  let isAnyRead = false;
  let isAnyStop = false;
  let isOnlyDenied = true; // of resources
  return {
    addFiles({ totals, unfinished }, isStopped) {
      const { failed = 0, deferred = 0 } = totals.outcomes;
      isAnyRead ||= totals.files > totals.unreadable;
      isOnlyDenied &&= failed + deferred === totals.resources;
      if ((totals.ignored['no-role'] ?? 0) > 0) endings.add('incomplete');
      for (const { report, outcomes, undone } of unfinished) {
        if (!report.complete) endings.add(isNoAccess(report) ? 'access' : 'failed');
        for (const { outcome, failure } of outcomes) {
          if (failure === undefined || (outcome !== 'failed' && outcome !== 'deferred')) continue;
          const isDenied = failure.class === 'denied' || failure.class === 'credentials';
          (isDenied ? ofDenied : endings).add(endingOf(outcome === 'failed', failure, isStopped));
          isOnlyDenied &&= isDenied;
        }
        for (const { end, failure } of undone) endings.add(endingOf(end === 'never', failure, isStopped));
      }
    },
    add: (ending) => {
      endings.add(ending);
    },
    addStop: () => {
      isAnyStop = true;
    },
    get ending() {
      // Once something could be read or tagged, a denial is a failure like others.
      const ofFiles = [...endings].map((each) => (each === 'access' && isAnyRead ? 'failed' : each));
      const ofResources: Iterable<Ending> = isAnyStop && isOnlyDenied ? ['access'] : ofDenied;
      return lowest([...ofFiles, ...ofResources]);
    },
  };
}

/** Of something that is not done. */
function endingOf(isForEver: boolean, failure: CallFailure, isStopped: boolean): Ending {
  if (isForEver) return 'failed';
  return isStopped && failure.class === 'stopped' ? 'interrupted' : 'incomplete';
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

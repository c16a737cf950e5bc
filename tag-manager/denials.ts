/**
 * Where AWS lets us do nothing, nothing more is tried: neither one place (an API in an account and region), once it has
 * denied so many resources and taken the tags of none, nor a whole account, once several places are like that or its
 * credentials have expired. For whoever works through years of logs: a function is told of few resources at once, and
 * may be granted tomorrow what it was denied today.
 */
import type { CallFailure } from './calls/call-failure.ts';
import type { Outcome } from './outcome.ts';

/** Where outcomes come from. */
export interface Place {
  /** API, account and region. */
  readonly name: string;
  readonly account: string;
}

export interface Denials {
  /** Why nothing is tried there any more; `undefined` where it is. */
  whyStopped(place: Place): CallFailure | undefined;
  /** What became of those that were tried. */
  add(place: Place, outcomes: Iterable<Pick<Outcome, 'outcome' | 'failure'>>): void;
}

/** Nothing more is tried in a place, or in a whole account. */
export interface Stop {
  readonly account: string;
  /** Absent where it is the whole account. */
  readonly place?: string;
  readonly failure: CallFailure;
}

/** More than a policy that leaves out single resources is likely to hit one after the other. */
const MAX_DENIED = 10;

/** An account may deny one service, or one region, and allow the others. */
const MAX_DENIED_IN_ACCOUNT = 30;
const MIN_PLACES = 3;

const MAX_WITHOUT_CREDENTIALS = 3;

interface PlaceState {
  denied: number;
  isAnyTagged: boolean;
  stopped?: CallFailure;
}

interface AccountState extends PlaceState {
  readonly places: Map<string, PlaceState>;
  withoutCredentials: number;
}

/** `onStop` hears once of each. */
export function createDenials(onStop: (stop: Stop) => void): Denials {
  const accounts = new Map<string, AccountState>();

  function stateOf({ account, name }: Place) {
    const ofAccount: AccountState = accounts.get(account) ?? {
      places: new Map(),
      denied: 0,
      withoutCredentials: 0,
      isAnyTagged: false,
    };
    accounts.set(account, ofAccount);
    const ofPlace: PlaceState = ofAccount.places.get(name) ?? { denied: 0, isAnyTagged: false };
    ofAccount.places.set(name, ofPlace);
    return { ofAccount, ofPlace };
  }

  return {
    whyStopped(place) {
      const { ofAccount, ofPlace } = stateOf(place);
      return ofAccount.stopped ?? ofPlace.stopped;
    },
    add(place, outcomes) {
      const { ofAccount, ofPlace } = stateOf(place);
      const { account, name } = place;
      for (const { outcome, failure } of outcomes) {
        if (outcome === 'tagged' || outcome === 'would-tag') {
          ofPlace.isAnyTagged = true;
          ofAccount.isAnyTagged = true;
          ofAccount.withoutCredentials = 0;
        }
        if (failure?.class === 'denied') {
          ofPlace.denied++;
          ofAccount.denied++;
        }
        if (failure?.class === 'credentials') ofAccount.withoutCredentials++;
        if (failure === undefined || ofAccount.stopped !== undefined) continue;
        if (isAccountClosed(ofAccount)) {
          ofAccount.stopped = notTried(failure);
          onStop({ account, failure });
        } else if (ofPlace.stopped === undefined && !ofPlace.isAnyTagged && ofPlace.denied >= MAX_DENIED) {
          ofPlace.stopped = notTried(failure);
          onStop({ account, place: name, failure });
        }
      }
    },
  };
}

function isAccountClosed({ withoutCredentials, isAnyTagged, denied, places }: AccountState): boolean {
  if (withoutCredentials >= MAX_WITHOUT_CREDENTIALS) return true;
  if (isAnyTagged || denied < MAX_DENIED_IN_ACCOUNT) return false;
  return [...places.values()].filter((place) => place.denied > 0).length >= MIN_PLACES;
}

function notTried({ class: failureClass, error, message }: CallFailure): CallFailure {
  return { class: failureClass, error, message: `not tried, because the others failed so: ${message}` };
}

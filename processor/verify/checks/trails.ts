/** Checks of the trails that deliver to the log buckets. One of another account may not be seen from here. */
import { foundIn, type Unknown } from '../answer.ts';
import type { Facts, TrailFacts } from '../facts/facts.ts';
import { trailsTo } from '../facts/prefixes.ts';
import { type Finding, hint, missing, nameOf, ok, unknown } from '../finding.ts';
import type { CheckRow } from './check-row.ts';

export const TRAIL_CHECKS: readonly CheckRow[] = [
  {
    name: 'trail.delivers',
    asks: 'a trail delivers to each log bucket',
    actions: ['cloudtrail:DescribeTrails'],
    check: ({ trails, logs, place, members }) => {
      if (logs.length === 0) return [];
      if (trails.kind === 'unknown') return [unknown('which trail delivers', trails)];
      return logs.map(({ name }) => {
        const found = trailsTo(name, trails);
        if (found.length > 0) return ok(`${found.map(trailNamed).join(', ')} delivers to ${name}`);
        // An account sees each trail that has its own calls, those of its organization among them.
        if (members === undefined) {
          return missing(
            `no trail of account ${place.account} delivers to ${name}, and no other account is tagged`,
            'make a trail that delivers there, or set logBucketName to the bucket of the one that there is',
          );
        }
        return unknown(`which trail delivers to ${name}`, {
          why: `account ${place.account} sees none in ${place.region}; one of another account does not show here`,
          todo: 'run it where the trail is (the management account, the log archive), or make a trail',
        });
      });
    },
  },
  perTrail(
    'trail.logging',
    'it is on, and its last delivery went well',
    ['cloudtrail:GetTrailStatus'],
    (trail) => {
      const { status } = trail;
      if (status.kind !== 'found') return cannotTell(trail, 'whether it is on', status);
      const { isLogging, deliveryError } = status.value;
      if (!isLogging) {
        return missing(
          `${trailNamed(trail)} is off: nothing is written`,
          `aws cloudtrail start-logging --name ${trail.arn}`,
        );
      }
      if (deliveryError === '') return ok(`${trailNamed(trail)} is on`);
      const todo = 'let CloudTrail write there: the policies of the bucket and of its key';
      return missing(`${trailNamed(trail)} cannot deliver to ${trail.bucket}: ${deliveryError}`, todo);
    },
  ),
  perTrail('trail.regions', 'it is of all regions', ['cloudtrail:DescribeTrails'], (trail) =>
    trail.isMultiRegion
      ? ok(`${trailNamed(trail)} is of all regions`)
      : missing(
          `${trailNamed(trail)} is of one region: what is created in others stays untagged`,
          `aws cloudtrail update-trail --name ${trail.arn} --is-multi-region-trail`,
        ),
  ),
  perTrail(
    'trail.events',
    'it writes management events, those that change something among them',
    ['cloudtrail:GetEventSelectors'],
    (trail) => {
      const { selectors } = trail;
      if (selectors.kind !== 'found') return cannotTell(trail, 'which events it writes', selectors);
      const { writesManagementEvents, leftOut } = selectors.value;
      if (!writesManagementEvents) {
        return missing(
          `${trailNamed(trail)} does not write management events that change something: nothing that is created is in its files`,
          `aws cloudtrail put-event-selectors --trail-name ${trail.arn} --event-selectors ReadWriteType=All,IncludeManagementEvents=true`,
        );
      }
      if (leftOut.length === 0) return ok(`${trailNamed(trail)} writes management events`);
      return hint(
        `${trailNamed(trail)} leaves out events of ${leftOut.join(', ')}: what they create stays untagged`,
        'take them in, if their resources are to be tagged',
      );
    },
  ),
  perTrail('trail.validation', 'its files can be validated', ['cloudtrail:DescribeTrails'], (trail) =>
    trail.validates
      ? ok(`files of ${trailNamed(trail)} can be validated`)
      : hint(
          `files of ${trailNamed(trail)} cannot be validated: nobody could tell if they were changed`,
          `aws cloudtrail update-trail --name ${trail.arn} --enable-log-file-validation`,
        ),
  ),
  {
    name: 'trail.organization',
    asks: 'where other accounts are tagged (`MEMBER_ROLE_NAME`), a trail is one of the organization',
    actions: ['cloudtrail:DescribeTrails'],
    check: ({ members, trails, logs }) => {
      const found = foundIn(trails) ?? [];
      if (members === undefined || logs.length === 0 || found.length === 0) return [];
      return found.some(({ isOrganization }) => isOrganization)
        ? [ok('a trail of the organization is among them')]
        : [
            hint(
              'other accounts are tagged, and no trail that is seen here is one of the organization',
              'nothing, if trails of the other accounts deliver to the bucket too; else make it one of the organization',
            ),
          ];
    },
  },
];

const trailNamed = ({ arn }: TrailFacts) => `the trail ${nameOf(arn)}`;

function perTrail(
  name: CheckRow['name'],
  asks: string,
  actions: readonly string[],
  check: (trail: TrailFacts) => Finding,
): CheckRow {
  return { name, asks, actions, check: ({ trails }: Facts) => (foundIn(trails) ?? []).map(check) };
}

function cannotTell(trail: TrailFacts, what: string, answer: { readonly kind: 'absent' } | Unknown): Finding {
  const why = answer.kind === 'unknown' ? answer.why : 'CloudTrail does not tell it to this account';
  return unknown(`${trailNamed(trail)}: ${what}`, { why, todo: 'run it in the account of the trail' });
}

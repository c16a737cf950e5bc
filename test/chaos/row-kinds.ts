/**
 * Kinds of all other services: the records are made from rows of the catalogue, the resources are put into the sandbox, which
 * serves their tagging calls from a table.
 */
import { randomUUID } from 'node:crypto';
import { recordOfRow } from '../../fixtures/record-of-row.ts';
import { catalogue, deletions } from '../../parser/catalogue/catalogue.ts';
import { type CatalogueRow, type DeletionRow, servicePrefix } from '../../parser/catalogue/row.ts';
import type { TaggingTable } from '../../sandbox/sandbox.ts';
import { MODELLED, serviceOfApi, signingRegionOf } from '../helpers/tagging-table.ts';
import type { Call, EventRecord, Kind } from './kinds.ts';
import { identityElement } from './people.ts';

/** Services whose tags or permissions do more than name who made something are tagged only when they are named. */
const NAMED_ONLY: readonly string[] = ['cassandra', 'iam', 'organizations', 'sso'];

/** One for each row that tells all: of a region, without a part that no record tells, without anything made beside it. */
export function rowKinds(regions: readonly string[], table: TaggingTable): readonly Kind[] {
  const all = deletions();
  // A prefix before the name of a local host leads nowhere.
  const withPrefix = new Set(
    table.services
      .filter(({ calls }) => calls.some(({ hostPrefix }) => hostPrefix !== ''))
      .map(({ name }) => name),
  );
  return catalogue().flatMap((row) => {
    const service = serviceOfApi(row.api);
    const isUsual =
      row.arn.includes('{Region}') &&
      row.regions === undefined &&
      row.regionPath === undefined &&
      row.also === undefined &&
      row.creationIn === undefined &&
      !row.arn.includes('*') &&
      row.creation !== 'upsert' &&
      regions.every((region) => signingRegionOf(row.api, region) === region);
    const isLeftOut = [service, servicePrefix(row)].some((each) => NAMED_ONLY.includes(each));
    if (!isUsual || isLeftOut || withPrefix.has(service)) return [];
    const isModelled = MODELLED.includes(service);
    if (isModelled && row.copiesTags !== true) return []; // they have kinds of their own
    const deletion = all.find(
      ({ eventSource, resourceType, arn }) =>
        eventSource === row.eventSource && resourceType === row.resourceType && arn === row.arn,
    );
    return isNameable(row) ? [rowKind(row, deletion, isModelled)] : [];
  });
}

/** Whether a record can be made of it. */
function isNameable(row: CatalogueRow): boolean {
  try {
    recordOfRow(row);
    return true;
  } catch {
    return false;
  }
}

function rowKind(row: CatalogueRow, deletion: DeletionRow | undefined, isModelled: boolean): Kind {
  return {
    name: `${row.eventSource} ${row.eventName} ${row.resourceType}`,
    // Without a row of its deletion its name is not used again here.
    naming: deletion === undefined ? 'unique' : row.naming,
    creation: row.creation === 'idempotent' || row.naming === 'unique' ? 'idempotent' : 'strict',
    tellsTime: false,
    copies: row.copiesTags === true,
    isModelled,
    takesTags: /^requestParameters(\.\w+)+(\[\])?$/.test(row.requestTagsPath ?? ''),
    create: async (call) => create(call, row),
    async remove(call, arn) {
      if (deletion === undefined) throw new Error(`${row.eventName}: what it makes stays`);
      call.sandbox.removeResource(arn);
      return { record: recordOf(call, deletion).record };
    },
  };
}

function create(call: Call, row: CatalogueRow) {
  const { sandbox, place, tags, copied } = call;
  const { record, arn, region, tagId } = recordOf(call, row);
  const isTaken = sandbox.hasResource(arn);
  if (!isTaken) {
    const id = row.tagId === undefined ? {} : { id: tagId };
    sandbox.putResource({ arn, account: place.account, region, ...id, tags: { ...copied, ...tags } });
  }
  const fails = isTaken && row.naming === 'reusable' && row.creation === 'strict';
  return { arn, record: fails ? failed(record) : withTags(record, row, tags) };
}

function recordOf({ sandbox, place, number, person }: Call, row: CatalogueRow | DeletionRow) {
  const eventTime = new Date(sandbox.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const made = recordOfRow(row, { ...place, number, eventTime });
  const record: EventRecord = {
    ...made.record,
    eventTime,
    eventID: randomUUID(),
    userIdentity: identityElement(person),
  };
  return { ...made, record };
}

function failed(record: EventRecord): EventRecord {
  return {
    ...record,
    errorCode: 'AlreadyExistsException',
    errorMessage: 'It exists',
    responseElements: null,
  };
}

/** Where the row has them: `{key, value}` elements, or one map. */
function withTags(
  record: EventRecord,
  { requestTagsPath = '' }: CatalogueRow,
  tags: Call['tags'],
): EventRecord {
  const steps = requestTagsPath.replace(/\[\]$/, '').split('.').slice(1);
  const last = steps.pop();
  if (last === undefined || Object.keys(tags).length === 0) return record;
  const requestParameters = structuredClone(record.requestParameters ?? {}) as Record<string, unknown>;
  let at = requestParameters;
  for (const step of steps) {
    at[step] ??= {};
    at = at[step] as Record<string, unknown>;
  }
  const listed = Object.entries(tags).map(([key, value]) => ({ key, value }));
  at[last] = requestTagsPath.endsWith('[]') ? listed : tags;
  return { ...record, requestParameters };
}

/** What an event was made for, as an attribute of its item, and back: checked like all that somebody else may have written. */
import type { MadeFor } from '../ownership/name-event.ts';
import { BrokenItemError, type Item, objectOf, parsed } from './items.ts';

/** Whatever templates and rules look at is there, and is a text. Throws BrokenItemError. */
export function readMadeFor(item: Item, json: string): MadeFor {
  const { parent, creation, resource } = objectOf(parsed(item, 'MadeFor', json));
  const { creator, partition, sourceIP = '', ...facts } = objectOf(creation);
  const { row, ...own } = objectOf(resource);
  const { arn = '', invokedBy = '', ...who } = objectOf(creator);
  const texts: readonly (readonly [Readonly<Record<string, unknown>>, readonly string[]])[] = [
    [objectOf(parent), PARENT_TEXTS],
    [facts, ['eventID', 'eventTime', 'eventSource', 'eventName', 'account', 'region']],
    [objectOf(partition), ['name']],
    [own, ['arn', 'id', 'region']],
    [objectOf(row), ['resourceType', 'eventName']],
    [{ ...who, arn, invokedBy, sourceIP }, ['name', 'person', 'arn', 'invokedBy', 'sourceIP']],
  ];
  const isWhole = texts.every(([object, names]) => names.every((name) => typeof object[name] === 'string'));
  const { graceSeconds } = objectOf(parent);
  if (!isWhole || typeof graceSeconds !== 'number') throw new BrokenItemError(item, 'MadeFor');
  return { parent, creation, resource } as MadeFor;
}

const PARENT_TEXTS = ['arn', 'resourceType', 'account', 'region', 'proof'] as const;

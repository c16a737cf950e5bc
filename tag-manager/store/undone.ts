/**
 * Whose tags were taken away again because somebody undid the run that wrote them. Whatever brings their events again, or
 * earlier ones of the same name, tags nothing by them; later creations of the name are tagged like any other.
 */
import type { CreationEvent, Name, NamedResource } from '../ownership/name-event.ts';

export interface UndoneEvent extends Pick<CreationEvent, 'eventID' | 'eventTime' | 'eventName' | 'user'> {
  readonly resource: Pick<NamedResource, 'id' | 'region'>;
}

export interface Undone {
  /** Keeps it, unless the name is known to have been deleted. Throws CallError. */
  put(name: Name, event: UndoneEvent, signal: AbortSignal): Promise<void>;
}

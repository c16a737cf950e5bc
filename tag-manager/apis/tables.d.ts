/** The compiled rows: compile.js makes `tables.js` out of services/. */
import type { Api, Service } from './api.ts';
import type { CharacterRules } from './tag-rules.ts';

/** The rows of a file as they stand there. */
export interface ServiceTable {
  readonly service: Service;
  readonly apis: Readonly<Record<string, ApiRow>>;
}

/** An API as its row says it, in few words. */
export interface ApiRow
  extends Pick<Api, 'write' | 'read' | 'remove' | 'actions' | 'authorizedAs'>,
    Partial<Pick<Api, 'createdAt' | 'members' | 'maxTags' | 'rates'>> {
  readonly keys?: CharacterRules;
  readonly values?: CharacterRules;
  readonly failures?: readonly FailureText[];
}

/** A row of failures; `message` is the text of a pattern. */
export interface FailureText extends Omit<Api['failures'][number], 'message'> {
  readonly message?: string;
}

/** Names of the files in services/, parted by spaces. */
export declare const SERVICES: string;

/** A line for each, in the same order: a ServiceTable as JSON. Deflated, in base64. */
export declare const ROWS: string;

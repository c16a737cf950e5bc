/** The rows of services/ as they stand there, by service; compile.js makes `tables.js` of them. */
import type { Api, Service } from './api.ts';
import type { CharacterRules } from './tag-rules.ts';

export interface ServiceTable {
  readonly service: Service;
  readonly apis: Readonly<Record<string, ApiRow>>;
}

/** An API as its row says it, in few words. */
export interface ApiRow
  extends Pick<Api, 'write' | 'read' | 'remove' | 'rate' | 'actions' | 'authorizedAs'>,
    Partial<Pick<Api, 'createdAt' | 'maxTags'>> {
  readonly keys?: CharacterRules;
  readonly values?: CharacterRules;
  readonly failures?: readonly FailureText[];
}

/** A row of failures; `message` is the text of a pattern. */
export interface FailureText extends Omit<Api['failures'][number], 'message'> {
  readonly message?: string;
}

export declare const TABLES: Readonly<Record<string, ServiceTable>>;

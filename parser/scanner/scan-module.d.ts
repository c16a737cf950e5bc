/**
 * The compiled scan: compile.js makes `scan-module.js` out of assembly/, whose document-scan.ts says what each
 * of these does. Addresses are offsets into the memory.
 */

export interface Scan {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly BUFFER: Value;
  readonly FOUND: Value;
  readonly MAX_CHUNK_BYTES: Value;
  readonly PADDING_BYTES: Value;
  readonly FOUND_IS_FULL: Value;
  readonly HAND_OVER: Value;
  readonly found: Value;
  readonly records: Value;
  clearNames(slots: number): void;
  addName(start: number): void;
  addCreating(): void;
  begin(maxRecordBytes: number): void;
  scan(end: number, isLast: boolean): number;
  makeRoom(end: number): number;
}

interface Value {
  readonly value: number;
}

/** A new instance, with a memory of its own. */
export function instantiateScan(): Scan;

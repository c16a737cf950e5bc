/** Who does something first, of all functions that run side by side: no other does it until the claim has expired. */
export interface Claims {
  /** Whether it is ours to do. Throws CallError. */
  take(what: string, hours: number, signal: AbortSignal): Promise<boolean>;
}

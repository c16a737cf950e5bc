/** What is used of the validator of the States Language, which has no types of its own. */
declare module 'asl-validator' {
  export interface Validated {
    readonly isValid: boolean;
    readonly errors: readonly unknown[];
  }

  export default function validate(
    definition: unknown,
    options?: { readonly checkPaths?: boolean; readonly checkArn?: boolean },
  ): Validated;
}

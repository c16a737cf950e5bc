/**
 * What a row says of parents: a fact about how a service names, in the requests that it makes for somebody, what it makes
 * them for. An Auto Scaling group launches an instance, and the request names the group.
 */

export interface ParentRow {
  /** Type of the parent, and the form of its ARN, as the catalogue has them: under that name its own creation is kept. */
  readonly resourceType: string;
  readonly arn: string;
  /** The calls that it is about, as `source event`, without the date that some events end with. @default all */
  readonly calls?: readonly string[];
  /** Sources of the calls that it is about, where it is about all of theirs. @default all */
  readonly sources?: readonly string[];
  /** Together they give every variable of the ARN; where two give the same one, they must agree. */
  readonly namedBy: readonly NamedBy[];
  /** Whose calls are believed to name it where the keys of the tags are not AWS's own: service principals. */
  readonly services?: readonly string[];
  /** How long after its own event a child waits for a parent that is not known yet. */
  readonly graceSeconds: number;
  readonly source: string;
}

/** Where a request has a text that names the parent, by the key of a tag or by paths, most trusted first. */
export type NamedBy = (
  | { readonly tag: string; readonly paths?: undefined }
  | { readonly paths: readonly string[]; readonly tag?: undefined }
) & {
  /** What the whole text is like, with variables of the ARN in braces; the first that it is like counts. */
  readonly forms: readonly string[];
};

/** How sure it is that the parent is what the request says. */
export const PROOFS = {
  vouched: 'it stands in a tag whose key begins with `aws:`, which AWS alone can set, whoever calls',
  service: 'the service itself makes the call, and names it in a parameter or in another tag',
  guess: 'anybody can have named it so: the call is not made by the service',
} as const;

/** From the most trusted on. */
export type Proof = keyof typeof PROOFS;

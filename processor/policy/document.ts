/** The parts of an IAM policy: grants, which are small and named, and the documents that are made of them. */

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Condition;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** Some actions on some resources. Those of one `sid` have one condition, and become one statement of a document. */
export interface Grant {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: Condition | undefined;
}

/** What cannot be granted; the message says why, and what would help. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

export function documentOf(grants: readonly Grant[]): PolicyDocument {
  const statements = [...Map.groupBy(grants, ({ sid }) => sid)].map(([Sid, group]): Statement => {
    const condition = group[0]?.condition;
    return {
      Sid,
      Effect: 'Allow',
      Action: sorted(group.flatMap(({ actions }) => actions)),
      Resource: sorted(group.flatMap(({ resources }) => resources)),
      ...(condition !== undefined && { Condition: condition }),
    };
  });
  return { Version: '2012-10-17', Statement: statements };
}

/** Each once. */
export function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

/**
 * Whether a resource's policy lets a service of AWS do something for a source: the statements that allow it, with the
 * conditions that such policies have. What only denies (plain HTTP) is not looked at.
 */

export interface Sender {
  /** `s3.amazonaws.com`. */
  readonly service: string;
  readonly action: string;
  readonly sourceArn: string;
  /** Who owns the source, where that is known. */
  readonly sourceAccount: string | undefined;
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?:
    | string
    | { readonly Service?: string | readonly string[]; readonly AWS?: string | readonly string[] };
  readonly Action?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** `undefined` where only conditions decide that are not known here. */
export function lets(policy: string | undefined, sender: Sender): boolean | undefined {
  const answers = statementsOf(policy)
    .filter((each) => isAbout(each, sender))
    .map((each) => holds(each, sender));
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

function statementsOf(policy: string | undefined): readonly Statement[] {
  const { Statement = [] } = JSON.parse(policy || '{}') as {
    readonly Statement?: Statement | readonly Statement[];
  };
  return [Statement].flat();
}

function isAbout({ Effect, Principal = {}, Action = [] }: Statement, { service, action }: Sender): boolean {
  const { Service = [], AWS = [] } = typeof Principal === 'string' ? { AWS: Principal } : Principal;
  const isForService = [Service].flat().includes(service) || [AWS].flat().includes('*');
  const isForAction = [Action].flat().some((each) => like(each.toLowerCase(), action.toLowerCase()));
  return Effect === 'Allow' && isForService && isForAction;
}

function holds({ Condition = {} }: Statement, { sourceArn, sourceAccount }: Sender): boolean | undefined {
  const known: Readonly<Record<string, string | undefined>> = {
    'aws:sourcearn': sourceArn,
    'aws:sourceaccount': sourceAccount,
  };
  const answers = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => {
      const value = known[key.toLowerCase()];
      if (value === undefined || !/^(Arn|String)(Equals|Like)$/.test(operator)) return undefined;
      return [values].flat().some((pattern) => like(pattern, value));
    }),
  );
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/** With `*` and `?` as IAM has them; equality has neither, and no ARN or account does. */
export function like(pattern: string, text: string): boolean {
  const source = RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

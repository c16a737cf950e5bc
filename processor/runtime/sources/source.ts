/**
 * Where texts come from that are not in a variable itself: a parameter of Parameter Store, an object in S3, a file of
 * the user's. What must be allowed for each stands here as data.
 */
import { isAccount } from '../../../parser/account.ts';
import { isBucketName } from '../../log-file-ref.ts';

export type Source =
  /** The variable holds the text itself. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  /** Without an owner it is a bucket of our own account. */
  | {
      readonly kind: 'object';
      readonly bucket: string;
      readonly owner: string | undefined;
      readonly key: string;
    }
  | { readonly kind: 'file'; readonly path: string };

/** The IAM actions that it takes to read one. `kms:Decrypt` is for keys of the user's own. */
export const SOURCE_ACTIONS = {
  parameter: { actions: ['ssm:GetParameter'], whereEncrypted: ['kms:Decrypt'] },
  object: { actions: ['s3:GetObject'], whereEncrypted: ['kms:Decrypt'] },
} as const;

/** AWS Systems Manager API Reference, "PutParameter": a name, with its path if it has one. */
const PARAMETER_NAME = /^\/?[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;
const MAX_NAME_CHARACTERS = 1011;

/** Throws an Error that says what was expected. */
export function checkParameterName(name: string): void {
  const isName = name.length <= MAX_NAME_CHARACTERS && PARAMETER_NAME.test(name);
  if (isName) return;
  throw new Error(
    `${JSON.stringify(name)}: expected the name of a parameter, such as /tagging/cost-centre: letters, digits and _ . - between slashes`,
  );
}

const PARAMETER = 'ssm:';
const OBJECT = 's3://';

/** `files` are taken on the command line only. Throws an Error that says what was expected. */
export function readSource(text: string, { files }: { readonly files: boolean }): Source {
  if (text.startsWith(PARAMETER)) {
    const name = text.slice(PARAMETER.length);
    checkParameterName(name);
    return { kind: 'parameter', name };
  }
  if (text.startsWith(OBJECT)) return readObject(text);
  if (files) return { kind: 'file', path: text };
  throw new Error(`expected ssm:/name or s3://bucket/key, got ${JSON.stringify(text)}`);
}

function readObject(text: string): Source {
  const [, bucket = '', , owner, key = ''] = /^s3:\/\/([^/=]*)(=([^/]*))?\/(.+)$/s.exec(text) ?? [];
  if (!isBucketName(bucket) || (owner !== undefined && !isAccount(owner))) {
    throw new Error(
      `expected s3://bucket/key or, where another account owns the bucket, s3://bucket=111122223333/key, got ${JSON.stringify(text)}`,
    );
  }
  return { kind: 'object', bucket, owner, key };
}

/** As policies name it: a parameter where the program runs; `undefined` for what takes no permission. */
export function arnOfSource(
  source: Source,
  { partition, region, account }: Readonly<Record<'partition' | 'region' | 'account', string>>,
): string | undefined {
  switch (source.kind) {
    case 'parameter':
      return `arn:${partition}:ssm:${region}:${account}:parameter/${source.name.replace(/^\//, '')}`;
    case 'object':
      return `arn:${partition}:s3:::${source.bucket}/${literally(source.key)}`;
    case 'text':
    case 'file':
      return undefined;
  }
}

/** IAM User Guide, "IAM policy elements: Variables and tags": `${*}` is an asterisk and no wildcard. */
function literally(text: string): string {
  return text.replaceAll(/[*?$]/g, (character) => `\${${character}}`);
}

/** What messages call it. */
export function nameOfSource(source: Source): string {
  switch (source.kind) {
    case 'text':
      return 'the text of the variable';
    case 'parameter':
      return `the parameter ${source.name}`;
    case 'object':
      return `s3://${source.bucket}/${source.key}`;
    case 'file':
      return source.path;
  }
}

/** The environment that a Lambda function runs in, with a sandbox in the place of AWS. */
import { VARIABLE_NAMES } from '../../processor/runtime/settings.ts';
import type { Identity, Sandbox } from '../../sandbox/sandbox.ts';

const NO_FILE = '/nonexistent';

/** Calls go as fast as they can: only tests of the pace want to wait for it. */
export const UNPACED = { RATE_FACTOR: '1000000' } as const;

/** Points the SDK at the sandbox, with settings of ours beside it. Returns how to undo that. */
export function pointSdkAt(
  sandbox: Sandbox,
  identity: Identity,
  region: string,
  settings: Readonly<Record<string, string>> = {},
): () => void {
  const before = { ...process.env };
  const { accessKeyId, secretAccessKey, sessionToken } = sandbox.credentials(identity);
  // What the function would inherit from the shell of whoever runs the tests.
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_') || VARIABLE_NAMES.includes(name)) delete process.env[name];
  }
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
    AWS_CONFIG_FILE: NO_FILE,
    AWS_SHARED_CREDENTIALS_FILE: NO_FILE,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    ...UNPACED,
    ...settings,
  });
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  };
}

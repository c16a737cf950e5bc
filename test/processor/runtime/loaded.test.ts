/** What is loaded at the start costs every start. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);

async function packagesWith(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const script = fileURLToPath(new URL('loaded-by.ts', import.meta.url));
  const { PATH = '' } = process.env;
  const { stdout } = await run(process.execPath, ['--no-warnings', script], { env: { PATH, ...env } });
  return JSON.parse(stdout);
}

test('the client of DynamoDB is loaded only where there is a table, and what reads parameters only where one is named', async () => {
  const [without, withTable] = await Promise.all([
    packagesWith({}),
    packagesWith({ DYNAMODB_TABLE: 'auto-tagger' }),
  ]);
  expect(without).toContain('@aws-sdk/client-sts');
  expect(without).not.toContain('@aws-sdk/client-dynamodb');
  expect(without).not.toContain('@aws-sdk/client-sns');
  expect(without).not.toContain('@aws-sdk/client-ssm');
  expect(without).not.toContain('csv-parse');
  expect(withTable).toContain('@aws-sdk/client-dynamodb');
});

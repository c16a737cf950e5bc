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

test('until something is created no client is loaded but that of S3, and that of DynamoDB where there is a table', async () => {
  const [without, withTable] = await Promise.all([
    packagesWith({}),
    packagesWith({ DYNAMODB_TABLE: 'auto-tagger' }),
  ]);
  const clients = (packages: readonly string[]) => packages.filter((name) => /client-/.test(name)).sort();
  expect(clients(without)).toEqual(['@aws-sdk/client-s3']);
  expect(clients(withTable)).toEqual(['@aws-sdk/client-dynamodb', '@aws-sdk/client-s3']);
  for (const name of ['csv-parse', 'stream-json', '@aws-lambda-powertools/parameters']) {
    expect(withTable).not.toContain(name); // nor what reads look-ups, odd files and parameters
  }
});

/** What a run in AWS is begun, watched and gone on with: whose credentials, what is deployed, its settings, the way to its buckets. */
import { setMaxListeners } from 'node:events';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { type Calls, createCalls } from '../../../../tag-manager/calls/calls.ts';
import type { Deployment } from '../../../backfill/aws/deployment.ts';
import { findDeployment } from '../../../backfill/aws/find-deployment.ts';
import { DEPLOYMENT } from '../../../deployed-names.ts';
import { findOwnIdentity, type OwnIdentity } from '../../../runtime/runtime.ts';
import { ownRegion, readSettings, type Settings } from '../../../runtime/settings.ts';
import { withRegion } from '../../environment.ts';

export interface OpenedBulk {
  readonly identity: OwnIdentity;
  readonly region: string;
  readonly calls: Calls;
  readonly deployment: Deployment;
  /** Of the function: they decide what is tagged, and in which accounts. */
  readonly settings: Settings;
  readonly signal: AbortSignal;
  readonly destroy: () => void;
}

export interface BulkPlace {
  /** @default as the deployment that nobody has named */
  readonly deployment?: string | undefined;
  /** @default that of the environment */
  readonly region?: string;
}

/** The caller destroys it. Throws what is wrong with the credentials, and BulkError where nothing is deployed. */
export async function openBulk(
  { deployment: name = DEPLOYMENT, region: asked }: BulkPlace,
  signal: AbortSignal,
  check: (identity: OwnIdentity) => void = () => {},
): Promise<OpenedBulk> {
  setMaxListeners(0, signal);
  const region = asked ?? ownRegion(await withRegion(process.env));
  const identity = await findOwnIdentity(region, signal);
  check(identity);
  const credentials = defaultProvider();
  const calls = createCalls({ credentialsFor: () => credentials, concurrency: CALLS_AT_ONCE });
  try {
    const { account } = identity;
    const deployment = await findDeployment(name, { account, region }, calls, signal);
    const settings = readSettings({ ...deployment.settings, AWS_REGION: region }, 'function');
    return { identity, region, calls, deployment, settings, signal, destroy: () => calls.destroy() };
  } catch (error) {
    calls.destroy();
    throw error;
  }
}

/** Listing and fetching; those of tagging are the function's. */
const CALLS_AT_ONCE = 32;

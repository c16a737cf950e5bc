/** A sandbox for the tests of a file, or for each of them; it and its clients are closed afterwards. */
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type Identity, type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type Clients, clientsOf } from './clients.ts';

export type ClientsAs = (identity?: Identity, region?: string) => Clients;

const HOOKS = { 'each test': [beforeEach, afterEach], 'all tests': [beforeAll, afterAll] } as const;

/** `begin` keeps what the tests need, and prepares the sandbox. */
export function withSandbox(
  isFor: keyof typeof HOOKS,
  begin: (sandbox: Sandbox, clientsAs: ClientsAs) => void | Promise<void>,
): void {
  const [before, after] = HOOKS[isFor];
  let sandbox: Sandbox | undefined;
  let opened: Clients[] = [];
  before(async () => {
    const started = await startSandbox();
    sandbox = started;
    await begin(started, (identity, region) => {
      const clients = clientsOf(started, identity, region);
      opened.push(clients);
      return clients;
    });
  });
  after(async () => {
    for (const { destroy } of opened) destroy();
    opened = [];
    await sandbox?.close();
  });
}

/** A bucket with the files of a folder, in a process of its own, each answer late by what the way to a region takes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Environment, here } from './processes.ts';

/** Any name does. */
export const BUCKET = 'log-files';

export interface BucketServer {
  /** What a process needs that reads the bucket. */
  readonly env: Environment;
  stop(): Promise<void>;
}

export async function serveBucket(folder: string, delayMs: number): Promise<BucketServer> {
  const server = spawn(process.execPath, [here('bucket-server-process.js'), folder, String(delayMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = await once(server.stdout, 'data');
  return {
    env: {
      AWS_ENDPOINT_URL: `http://localhost:${String(port).trim()}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
    async stop() {
      server.stdin.end();
      await once(server, 'exit');
    },
  };
}

/** Arguments of the loop that ours is compared with, so many objects open at once; without names of events it parses nothing. */
export function bucketLoop(open: number, eventsFile?: string): readonly string[] {
  const loop = [here('bucket-loop-process.js'), BUCKET, String(open)];
  return eventsFile === undefined ? loop : [...loop, eventsFile];
}

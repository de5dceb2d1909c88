/**
 * `carpool check`: does the config load, does every child start, greet, open a session and close it, and is every shared
 * worker ready?
 */
import { CarpoolError, callSite, fromRecord } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { HostClient } from '../client/client.ts';
import type { Client } from '../client/types.ts';
import { startHost } from '../main-process/start-host.ts';
import { FileOwner } from '../client/file-owner.ts';
import type { MembershipListener } from '../client/shared-worker/membership-types.ts';

export interface CheckOptions {
  readonly config?: string;
}

/**
 * Prints a line for each pool and shared worker. Resolves with 1 if one of them failed.
 * @throws CarpoolError CONFIG_INVALID, HUB_UNREACHABLE
 */
export async function check({ config }: CheckOptions): Promise<number> {
  await using host = await startHost({ root: process.cwd(), configFile: config });
  const { pools, sharedWorkers, problem, files } = await host.configured;
  if (problem !== undefined) throw fromRecord(problem);
  console.log(`config: ${files.join(', ')}`);
  const client = await HostClient.connect({ address: host.address, runner: 'check' });
  let failures = 0;
  for (const pool of pools) {
    const started = performance.now();
    try {
      const session = await client.register(pool);
      const opened = Math.round(performance.now() - started);
      const failed = await failuresOf(client, pool);
      await session.unregister();
      // The end of a child frees its slots, and so ends a session too.
      if ((await failuresOf(client, pool)) > failed) throw diedError(pool);
      console.log(`${pool}: ok, first session after ${opened} ms`);
    } catch (thrown) {
      failures++;
      console.log(`${pool}: ${messageOf(thrown)}`);
    }
  }
  for (const name of sharedWorkers) {
    const started = performance.now();
    const file = new FileOwner({ path: [name], holder: { file: 'carpool check' }, connect: async () => client });
    try {
      await file.sharedWorker({ name }, { listener: silent, site: callSite(check), required: true }).joined;
      console.log(`${name}: ok, ready after ${Math.round(performance.now() - started)} ms`);
    } catch (thrown) {
      failures++;
      console.log(`${name}: ${messageOf(thrown)}`);
    }
    await file.end();
  }
  client.close();
  return failures === 0 ? 0 : 1;
}

async function failuresOf(client: Client, pool: string): Promise<number> {
  return (await client.stats()).find(({ name }) => name === pool)?.failures ?? 0;
}

function diedError(pool: string): CarpoolError {
  const message = `The child of pool "${pool}" ended when its session was closed, instead of confirming that; start it by hand and send it what \`close\` of the pool's protocol sends, to see why`;
  return new CarpoolError('CHILD_EXITED', message);
}

/** A member that ignores everything. */
const silent: MembershipListener = { message() {}, lost() {}, left() {}, async teardown() {} };

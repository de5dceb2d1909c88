/** `carpool check`: does the config load, and does every child start, greet, open a session and close it? */
import { fromRecord } from '../base/errors.ts';
import { Client } from '../client/client.ts';
import { startHost } from '../host/start.ts';

export interface CheckOptions {
  readonly config?: string;
}

/**
 * Prints a line a pool. Resolves with 1 if one of them failed.
 * @throws CarpoolError CONFIG_INVALID, HUB_UNREACHABLE
 */
export async function check({ config }: CheckOptions): Promise<number> {
  await using host = await startHost({ root: process.cwd(), ...(config === undefined ? {} : { configFile: config }) });
  const { pools, problem, files } = await host.configured;
  if (problem !== undefined) throw fromRecord(problem);
  console.log(`config: ${files.join(', ')}`);
  const client = await Client.connect({ address: host.address, runner: 'check' });
  let failures = 0;
  for (const pool of pools) {
    const started = performance.now();
    try {
      const session = await client.register(pool);
      const opened = Math.round(performance.now() - started);
      await session.unregister();
      console.log(`${pool}: ok, first session after ${opened} ms`);
    } catch (thrown) {
      failures++;
      console.log(`${pool}: ${(thrown as Error).message}`);
    }
  }
  client.close();
  return failures === 0 ? 0 : 1;
}

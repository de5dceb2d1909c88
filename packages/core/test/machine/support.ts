/** Runs on a machine's host of the test's own: everything is in the folder of the test, where nothing may be left. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { stop } from '../../src/cli/stop.ts';
import { RunHost, type RunHostOptions } from '../../src/main-process/run-host.ts';
import { closing, place, program } from '../support/pools.ts';

/** Ends the machine's host of this test after it. */
export function onMachine(): void {
  const { path } = place();
  vi.stubEnv('TMPDIR', path);
  closing({
    async close() {
      vi.spyOn(console, 'log').mockReturnValue();
      await stop();
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    },
  });
}

export function configured(
  content: object = { pools: { echoes: program('echo') } },
  root: string = place().path,
): string {
  const file = join(root, 'carpool.config.mjs');
  writeFileSync(file, `export default ${JSON.stringify(content)}`);
  return file;
}

/** A run, begun. */
export async function run(options: Partial<RunHostOptions> = {}): Promise<RunHost> {
  const host = new RunHost({ root: place().path, runner: 'a test', version: '1.2.3', host: 'machine', ...options });
  closing({ close: () => host.stop() });
  await host.runStarted();
  return host;
}

/** A worker of a run. */
export async function worker({ provided }: RunHost): Promise<HostClient> {
  const client = await HostClient.connect({ address: String(provided.address), runner: 'a test' });
  closing(client);
  return client;
}

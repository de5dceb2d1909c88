/** The transcript of a run while its host ends. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { configured, run, worker } from '../machine/support.ts';
import { place, program } from '../support/pools.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['at once', 'echo'],
  // Later than the host looks whether clients that tests have left are connected to a server.
  ['late', 'closes-late --delay=5000'],
])(
  'messages that find no room in it while sessions end %s with their host are in the last summary',
  async (_, line) => {
    const root = place().path;
    mkdirSync(join(root, 'node_modules'));
    configured({ pools: { echoes: program(line, { closeTimeout: 30_000 }) } });
    const noFolder = join(root, 'a-file');
    writeFileSync(noFolder, '');
    vi.stubEnv('CARPOOL_TRANSCRIPT', noFolder);
    const host = await run({ host: 'run' });
    const session = await (await worker(host)).register('echoes', { holder: { test: 'adds a row' } });
    await session.request({ type: 'query' });
    // The request and its reply; then `reset` and what answers it.
    expect((await host.summary()).join('\n')).toContain('warning: 2 messages are not in the transcript of this run');
    expect((await host.stop()).join('\n')).toContain('warning: 4 messages are not in the transcript of this run');
  },
);

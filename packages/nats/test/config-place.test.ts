/** What `nats()` takes from its place is that of where a config is read: the host of a machine reads those of many runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReachConnection } from 'carpool';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { nats, type NatsOptions } from '../src/index.ts';
import { failure } from './support/hosts.ts';
import { binary, oneServer, reason } from './support/servers.ts';

/** Opened in another place than that in which the config is read. */
function opened(url: string, options: NatsOptions, { run = '', cwd = '' }): ReachConnection {
  vi.stubEnv('CARPOOL_RUN', run);
  const place = vi.spyOn(process, 'cwd').mockReturnValue(cwd);
  const reach = nats(url, { ttl: 1_500, connectTimeout: 2_000, ...options });
  place.mockRestore();
  vi.stubEnv('CARPOOL_RUN', 'host');
  onTestFinished(() => void vi.unstubAllEnvs());
  const connection = reach.open({ host: run });
  onTestFinished(() => connection.close());
  return connection;
}

function held(connection: ReachConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const wanted = { name: 'db', kind: 'lock', size: 1, weight: 1, by: 'a test', wait: true } as const;
    connection.acquire(wanted, { granted: () => resolve(), failed: reject, lost: reject });
  });
}

test('a relative path is one in the working directory of the runner', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'place-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const connection = opened('nats://127.0.0.1:1', { credentials: 'ci.creds' }, { run: 'one', cwd });
  expect((await failure(held(connection))).message).toContain(join(cwd, 'ci.creds'));
});

describe.skipIf(binary === undefined)(`with a server${reason}`, () => {
  test('CARPOOL_RUN is that of the runner: two runs of one host have locks of their own', async () => {
    const { url } = await oneServer();
    const runs = ['one', 'two'].map((run) => opened(url, {}, { run }));
    expect(await Promise.all(runs.map(held))).toHaveLength(2);
  });
});

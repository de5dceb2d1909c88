// The end of a run whose tests have left a client connected to a server: what would break stays, for as long as it must.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import type { Host } from '../../src/main-process/types.ts';
import { localPath } from '../../src/wire/address.ts';
import { closing, place, programPath, until } from '../support/pools.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** While it is there, the server is in use. */
const flag = (): string => join(place().path, 'connected');

/** A host with a server, and a session of it that has ended. @param inUse the text of a function */
async function served(inUse: string): Promise<{ readonly host: Host; readonly url: string }> {
  const { path: root } = place();
  vi.stubEnv('TMPDIR', root);
  writeFileSync(
    join(root, 'carpool.config.mjs'),
    `import { existsSync } from 'node:fs';
    import { server } from ${JSON.stringify(new URL('../../src/config/define-server.ts', import.meta.url))};
    const args = [${JSON.stringify(programPath('web'))}, '--port', '{port}'];
    const web = server({ command: process.execPath, args, probeTimeout: 200, inUse: ${inUse} });
    export default { pools: { web } };`,
  );
  const host = await startHost({ root });
  closing({ close: () => host.pid !== undefined && end(host.pid) });
  expect((await host.configured).problem).toBe(undefined);
  const client = closing(await HostClient.connect({ address: host.address, runner: 'a test' }));
  const session = await client.register('web');
  const { url } = session.opened as { readonly url: string };
  await session.unregister();
  return { host, url };
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
}

const answers = async (url: string): Promise<boolean> =>
  await fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

const untilFlagIsGone = (): string => `() => existsSync(${JSON.stringify(flag())})`;

test('a server stays while it is in use, the runner does not wait, and both end when it is no longer', async () => {
  writeFileSync(flag(), '');
  const { host, url } = await served(untilFlagIsGone());
  const summary = await host.stop();
  expect(summary?.pools).toMatchObject([{ name: 'web', sessions: 1, open: 0 }]);
  expect(await answers(url)).toBe(true);
  rmSync(flag());
  await host.exited;
  expect(await answers(url)).toBe(false);
});

test('its host restores what a cleaner has removed of its folder, and not the socket, which it has closed itself', async () => {
  writeFileSync(flag(), '');
  const { host } = await served(untilFlagIsGone());
  const socket = localPath(host.address);
  const folder = dirname(socket);
  await host.stop();
  expect(existsSync(socket)).toBe(false);
  const printed = stderr();
  rmSync(join(folder, 'host.json'));
  await until('the record is there again', () => existsSync(join(folder, 'host.json')));
  expect(existsSync(socket)).toBe(false);
  await until('it is said', () => printed().includes('had been removed while the host was running'));
  rmSync(flag());
  await host.exited;
  expect(printed().match(/had been removed/g)).toHaveLength(1);
});

test('it ends with the host that is told to end', async () => {
  writeFileSync(flag(), '');
  const { host, url } = await served(untilFlagIsGone());
  await host.stop();
  expect(await answers(url)).toBe(true);
  end(host.pid ?? 0);
  await host.exited;
  expect(await answers(url)).toBe(false);
  expect(existsSync(flag())).toBe(true);
});

/** What this process writes to stderr from now on. */
function stderr(): () => string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([text]) => String(text)).join('');
}

test('a server that is not in use ends with the run', async () => {
  const printed = stderr();
  const { host, url } = await served('() => false');
  await host.stop();
  await host.exited;
  expect(await answers(url)).toBe(false);
  expect(printed()).toBe('');
});

test.each([
  ['cannot say so', `() => { throw new Error('lost') }`, 'lost'],
  ['does not say so', '() => new Promise(() => {})', 'it did not end within 200 ms'],
])('so does one that %s, which is a warning', async (_, inUse, said) => {
  const printed = stderr();
  const { host, url } = await served(inUse);
  await host.stop();
  await host.exited;
  expect(await answers(url)).toBe(false);
  const warning = `carpool: pool "web": \`inUse\` of its server failed, so the server ends with the run: ${said}`;
  await until('it is said', () => printed().includes(warning));
});

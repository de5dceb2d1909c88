// A host that answers nothing, because it is stopped or code of a user blocks it: every wait for it ends, and so does it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { Owner } from '../../src/client/owner.ts';
import { connectClient } from '../../src/client/shared-client.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import type { Host, HostOptions } from '../../src/main-process/types.ts';
import type { UserSession } from '../../src/session/session.ts';
import { census } from '../../src/testing/census.ts';
import { failure } from '../support/failure.ts';
import { closing, expectEmpty, place, program, programPath } from '../support/pools.ts';
import { scriptIn } from '../support/scripts.ts';

const temporary = process.env['TMPDIR'];

afterEach(() => {
  vi.restoreAllMocks();
  if (temporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = temporary;
});

async function host(options: Partial<HostOptions> = {}): Promise<Host> {
  process.env['TMPDIR'] = place().path;
  const started = await startHost({ root: place().path, ...options });
  closing({ close: () => started.stop() });
  return started;
}

function config(text: string): string {
  const file = join(place().path, 'carpool.config.mjs');
  writeFileSync(file, text);
  return file;
}

function stderr(): () => string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([text]) => String(text)).join('');
}

test('a stopped host does not hold the end of the run up, and its stubborn child ends with it', async () => {
  const printed = stderr();
  const started = await host({ pools: { echoes: program('ignores-everything') } });
  const client = closing(await HostClient.connect({ address: started.address, runner: 'a test' }));
  await client.register('echoes');
  expect(census(place().path).pids).toHaveLength(2);
  process.kill(started.pid!, 'SIGSTOP');
  expect(await started.stop()).toBe(undefined);
  expect(census(place().path)).toEqual({ pids: [], folders: [] });
  expect(printed()).toBe(
    `carpool: The host (process ${started.pid}) was killed: it did not answer within 3000 ms when it was to end\n`,
  );
});

/** After 2 s: it is the silence of a host that is stopped, not of one that is slow. */
const quick = { interval: 100, limit: 20 };

test('a stopped host fails what a test waits for, saying so', async () => {
  stderr();
  const started = await host({ pools: { echoes: program('echo') } });
  const client = closing(await HostClient.connect({ address: started.address, runner: 'a test', heartbeat: quick }));
  const session = await client.register('echoes');
  process.kill(started.pid!, 'SIGSTOP');
  const error = await failure(session.request({ type: 'query' }), 'HUB_LOST');
  expect(error.message).toMatch(
    /was closed because the host, probably stopped or blocked, has not answered for \d+ s, \d+ ms ago/,
  );
  expect((error.cause as Error).message).toMatch(
    /^The connection to the host was given up: the host has not answered for \d+(\.\d)? s\. It is probably stopped, or blocked by code/,
  );
  expect(error.stack).toContain('silent.test.ts');
  const options = { address: started.address, runner: 'a test', timeout: 100 };
  const next = await failure(HostClient.connect(options), 'HUB_LOST');
  expect(next.message).toContain('Cannot use the host, which takes connections: the host has not answered for 0.1 s');
});

test('a test whose time ends before a stopped host is given up fails with what is known of the host', async () => {
  stderr();
  const started = await host({ pools: { echoes: program('echo') } });
  const patient = { interval: 100, limit: 1_000 };
  const client = closing(await HostClient.connect({ address: started.address, runner: 'a test', heartbeat: patient }));
  let timeLeft = Infinity;
  const owner = new Owner({ path: ['file', 'test'], holder: {}, connect: () => client, timeLeft: () => timeLeft });
  const session = (await owner.session('echoes')) as UserSession;
  process.kill(started.pid!, 'SIGSTOP');
  timeLeft = 1_500;
  const silent = String.raw`the host has not answered for \d+(\.\d)? s\. It is probably stopped, or blocked by code`;
  const request = { name: 'x', kind: 'lock', size: 1, weight: 1, timeout: 1_500 } as const;
  const [reply, registered, lease] = await Promise.all([
    failure(session.request({ type: 'query' }), 'HUB_LOST'),
    failure(owner.register('echoes'), 'HUB_LOST'),
    failure(owner.leases.acquire(request, {}), 'HUB_LOST'),
  ]);
  expect(reply.message).toMatch(
    new RegExp(`^No reply to "query" within 1500 ms.*; no message came meanwhile: ${silent}`),
  );
  expect(reply.blame).toBe('setup');
  expect(registered.message).toMatch(
    new RegExp(`^Cannot register a session of "echoes" in the time of this test or hook: ${silent}`),
  );
  expect(lease.message).toMatch(new RegExp(`^The host did not answer "acquire" within 1500 ms: ${silent}`));
  expect((await session.evidence()).silence).toMatch(new RegExp(`^${silent}`));
  const options = { address: started.address, runner: 'a test' };
  const another = new Owner({ path: [], holder: {}, connect: () => connectClient(options), timeLeft: () => 50 });
  const unconnected = await failure(another.register('echoes'), 'HUB_LOST');
  expect(unconnected.message).toBe(
    'Cannot connect to the host within 50 ms, the rest of the time of this test or hook',
  );
  expect(unconnected.stack).toContain('silent.test.ts');
});

test('a host whose `route` does not return fails what a test waits for, and ends', async () => {
  stderr();
  const { command, args, env } = program('echo');
  const pool = JSON.stringify({ command, args, env });
  config(`
    const protocol = { name: 'stuck', route() { for (;;); }, address: ({ frame, call }) => ({ frame, key: String(call) }) };
    export default { pools: { stuck: { ...${pool}, protocol } } };
  `);
  const started = await host();
  const client = closing(await HostClient.connect({ address: started.address, runner: 'a test', heartbeat: quick }));
  const session = await client.register('stuck');
  const error = await failure(session.request({ type: 'query' }), 'HUB_LOST');
  expect((error.cause as Error).message).toContain(
    'or blocked by code of the config that runs in it, such as a `route` that does not return',
  );
  expect(await started.stop()).toBe(undefined);
});

test('a config that does not return is a problem that names it, and its host ends', async () => {
  stderr();
  const file = config('for (;;);');
  const started = await host({ configTimeout: 2_000 });
  const { problem, files } = await started.configured;
  expect(problem?.code).toBe('CONFIG_INVALID');
  expect(problem?.message).toBe(
    `Cannot load ${file}: it was not loaded within 2000 ms: code in it, or in what it imports, does not return: an endless loop, or a call that blocks. If it needs longer, set \`configTimeout\` in the options of the adapter`,
  );
  expect(files).toEqual([file]);
  await started.exited;
});

test('a config whose `await` never settles is a problem that names it; locks need no config', async () => {
  const file = config('await new Promise(() => {});');
  const started = await host({ configTimeout: 2_000 });
  const { problem } = await started.configured;
  expect(problem?.message).toContain(
    `Cannot load ${file}: it was not loaded within 2000 ms: a top-level \`await\` in it, or in what it imports, has not settled.`,
  );
  const client = closing(await HostClient.connect({ address: started.address, runner: 'a test' }));
  expect(await client.release(['a file'])).toBe(0);
});

test('what is shared with other hosts, and is late, is no fault of the config', async () => {
  config(`
    const connection = { ready: () => new Promise(() => {}), close: async () => {} };
    export default { pools: {}, reach: { name: 'a test', open: () => connection } };
  `);
  const started = await host({ configTimeout: 4_000 });
  expect((await started.configured).problem).toBeUndefined();
});

test('a stopped host whose runner was killed is gone within its limit, and its stubborn child with it', async () => {
  const { path } = place();
  const runner = scriptIn(path, 'guards', [programPath('ignores-everything')]);
  closing(runner);
  await runner.said('open');
  process.kill(Number(runner.lines[0]), 'SIGSTOP');
  runner.process.kill('SIGKILL');
  await runner.exited;
  await expectEmpty(path);
});

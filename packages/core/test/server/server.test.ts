/** Servers on real processes: when they are ready, what a session is, how they end. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { CarpoolError, HolderLabel, ServerAddress, ServerMessages, Session } from '../../src/entry/index.ts';
import type { ChildPool } from '../../src/pool/pool.ts';
import { summaryLines } from '../../src/main-process/summary.ts';
import { closing, place, programPath, until } from '../support/pools.ts';
import { serve } from '../support/hubs.ts';
import { failure } from '../support/failure.ts';
import { web, webPool } from './web.ts';

test('a session is where the server listens, unless `open` returns something else', async () => {
  const pool = webPool(web(''));
  const session = await pool.register();
  expect(await (await fetch(`${session.opened.url}/a`)).text()).toBe('GET /a');
  await session.unregister();
  expect(pool.stats()).toMatchObject({ children: 1, open: 0, quarantined: 0 });
});

test('`start` runs once, `open` for each session with its params, `close` takes it back', async () => {
  const calls: unknown[] = [];
  const options = web<{ template: string }, { seed: number }, { database: string }>('', {
    ready: { http: '/health' },
    start: ({ port }) => {
      calls.push(['start', typeof port]);
      return { template: 't1' };
    },
    open: async ({ temp }, { params, started, freshId }) => {
      calls.push(['open', params, started, existsSync(temp)]);
      return { database: `${freshId} of ${started.template}` };
    },
    close: (_server, { database }, { id }) => void calls.push(['close', database, id]),
  });
  const pool = webPool(options);
  const one = await pool.register({ params: { seed: 1 } });
  const two = await pool.register();
  expect(one.opened).toEqual({ database: 's1 of t1' });
  await two.unregister();
  expect(calls).toEqual([
    ['start', 'number'],
    ['open', { seed: 1 }, { template: 't1' }, true],
    ['open', undefined, { template: 't1' }, true],
    ['close', 's2 of t1', 's2'],
  ]);
});

test('it listens on a socket in its own folder, which goes with it', async () => {
  const pool = webPool(web('--socket {socket}'));
  const { opened } = await pool.register();
  const { socket = '' } = opened;
  expect(opened.url).toBe(`unix:${socket}`);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request({ socketPath: socket, path: '/health' }, (response) => resolve(response.statusCode))
      .once('error', reject)
      .end();
  });
  expect(status).toBe(200);
  await pool.close();
  expect(existsSync(socket)).toBe(false);
});

test('a server that chooses its port says so in a line, on stdout or stderr', async () => {
  const pool = webPool(web('--port 0', { ready: { line: /listening on (?<url>\S+?:(?<port>\d+))/ } }));
  const { opened } = await pool.register();
  expect(opened.url).toBe(`http://127.0.0.1:${opened.port}`);
  expect((await fetch(opened.url)).status).toBe(200);
});

test('a server on ::1 alone is found', async () => {
  const { opened } = await webPool(web('--port {port} --host ::1')).register();
  expect(opened.host).toBe('::1');
  expect((await fetch(opened.url)).status).toBe(200);
});

test('a session carries no messages, and says where to look', async () => {
  const { connect } = await serve({ web: web('') });
  const client = await connect();
  const inProcess = (await webPool(web('')).register()) as unknown as Session;
  for (const session of [await client.register('web'), inProcess]) {
    const calls: (() => unknown)[] = [
      () => session.send({} as never),
      () => session.request({} as never),
      () => session.interact({} as never),
      () => session.event(),
      () => session.events().next(),
      async () => session.onMessage(() => {}),
      async () => session.answer(() => ({}) as never),
    ];
    for (const call of calls) {
      const error = await failure(Promise.resolve().then(call), 'SESSION_MISUSED');
      expect(error.message).toContain('`session.opened`');
      expect(error.stack).toContain('server.test.ts');
    }
    // It is still of use.
    expect(session.closeReason).toBeUndefined();
    await session.unregister();
  }
});

test('the death of a server fails its sessions with its exit and its log, and the next session has a new one', async () => {
  const { connect, pool } = await serve({ web: web('') });
  const client = await connect();
  const session = await client.register('web', { under: ['file', 'test'] });
  const { url } = session.opened as { url: string };
  await fetch(`${url}/die`).catch(() => {});
  const { by, error } = await session.closed;
  expect(by).toBe('child');
  expect(error).toMatchObject({ code: 'CHILD_EXITED', context: { exit: { kind: 'exited', code: 7 } } });
  // A test that holds the URL alone learns it at its end.
  const atEnd = await failure(Promise.resolve(client.end(['file', 'test'])), 'CHILD_EXITED');
  expect(atEnd.message).toContain('exited with code 7');
  expect(atEnd.evidence.stderr).toBe('told to die\n');
  expect(atEnd.evidence.stdout).toContain('listening on');
  const next = await client.register('web');
  expect(next.opened).not.toEqual(session.opened);
  expect(pool('web').stats()).toMatchObject({ children: 2, failures: 1 });
});

test('evidence of a session is what the server has printed since it began, and not how it was started', async () => {
  const { connect } = await serve({ web: web('--port 0', { ready: { line: /listening on (?<url>\S+)/ } }) });
  const client = await connect();
  const [first, second] = [await client.register('web'), await client.register('web')];
  await fetch(`${(first.opened as { url: string }).url}/warn`);
  await until('its line has come', async () => (await first.evidence()).stderr === 'careful\n');
  expect(await second.evidence()).toMatchObject({ stderr: 'careful\n' });
  for (const { stdout } of [await first.evidence(), await second.evidence()]) expect(stdout).toBeUndefined();
  expect((await (await client.register('web')).evidence()).stderr).toBeUndefined();
});

test('a server that dies while a session is opened on it fails that at once, whatever `open` waits for', async () => {
  const opening = Promise.withResolvers<number>();
  const options = web<undefined, undefined, { database: string }>('', {
    open: ({ pid }) => {
      opening.resolve(pid);
      return new Promise<never>(() => {});
    },
  });
  const pool = webPool(options);
  const registering = failure(pool.register(), 'CHILD_EXITED');
  process.kill(await opening.promise, 'SIGKILL');
  expect((await registering).message).toMatch(/SIGKILL/);
});

test('in this process, the end of a session whose server has died fails', async () => {
  const pool = webPool(web(''));
  const using = async (): Promise<void> => {
    await using session = await pool.register();
    await fetch(`${session.opened.url}/die`).catch(() => {});
    await session.closed;
  };
  expect((await failure(using(), 'CHILD_EXITED')).message).toContain('exited with code 7');
});

test('a server that is never ready says what was looked for and what was found, and is tried once', async () => {
  const pool = webPool(web('--port {port} --unhealthy', { ready: { http: '/health' }, readyTimeout: 2_500 }));
  const error = await failure(pool.register(), 'CHILD_NOT_READY');
  expect(error.message).toMatch(
    /^The server of pool "web" was not ready within 2500 ms: looked for a status from 200 to 299 for GET \/health on port \d+; the last attempt: it answered 503 Service Unavailable/,
  );
  expect(error.evidence.stdout).toContain('listening on');
  const second = await failure(pool.register(), 'POOL_GAVE_UP');
  expect(second.message).toContain('because it was not ready in time');
  expect(pool.stats()).toMatchObject({ children: 1, running: 0 });
});

test('a server that exits before it is ready fails at once with its exit and its log', async () => {
  const pool = webPool(web('--port {port} --exit'));
  const error = await failure(pool.register(), 'CHILD_EXITED');
  expect(error.message).toContain('The server of pool "web" exited with code 3');
  expect(error.evidence.stderr).toBe('cannot go on\n');
});

test('`start` that fails is reported with its cause once; later registrations are refused at once', async () => {
  const start = (): never => {
    throw new Error('syntax error at schema.sql:3');
  };
  const pool = webPool(web('', { start }));
  const error = await failure(pool.register(), 'CHILD_NOT_READY');
  expect(error.message).toContain('`start` of the server of pool "web" failed: syntax error at schema.sql:3');
  expect(error.blame).toBe('setup');
  const second = await failure(pool.register(), 'POOL_GAVE_UP');
  expect(second.message).toBe(
    'Cannot register a session: pool "web" starts no more children, because `start` of the server failed: syntax error at schema.sql:3',
  );
  expect(second.cause).toBeUndefined();
  expect(pool.stats().children).toBe(1);
});

test('it is ready with the `status` that was asked for, and `start` has `startTimeout`', async () => {
  let signal: AbortSignal | undefined;
  const options = web('--port {port} --unhealthy', {
    ready: { http: '/health', status: 503 },
    readyTimeout: 5_000,
    start: (_server, ends) => {
      signal = ends;
      return new Promise<undefined>(() => {});
    },
    startTimeout: 50,
  });
  const error = await failure(webPool(options).register(), 'CHILD_NOT_READY');
  expect(error.message).toContain('`start` of the server of pool "web" did not end within 50 ms');
  expect(error.blame).toBe('setup');
  expect(signal?.aborted).toBe(true);
});

test('`close` that does not end costs its slot, and a server that does not answer then is replaced', async () => {
  const pool = webPool(
    web<undefined, unknown, string>('', {
      ready: { http: '/health' },
      closeTimeout: 200,
      // It answers in this time on a busy machine, too.
      probeTimeout: 3_000,
      open: ({ url }) => url,
      close: () => new Promise(() => {}),
    }),
  );
  const first = await pool.register();
  const other = await pool.register();
  // It answers: the slot alone is lost.
  await failure(first.unregister(), 'REQUEST_TIMEOUT');
  await until('it was asked', () => pool.stats().quarantined === 1);
  expect(other.closeReason).toBeUndefined();
  // It does not answer any more.
  const third = await pool.register();
  await fetch(`${third.opened}/hang`);
  await failure(third.unregister(), 'REQUEST_TIMEOUT');
  expect((await other.closed).error).toMatchObject({ code: 'CHILD_SILENT' });
  expect((await pool.register()).opened).not.toBe(first.opened);
});

test('its stop begins with `stopSignal`', async () => {
  const bye = join(place().path, 'bye');
  // It says goodbye to this one alone.
  const pool = webPool(web(`--port {port} --signal SIGINT --bye ${bye}`, { stopSignal: 'SIGINT', stopTimeout: 5_000 }));
  await pool.register();
  await pool.close();
  expect(readFileSync(bye, 'utf8')).toBe('bye');
});

test('what `close` finds wrong with what a test left fails its end, or is a warning', async () => {
  const options = web<undefined, unknown, string>('', {
    open: ({ url }) => url,
    close: (_server, _opened, { diagnose }) => diagnose('3 connections were left open'),
  });
  const { connect } = await serve({ web: { ...options, diagnostics: 'fail' } });
  const client = await connect();
  await client.register('web', { under: ['file', 'test'] });
  const error = await failure(Promise.resolve(client.end(['file', 'test'])), 'SESSION_DIAGNOSTICS');
  expect(error.message).toBe('Fault was found with session s1:\n  3 connections were left open');
  const warnings: string[] = [];
  const pool = webPool(options, { warn: (message) => warnings.push(message) });
  await (await pool.register()).unregister();
  expect(warnings.join()).toMatch(
    /fault was found with session s1 \(\S+server\.test\.ts:\d+:\d+\): 3 connections were left/,
  );
});

test('`close` can have later tests wait for their ends, and fail them; one that does not wait is a warning', async () => {
  const waits: boolean[] = [];
  const options = web<undefined, unknown, string>('', {
    open: ({ url }) => url,
    close: (_server, _opened, { isAwaited, awaitEnds, diagnose }) => {
      waits.push(isAwaited);
      awaitEnds(waits.length < 3);
      diagnose('one too many was left open', { fails: true });
    },
    maxSessions: 1,
  });
  const { connect } = await serve({ web: { ...options, diagnostics: 'event' } });
  const client = await connect();
  const ends: string[] = [];
  for (const test of ['one', 'two', 'three', 'four']) {
    await client.register('web', { under: ['file', test] });
    const end = client.end(['file', test]);
    ends.push(end === undefined ? 'not awaited' : (await failure(end, 'SESSION_DIAGNOSTICS')).message);
  }
  const fault = (id: string): unknown =>
    expect.stringContaining(`Fault was found with session ${id}:\n  one too many was left open`);
  expect(ends).toEqual(['not awaited', fault('s2'), fault('s3'), 'not awaited']);
  await client.release(['file']);
  expect(waits).toEqual([false, true, true, false]);

  const warnings: string[] = [];
  waits.length = 0;
  const pool = webPool(options, { warn: (message) => warnings.push(message) });
  await (await pool.register()).unregister();
  await failure((await pool.register()).unregister(), 'SESSION_DIAGNOSTICS');
  expect(warnings).toEqual([expect.stringContaining('fault was found with session s1 (')]);
  expect(pool.stats()).toMatchObject({ quarantined: 0, children: 1, diagnosed: 1 });

  // With the option all of them wait.
  waits.length = 0;
  const strict = webPool({ ...options, diagnostics: 'fail' });
  for (let count = 0; count < 4; count++) await failure((await strict.register()).unregister(), 'SESSION_DIAGNOSTICS');
  expect(waits).toEqual([true, true, true, true]);
});

test('of the sessions with which fault was found the first ten are named, each once, and the others counted', async () => {
  const options = web<undefined, unknown, string>('', {
    open: ({ url }) => url,
    close: (_server, _opened, { holder, diagnose }) => {
      diagnose(`left something, ${holder}`);
      diagnose('and more');
    },
    maxSessions: 1,
  });
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const holder = (number: number): HolderLabel => ({ test: `test ${number}`, file: 'a.test.ts' });
  const name = (number: number): RegExp =>
    new RegExp(`test "test ${number}" \\((\\S+:\\d+:\\d+)\\): left something, test "test ${number}" \\(\\1\\)$`);
  const first = Array.from({ length: 10 }, (_, number) => expect.stringMatching(name(number)));
  const summarised = webPool(options, { warn, summarised: true });
  for (let number = 0; number < 12; number++)
    await (await summarised.register({ holder: holder(number) })).unregister();
  expect(summarised.stats()).toMatchObject({ diagnosed: 12, firstDiagnosed: first });
  expect(warnings).toEqual([]);
  expect(summaryLines([summarised.stats()]).at(-1)).toMatch(
    /^carpool: warning: web: fault was found with 12 sessions:\n {2}test "test 0" [^]*\n {2}test "test 9" .*\n {2}and 2 more\n/,
  );
  summarised.countAnew();
  expect(summarised.statsOfRun()).toMatchObject({ diagnosed: 0, firstDiagnosed: [] });

  // Where no summary comes, each is told at once.
  const alone = webPool(options, { warn });
  for (let number = 0; number < 12; number++) await (await alone.register({ holder: holder(number) })).unregister();
  expect(warnings.map((warning) => warning.split('\n', 1)[0])).toEqual(first);
});

test('its port is taken by another program between the look and the start: it gets another one, up to three times', async () => {
  const ports: number[] = [];
  const others: Server[] = [];
  let between: CarpoolError | undefined;
  closing({ close: () => others.forEach((other) => other.close()) });
  const pool: ChildPool<ServerMessages<ServerAddress>> = webPool(
    web('', {
      command: async ({ port = 0 }) => {
        const real = { command: process.execPath, args: [programPath('web'), '--port', '{port}'] };
        // All four of the first start are taken, and all but the fourth of the second.
        if (ports.push(port) === 8) return real;
        if (ports.length === 2) between = await failure(pool.register({ timeout: 100 }), 'REQUEST_TIMEOUT');
        const other = createServer().listen(port, '127.0.0.1');
        others.push(other);
        await once(other, 'listening');
        // What it says of it is its own: one real server is enough.
        return ports.length === 1 ? real : 'false';
      },
      ready: { line: /listening/ },
    }),
  );
  await failure(pool.register(), 'CHILD_EXITED');
  expect(ports).toHaveLength(4);
  // The one whose port was taken is not that of the next attempt.
  expect([between?.message, between?.evidence]).toEqual([
    expect.stringContaining('its process does not run so far'),
    {},
  ]);
  const { opened } = await pool.register();
  expect(opened.port).toBe(ports[7]);
  expect(new Set(ports).size).toBe(8);
  expect(pool.stats()).toMatchObject({ running: 1, failures: 1 });
});

test('a server that was promised no port says so at once', async () => {
  const error = await failure(webPool(web('--port 0')).register(), 'CONFIG_INVALID');
  expect(error.message).toMatch(
    /^The server of pool "web" was given no port: write `\{port\}` in `command`, `args` or `env`/,
  );
});

test('a server that is ready and then silent costs the session that it does not open, and is replaced', async () => {
  const options = web<undefined, { readonly hang: boolean }, string>('', {
    ready: { http: '/health' },
    openTimeout: 1_500,
    probeTimeout: 300,
    open: async ({ url }, { params, signal }) => {
      if (params?.hang === true) await fetch(`${url}/hang`);
      await fetch(url, { signal });
      return url;
    },
  });
  const pool = webPool(options);
  const before = await pool.register();
  const error = await failure(pool.register({ params: { hang: true } }), 'SESSION_FAILED');
  expect(error.message).toContain('Cannot open session s2');
  expect((await before.closed).error).toMatchObject({ code: 'CHILD_SILENT' });
  expect((await pool.register()).opened).not.toBe(before.opened);
});

test('each of several servers has a port of its own, and one that dies takes its own sessions along', async () => {
  const pool = webPool(web('', { children: 2, sessionsPerChild: 1 }));
  const [one, two] = await Promise.all([pool.register(), pool.register()]);
  expect(one.opened.port).not.toBe(two.opened.port);
  await fetch(`${one.opened.url}/die`).catch(() => {});
  await one.closed;
  expect((await fetch(two.opened.url)).status).toBe(200);
  expect((await fetch((await pool.register()).opened.url)).status).toBe(200);
});

test('its port may be a variable of its environment, and what it prints is passed on where that is asked for', async () => {
  const args = [programPath('web')];
  const shown: Uint8Array[] = [];
  const onStderr = (chunk: Uint8Array): void => void shown.push(chunk);
  const pool = webPool(web('', { args, env: { PORT: '{port}' }, forwardLog: true }), { onStderr });
  const { opened } = await pool.register();
  // It may have answered before this was read.
  await vi.waitFor(() => expect(Buffer.concat(shown).toString()).toBe(`listening on ${opened.url}\n`), 20_000);
  await fetch(`${opened.url}/die`).catch(() => {});
  await until('its last words are there', () => Buffer.concat(shown).toString().endsWith('told to die\n'));
});

test('a server that listens no more is no longer ready, although it runs', async () => {
  const pool = webPool(
    web<undefined, unknown, string>('', {
      probeTimeout: 300,
      open: ({ url }) => url,
      close: async (_server, url) => {
        await fetch(`${url}/close`);
        throw new Error('cannot remove it');
      },
    }),
  );
  const first = await pool.register();
  const other = await pool.register();
  const error = await failure(first.unregister(), 'SESSION_FAILED');
  expect(error.message).toContain('cannot remove it');
  expect((await other.closed).error).toMatchObject({ code: 'CHILD_SILENT' });
  const next = await pool.register();
  expect((await fetch(next.opened)).status).toBe(200);
});

test('a function `ready` is called until it returns; what it throws is what the last attempt found', async () => {
  let calls = 0;
  const counted = webPool(
    web('', { ready: async () => void (++calls < 3 && (await Promise.reject(new Error('no')))) }),
  );
  await counted.register();
  expect(calls).toBe(3);
  const fetching = webPool(
    web('--silent', { ready: async () => await fetch('http://127.0.0.1:1'), readyTimeout: 300 }),
  );
  const error = await failure(fetching.register(), 'CHILD_NOT_READY');
  expect(error.message).toMatch(/what the function `ready` wants; the last attempt: fetch failed \(.+\)/);
});

test('sessions that are opened ahead are of use to tests without params, and end with their server', async () => {
  const opened: string[] = [];
  const closed: string[] = [];
  const pool = webPool(
    web<undefined, { readonly seed: number }, string>('', {
      warm: 2,
      open: ({ url }, { params, freshId }) => {
        opened.push(params === undefined ? freshId : `${freshId} with ${params.seed}`);
        return `${url}/${freshId}`;
      },
      close: (_server, url) => void closed.push(url),
    }),
  );
  await pool.register();
  await until('two are open ahead', () => opened.length === 3);
  const second = await pool.register();
  expect(opened.slice(0, 3).some((id) => second.opened.endsWith(`/${id}`))).toBe(true);
  await pool.register({ params: { seed: 7 } });
  expect(opened.filter((id) => id.endsWith('with 7'))).toHaveLength(1);
  await fetch(`${new URL(second.opened).origin}/die`).catch(() => {});
  await second.closed;
  const next = await pool.register();
  expect(new URL(next.opened).origin).not.toBe(new URL(second.opened).origin);
  await pool.close();
  expect(pool.stats()).toMatchObject({ open: 0, quarantined: 0, unconfirmed: 0 });
  expect(closed).toContain(next.opened);
});

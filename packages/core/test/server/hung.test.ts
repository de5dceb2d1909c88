/** Servers that a test hangs: the next test has another one, or the same one when it has shown that it answers. */
import { expect, test } from 'vitest';
import type { HostClient } from '../../src/client/client.ts';
import { Owner } from '../../src/client/owner.ts';
import type { ServerOptions } from '../../src/entry/index.ts';
import type { Session } from '../../src/session/types.ts';
import { failure } from '../support/failure.ts';
import { serve, type Served } from '../support/hubs.ts';
import { pool as poolOf, program, until } from '../support/pools.ts';
import { web, webPool } from './web.ts';

type App = Partial<ServerOptions<string, unknown, undefined>>;

/** Its `open` and `close` ask the server, as those of users do. */
const app = {
  ready: { http: '/health' },
  open: async ({ url }, { signal, freshId }) => {
    await fetch(`${url}/${freshId}`, { signal });
    return url;
  },
  close: async (_server, url, { signal }) => void (await fetch(url, { method: 'DELETE', signal })),
  closeTimeout: 2_000,
  probeTimeout: 300,
  stopTimeout: 200,
} satisfies App;

const quiet = (): void => {};

/** The same, with `warm`, and how many sessions are open or were. */
function ahead(warm: number): { readonly options: App; readonly opened: () => number } {
  let opened = 0;
  const open: App['open'] = async (server, request) => {
    const url = await app.open(server, request);
    opened++;
    return url;
  };
  return { options: { ...app, open, warm }, opened: () => opened };
}

/** Its server is in an endless loop from here on. */
async function hang(session: Session): Promise<void> {
  void fetch(`${session.opened as string}/loop`).catch(quiet);
  await until('it loops', async () => (await session.evidence()).stderr === 'round and round\n');
}

async function works(session: Session): Promise<void> {
  expect(await (await fetch(`${session.opened as string}/works`)).text()).toBe('GET /works');
}

const file = 'cart.test.ts';
const under = (name: string): { under: string[]; holder: { test: string; file: string } } => ({
  under: [file, name],
  holder: { test: name, file },
});

/** The first test hangs its server, and has failed with its time-out. */
async function hungBy(name: string, client: HostClient): Promise<Session> {
  const session = await client.register('web', under(name));
  await hang(session);
  void client.end([file, name], true);
  return session;
}

async function served(options: App, warn?: (message: string) => void): Promise<Served & { client: HostClient }> {
  const made = await serve({ web: web<undefined, unknown, string>('', options) }, { warn });
  return { ...made, client: await made.connect() };
}

test('a test that hangs its server and fails takes no other test with it', async () => {
  const warnings: string[] = [];
  const options = { ...app, closeTimeout: 6_000 };
  const { client, pool } = await served(options, (message) => warnings.push(message));
  const first = await hungBy('loops', client);
  for (const name of ['second', 'third']) {
    const next = await client.register('web', under(name));
    expect(next.opened).not.toBe(first.opened);
    await works(next);
    void client.end([file, name]);
  }
  // They had not to wait for `closeTimeout`.
  expect(pool('web').stats()).toMatchObject({ children: 2, unconfirmed: 0, failures: 0 });
  // Longer than `probeTimeout` where it was slow to be found ready at its start.
  const [, waited] = /ready for (\d+) ms/.exec(warnings[0] ?? '') ?? [];
  expect(Number(waited)).toBeGreaterThanOrEqual(300);
  expect(warnings).toEqual([
    `pool "web": a child gets no more sessions, and is stopped when its last one has ended: the test of session s1 of "loops" (cart.test.ts) has failed, and it was not found ready for ${waited} ms\n` +
      '  the end of its stderr:\n  │ round and round\n' +
      `  the end of its stdout:\n  │ listening on ${String(first.opened)}`,
  ]);
  await until('it is gone', () => pool('web').status(1).children.length === 1);
  expect(pool('web').stats()).toMatchObject({
    unconfirmed: 1,
    firstUnconfirmed: 'session s1 of "loops" (cart.test.ts): not within 6000 ms',
  });
});

/** An owner of a test in `file`, as an adapter makes it. */
function owns(client: HostClient, name: string): Owner {
  return new Owner({ ...under(name), path: under(name).under, connect: () => client });
}

test('the evidence of the test itself says that its server does not answer, and no other test waits for that again', async () => {
  const { client, pool } = await served({ ...app, warm: 2 });
  const owner = owns(client, 'loops');
  const first = await owner.session('web');
  await hang(first);
  const told = expect.stringMatching(
    /^the server does not answer: since this test has failed, it was not found ready \(GET \/health\) for \d+ ms; it may hang in what this test has asked of it; the tests that follow get another server$/,
  );
  expect(await owner.evidence()).toMatchObject([{ pool: 'web', session: first.id, silence: told }]);
  const next = await client.register('web', under('next'));
  expect(next.opened).not.toBe(first.opened);
  void owner.end({ passed: false });
  await until('it is gone', () => pool('web').status(1).children.length === 1);
  // Those that were opened ahead are no test's. Its own may be over with the process.
  const { unconfirmed, firstUnconfirmed = '', children } = pool('web').stats();
  expect([unconfirmed <= 1, firstUnconfirmed, children]).toEqual([true, expect.not.stringContaining('warm'), 2]);
});

test('the one after whose failure it was asked is told so; what fails meanwhile, or has not, is told of which', async () => {
  const { client } = await served(app);
  const owners = ['one', 'other', 'goes on'].map((name) => owns(client, name));
  const [first] = await Promise.all(owners.map((owner) => owner.session('web')));
  await hang(first as Session);
  const found = await Promise.all(owners.map((owner, at) => owner.evidence(at < 2)));
  const after = await owners[2]?.evidence(false);
  const told = [...found.slice(0, 2), after].map((evidence) => evidence?.[0]?.silence);
  expect(told[0]).toContain('since this test has failed');
  // They have waited for the same answer, which may have been late before their own tests failed.
  for (const other of told.slice(1))
    expect(other).toMatch(
      /^the child gets no more sessions: the test of session s1 of "one" \(cart\.test\.ts\) has failed/,
    );
});

test.each([
  ['answers', { ready: { http: '/health' } }],
  ['cannot be asked', { ready: { port: true } }],
] as const)('a test that fails on a server that %s holds nothing back while its session goes on', async (_, ready) => {
  const { client, pool } = await served({ ...app, ...ready });
  const owner = owns(client, 'fails');
  const first = await owner.session('web');
  const [found] = await owner.evidence();
  expect(found?.silence).toBeUndefined();
  const next = await client.register('web', { ...under('next'), wait: false });
  expect(next.opened).toBe(first.opened);
  await works(next);
  expect(pool('web').stats()).toMatchObject({ children: 1, open: 2 });
});

test('sessions that were opened ahead on it are given to no test', async () => {
  const { options, opened } = ahead(2);
  const { client, pool } = await served({ ...options, closeTimeout: 6_000, maxSessions: 3 });
  const first = await client.register('web', under('loops'));
  await until('two are open ahead', () => opened() === 3);
  await hang(first);
  void client.end([file, 'loops'], true);
  const next = await Promise.all(['a', 'b', 'c'].map((name) => client.register('web', under(name))));
  for (const session of next) {
    expect(session.opened).not.toBe(first.opened);
    await works(session);
  }
  expect(pool('web').stats()).toMatchObject({ children: 2, unconfirmed: 0 });
});

test('one of two that hangs is left out, and the other one serves', async () => {
  const { client, pool } = await served({ ...app, closeTimeout: 6_000, children: 2, sessionsPerChild: 2 });
  const [first, other] = [await client.register('web', under('loops')), await client.register('web', under('other'))];
  expect(other.opened).not.toBe(first.opened);
  await hang(first);
  void client.end([file, 'loops'], true);
  const next = await client.register('web', { ...under('next'), wait: false });
  expect(next.opened).toBe(other.opened);
  await works(next);
  // The other one is full now, and the first one may be blocked.
  const full = await failure(client.register('web', { ...under('waits'), wait: false }), 'POOL_FULL');
  expect(full.message).toContain(
    'a child gets no session at the moment: the test of session s1 of "loops" (cart.test.ts) has failed, and it has answered nothing since',
  );
  await works(await client.register('web', under('waits')));
  expect(pool('web').stats()).toMatchObject({ children: 3, unconfirmed: 0 });
});

test('one that holds one session at a time is ended at once, and is gone before the next one starts', async () => {
  const warnings: string[] = [];
  const options: App = { ...app, closeTimeout: 60_000, children: 1, sessionsPerChild: 1 };
  const { client, pool } = await served(options, (message) => warnings.push(message));
  const first = await hungBy('loops', client);
  const next = await client.register('web', under('next'));
  expect(next.opened).not.toBe(first.opened);
  await works(next);
  // Its test is over: nothing waits for `closeTimeout`.
  expect(pool('web').stats()).toMatchObject({ children: 2, running: 1, unconfirmed: 0, failures: 0, quarantined: 0 });
  expect(warnings).toEqual([
    expect.stringMatching(
      /^pool "web": a child is stopped: the test of session s1 of "loops" .* has failed, and it was /,
    ),
  ]);
});

test('a test that is told of it keeps its session to its end, where that is the only one, too', async () => {
  const asked: { readonly url: string; readonly signal: AbortSignal }[] = [];
  const ready: App['ready'] = async ({ url }, signal) => {
    asked.push({ url, signal });
    return (await fetch(`${url}/health`, { signal })).ok;
  };
  const alone = { closeTimeout: 60_000, stopTimeout: 20, children: 1, sessionsPerChild: 1 };
  const { client, pool } = await served({ ...app, ready, ...alone });
  const owner = owns(client, 'loops');
  const first = await owner.session('web');
  await hang(first);
  expect((await owner.evidence())[0]?.silence).toContain('the server does not answer');
  expect(first.closeReason).toBeUndefined();
  expect(asked.at(-1)?.signal.aborted, 'it is asked no longer than it is waited for').toBe(true);
  const before = asked.length;
  void owner.end({ passed: false });
  await works(await client.register('web', under('next')));
  expect(asked.slice(before).map(({ url }) => url)).not.toContain(first.opened);
  expect(pool('web').stats()).toMatchObject({ children: 2, running: 1, failures: 0 });
});

test('without `open` and `close` the next test has a server that answers, too', async () => {
  const made = await serve({ web: web('', { ready: { http: '/health' }, probeTimeout: 300, stopTimeout: 200 }) });
  const client = await made.connect();
  const first = await client.register('web', under('loops'));
  const { url } = first.opened as { url: string };
  void fetch(`${url}/loop`).catch(quiet);
  await until('it loops', async () => (await first.evidence()).stderr === 'round and round\n');
  void client.end([file, 'loops'], true);
  const next = (await client.register('web', under('next'))).opened as { url: string };
  expect(next.url).not.toBe(url);
  expect((await fetch(next.url)).status).toBe(200);
});

test('a test that fails on a server that answers costs the next one no more than `ready`', async () => {
  const asked: string[] = [];
  const ended = Promise.withResolvers<void>();
  const { client, pool } = await served({
    ...app,
    ready: async ({ url }, signal) => {
      asked.push('ready');
      return (await fetch(`${url}/health`, { signal })).ok;
    },
    close: () => ended.promise,
  });
  const first = await client.register('web', under('fails'));
  const before = asked.length;
  void client.end([file, 'fails'], true);
  // Its `close` goes on.
  const next = await client.register('web', under('next'));
  expect(next.opened).toBe(first.opened);
  expect(asked.length).toBeGreaterThan(before);
  ended.resolve();
  await until('it is closed', () => pool('web').stats().open === 1);
  // One that has not failed asks nothing.
  const now = asked.length;
  void client.end([file, 'next']);
  await works(await client.register('web', under('third')));
  expect(asked.length).toBe(now);
  expect(pool('web').stats()).toMatchObject({ children: 1, quarantined: 0 });
});

test('a `close` that hangs on a server that answers costs its slot alone, and holds up no other test', async () => {
  const options = { ...app, closeTimeout: 700, probeTimeout: 10_000 };
  const { client, pool } = await served({ ...options, close: () => new Promise<never>(quiet) });
  const first = await client.register('web', under('one'));
  void client.end([file, 'one'], true);
  const next = await client.register('web', under('next'));
  expect(next.opened).toBe(first.opened);
  await until('the slot is lost', () => pool('web').stats().quarantined === 1);
  await works(next);
  await works(await client.register('web', under('third')));
  expect(pool('web').stats()).toMatchObject({ children: 1, unconfirmed: 1, failures: 0 });
});

test('an end that is not confirmed soon holds its server back, in this process as well', async () => {
  const pool = webPool(web<undefined, unknown, string>('', app));
  const first = await pool.register({ holder: { test: 'hangs in passing', file } });
  const other = await pool.register();
  await hang(first as unknown as Session);
  const ending = failure(first.unregister(), 'REQUEST_TIMEOUT');
  await until('it is held back', async () => (await other.evidence()).silence !== undefined);
  const full = await failure(pool.register({ wait: false }), 'POOL_FULL');
  const why = 'it has not confirmed the end of session s1 of "hangs in passing" (cart.test.ts) so far';
  expect(full.message).toContain(`a child gets no session at the moment: ${why}`);
  expect(pool.status(1).children).toMatchObject([{ state: 'serving', heldBack: why }]);
  const next = await pool.register();
  expect(next.opened).not.toBe(first.opened);
  expect(pool.status(1).children.at(-1)).toMatchObject({ state: 'serving', heldBack: undefined });
  expect((await other.closed).error).toMatchObject({ code: 'CHILD_SILENT' });
  expect((await ending).message).toContain('the child did not confirm its end within 2000 ms');
  expect(pool.stats()).toMatchObject({ children: 2, failures: 1 });
});

test('a test that was on the server by then, or got a session opened ahead, is told which test may have hung it', async () => {
  const { options, opened } = ahead(1);
  const { client } = await served(options);
  const first = await client.register('web', under('loops'));
  await until('one is open ahead', () => opened() === 2);
  await hang(first);
  // As far as is known, it has passed.
  void client.end([file, 'loops']);
  const next = await client.register('web', under('next'));
  expect(next.opened).toBe(first.opened);
  const told = 'the server may be blocked: it has not confirmed the end of session s1 of "loops" (cart.test.ts) so far';
  await until('it is told', async () => (await next.evidence()).silence === told);
  const { error } = await next.closed;
  expect(error).toMatchObject({ code: 'CHILD_SILENT' });
  expect(error?.message).toContain('it did not confirm the end of session s1 of "loops" (cart.test.ts) within 2000 ms');
});

test('a session that was being opened on it is opened on the next server', async () => {
  const pool = webPool(web<undefined, unknown, string>('', { ...app, closeTimeout: 600 }));
  const first = await pool.register();
  await hang(first as unknown as Session);
  const ending = failure(first.unregister(), 'REQUEST_TIMEOUT');
  const next = await pool.register();
  expect(next.opened).not.toBe(first.opened);
  await works(next as unknown as Session);
  await ending;
});

test('a server that dies while `open` asks it: the session is opened on the next one, and with `params` fails with its exit', async () => {
  let kill = false;
  const options = web<undefined, { readonly seed: number }, string>('', {
    open: async ({ url, pid }) => {
      if (kill) process.kill(pid, 'SIGKILL');
      kill = false;
      await fetch(`${url}/x`);
      return url;
    },
  });
  const pool = webPool(options);
  await pool.register();
  kill = true;
  const next = await pool.register();
  await works(next as unknown as Session);
  expect(pool.stats()).toMatchObject({ children: 2, failures: 1 });
  kill = true;
  expect((await failure(pool.register({ params: { seed: 1 } }), 'CHILD_EXITED')).message).toContain('SIGKILL');
});

test('a port that accepts connections proves nothing: where `close` does not end, the server is replaced', async () => {
  const warnings: string[] = [];
  const { client, pool } = await served({ ...app, ready: { port: true }, closeTimeout: 600 }, (message) =>
    warnings.push(message),
  );
  const first = await client.register('web', under('loops'));
  const other = await client.register('web', under('other'));
  await hang(first);
  void client.end([file, 'loops'], true);
  const next = await client.register('web', under('next'));
  expect(next.opened).not.toBe(first.opened);
  await works(next);
  // It may still be served.
  expect(other.closeReason).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringMatching(
      /^pool "web": a child gets no more sessions, .*: it did not confirm the end of session s1 of "loops" \(cart\.test\.ts\) within 600 ms; that it accepts a connection proves nothing: make `ready` a question that it must answer/,
    ),
  ]);
  expect((await other.evidence()).silence).toContain('it did not confirm the end of session s1 of "loops"');
  expect(pool('web').stats()).toMatchObject({ children: 2, failures: 0 });
});

test.each([
  [
    'its time',
    'SESSION_FAILED',
    { openTimeout: 300 },
    'it did not open session s2 of "next" (cart.test.ts) within 300 ms; ',
  ],
  [
    'that of its call',
    'REQUEST_TIMEOUT',
    {},
    'it did not open session s2 of "next" (cart.test.ts) in the time of its call; ',
  ],
] as const)(
  'nor where `close` asks the server nothing: what is not opened on it in %s replaces it',
  async (_, code, limit, why) => {
    const warnings: string[] = [];
    const options: App = { ...app, ready: { port: true }, ...limit, close: quiet };
    const { client, pool } = await served(options, (message) => warnings.push(message));
    const first = await hungBy('loops', client);
    const timeLeft = code === 'REQUEST_TIMEOUT' ? 300 : Infinity;
    await failure(client.register('web', { ...under('next'), timeLeft: () => timeLeft }), code);
    const third = await client.register('web', under('third'));
    expect(third.opened).not.toBe(first.opened);
    await works(third);
    expect(warnings.join('\n')).toContain(`${why}that it accepts a connection proves nothing`);
    expect(pool('web').stats()).toMatchObject({ children: 2 });
  },
);

test('an `open` that is given up leaves its slot unused: a server that answers serves on, and another is replaced', async () => {
  // As far as is known, all tests have passed.
  const call = new AbortController();
  let giveUp: (() => void) | undefined;
  const open: App['open'] = (server, request) => {
    giveUp?.();
    return app.open(server, request);
  };
  const pool = webPool(web<undefined, unknown, string>('', { ...app, close: quiet, open }));
  const first = await pool.register();
  giveUp = () => call.abort(new Error('enough'));
  await expect(pool.register({ signal: call.signal })).rejects.toThrow('enough');
  await until('its slot is lost', () => pool.stats().quarantined === 1);
  expect((await pool.register()).opened).toBe(first.opened);
  await hang(first as unknown as Session);
  await failure(pool.register({ timeout: 300 }), 'REQUEST_TIMEOUT');
  const { error } = await first.closed;
  expect(error).toMatchObject({ code: 'CHILD_SILENT' });
  expect(error?.message).toContain('in the time of its call, and was not found ready in the ');
  const next = await pool.register();
  expect(next.opened).not.toBe(first.opened);
});

test('a child with messages is held back in the same way: a test that failed, and nothing since', async () => {
  const options = { closeTimeout: 6_000, probeTimeout: 200, maxSessions: 8 };
  const made = await serve({ echoes: program('blocks', options) });
  const client = await made.connect();
  const first = await client.register('echoes', under('blocks'));
  // It waits for an event that does not come: no request is without its reply.
  first.send({ type: 'block' });
  void client.end([file, 'blocks'], true);
  const next = await client.register('echoes', under('next'));
  expect(await next.request({ type: 'query' })).toMatchObject({ session: next.id });
  expect(made.pool().stats()).toMatchObject({ children: 2, unconfirmed: 0 });
  // One that has said something since is not held back.
  const echoes = poolOf('echo', { ...options, children: 1 });
  const session = await echoes.register();
  await session.request({ type: 'query' });
  await session.unregister();
  expect(echoes.stats()).toMatchObject({ children: 1 });
});

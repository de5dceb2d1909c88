// A process that is written with `carpool/child`, or with its Python module, keeps the promises of the protocol.
import { afterAll, describe, expect, test } from 'vitest';
import { tmpdir } from 'node:os';
import { createPool } from '../../src/pool/create-pool.ts';
import { poolSettings, type PoolOptions } from '../../src/pool/options.ts';
import { ChildPool } from '../../src/pool/pool.ts';
import type { Pool } from '../../src/pool/types.ts';
import { childProtocol } from '../../src/protocol/child-protocol.ts';
import type { Session } from '../../src/session/types.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { model, runnable } from '../support/models.ts';
import { closing } from '../support/pools.ts';

const poolOf = (line: string, options: Partial<PoolOptions> = {}): Pool =>
  closing(createPool({ name: 'models', ...model(line, options) }));

const total = async (session: Session): Promise<unknown> => (await session.request({ type: 'total' }))['value'];

const lines = ['node', 'node --msgpack', 'python', 'python --msgpack', 'python --fork', 'python --fork --msgpack'];

describe.each(runnable(lines))('%s', (line) => {
  // One process for all of them: that is what it is for.
  const pool = createPool({
    name: 'models',
    ...model(line, { diagnostics: 'fail', strayOutput: 'fail', env: { TMPDIR: tmpdir() } }),
  });
  afterAll(() => pool.close());
  test('sessions have a state of their own, params, and what the process says of itself', async () => {
    const [a, b] = [await pool.register({ params: { seed: 7 } }), await pool.register()];
    expect(a.hello).toMatchObject({ version: 2 });
    a.send({ type: 'add', value: 3 });
    b.send({ type: 'add', value: 4 });
    expect(await a.request({ type: 'total' })).toMatchObject({ value: 3, params: { seed: 7 } });
    expect(await b.request({ type: 'total' })).toMatchObject({ value: 4, params: null });
    await a.unregister();
    const next = await pool.register();
    expect([await total(next), await total(b)]).toEqual([0, 4]);
    await Promise.all([b.unregister(), next.unregister()]);
  });

  test('events, steps, questions and diagnostics', async () => {
    const session = await pool.register();
    session.send({ type: 'poke', value: 'ü' });
    expect(await session.event()).toMatchObject({ type: 'poked', value: 'ü' });
    const walk = session.interact({ type: 'walk', steps: 3 });
    const visited: unknown[] = [];
    for await (const { n } of walk) visited.push(n);
    expect(visited).toEqual([1, 2, 3]);
    expect(await walk).toMatchObject({ type: 'walked' });
    session.answer(() => ({ rate: 1.5 }));
    expect(await session.request({ type: 'convert', value: 4 })).toMatchObject({ value: 6 });
    session.send({ type: 'dance' });
    const error = await failure(session.unregister(), 'SESSION_DIAGNOSTICS');
    expect(error.message).toContain('cannot take dance');
  });

  test('a question that nothing answers fails its request alone', async () => {
    await using session = await pool.register();
    const error = await failure(session.request({ type: 'convert', value: 4 }), 'SESSION_REFUSED');
    expect(error.message).toMatch(/question got no answer/i);
    expect(await total(session)).toBe(0);
  });

  test('what a function throws refuses its request, with its code, and its stack is the evidence of the child', async () => {
    await using session = await pool.register();
    const error = await failure(session.request({ type: 'fail' }), 'SESSION_REFUSED');
    expect(error.message).toMatch(/\(zero\): .*cannot divide by zero/);
    expect(error.context['childCode']).toBe('zero');
    expect((await failure(session.request({ type: 'none' }), 'SESSION_REFUSED')).message).toContain('must be a');
    expect(await total(session)).toBe(0);
    const refused = await failure(pool.register({ params: { refuse: true } }), 'SESSION_FAILED');
    expect(refused.message).toMatch(/^Cannot open session s\d+ \(full\): .*there is no room/);
    const { stderr } = await session.evidence();
    expect(stderr).toContain('cannot divide by zero');
    expect(stderr).toMatch(/at .*model\.mjs|File .*model\.py/);
  });

  test('what is printed goes to stderr, and does not break the protocol', async () => {
    await using session = await pool.register();
    await session.request({ type: 'print' });
    expect(await total(session)).toBe(0);
    expect((await session.evidence()).stderr).toContain('a line');
  });

  test('a message of 5 MiB passes whole, both ways', async () => {
    await using session = await pool.register();
    const value = 'ü€x'.repeat(900_000);
    expect((await session.request({ type: 'echo', value }))['value'] === value).toBe(true);
  });

  test('values of all kinds come back as they were', async () => {
    await using session = await pool.register();
    const value = [
      0,
      -1,
      127,
      -128,
      255,
      65_536,
      -70_000,
      2 ** 40,
      -(2 ** 40),
      1.5,
      true,
      null,
      '',
      'x'.repeat(300),
      { a: [{}] },
    ];
    const bytes = line.includes('msgpack') ? [new Uint8Array(70_000).fill(7), new Date(1_700_000_000_123)] : [];
    const sent = [...value, ...bytes, Array.from({ length: 20 }, (_, n) => n)];
    expect(await session.request({ type: 'echo', value: sent })).toMatchObject({ value: sent });
  });

  test('a session that the process ends fails what waits for it, and its slot is free', async () => {
    const session = await pool.register();
    const error = await failure(session.request({ type: 'lose' }), 'SESSION_FAILED');
    expect(String(error.cause)).toContain('(full): the model is full');
    expect(await session.closed).toMatchObject({ by: 'child' });
    expect(pool.stats()).toMatchObject({ open: 0, quarantined: 0 });
  });

  test('all of that was one process, which has confirmed the end of each session', () => {
    expect(pool.stats()).toMatchObject({
      children: 1,
      open: 0,
      quarantined: 0,
      unconfirmed: 0,
      failures: 0,
      strays: 0,
    });
  });
});

test.each(runnable(['node', 'python', 'python --fork']))(
  '%s: without any option of the protocol, a session begins with its first message',
  async (line) => {
    const pool = poolOf(line, { protocol: {} });
    const [a, b] = [await pool.register(), await pool.register()];
    a.send({ type: 'add', value: 3 });
    expect([await total(a), await total(b)]).toEqual([3, 0]);
    expect(pool.stats()).toMatchObject({ strays: 0 });
  },
);

test.each(runnable(['node', 'python']))('%s: another version is refused', async (line) => {
  const protocol = { ...childProtocol, hello: { ...childProtocol.hello, version: { version: 2 } } };
  const error = await failure(poolOf(`${line} --version=3`, { protocol }).register(), 'CHILD_VERSION');
  expect(error.message).toContain('version 3');
  const unnamed = { ...childProtocol, hello: { ...childProtocol.hello, version: { model: 'a' } } };
  const absent = await failure(poolOf(line, { protocol: unnamed }).register(), 'CHILD_VERSION');
  expect(absent.message).toMatch(
    /The hello of the child has no field `model`, and the pool wants "a": .*`hello` of `serve`/,
  );
});

test('a request that is given up is told so, and one that never ends is over with its session', async () => {
  const pool = poolOf('node');
  const session = await pool.register();
  const given = new AbortController();
  const first = session.request({ type: 'hang' }, { signal: given.signal });
  given.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  expect(await session.request({ type: 'total' })).toMatchObject({ value: 1 });
  const second = failure(session.request({ type: 'hang' }), 'SESSION_CLOSED');
  await session.unregister();
  await second;
  expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0, unconfirmed: 0 });
});

test.each(runnable(['node', 'python']))('%s: an end that fails is not confirmed, and says why', async (line) => {
  const pool = poolOf(line);
  const session = await pool.register({ params: { keep: true } });
  // At once, not after the `closeTimeout`.
  const error = await failure(session.unregister(), 'SESSION_FAILED');
  expect(error.message).toMatch(/^Cannot close session s1: .*the folder is not empty/);
  // It comes by another pipe.
  await expect.poll(async () => (await session.evidence()).stderr).toContain('the folder is not empty');
  expect(pool.stats()).toMatchObject({ unconfirmed: 1, firstUnconfirmed: expect.stringContaining('is not empty') });
});

test.each(runnable(['node', 'python', 'python --fork']))(
  '%s: what fails after the last message, and in a message, is one warning of the pool',
  async (line) => {
    const warnings: string[] = [];
    const settings = poolSettings('models', model(line));
    const pool = closing(new ChildPool(settings, { warn: (text) => warnings.push(text) }));
    const session = await pool.register({ params: { keep: line.includes('--fork') } });
    if (!line.includes('--fork')) session.send({ type: 'dance' });
    await session.unregister();
    expect(warnings).toEqual([
      expect.stringMatching(/fault was found with session s1 \(.*\): .*(cannot take dance|not empty)/),
    ]);
  },
);

test.each(runnable(['node', 'python --fork']))('%s: the same through a host', async (line) => {
  const served = await serve({ models: model(line) });
  const [one, two] = [await served.connect(), await served.connect()];
  const [a, b] = [await one.register('models', { params: { seed: 1 } }), await two.register('models')];
  a.send({ type: 'add', value: 3 });
  expect(await a.request({ type: 'total' })).toMatchObject({ value: 3, params: { seed: 1 } });
  expect(await b.request({ type: 'total' })).toMatchObject({ value: 0 });
  const error = await failure(b.request({ type: 'fail' }), 'SESSION_REFUSED');
  expect(error.context['childCode']).toBe('zero');
  one.close();
  await b.unregister();
  expect(served.pool('models').stats()).toMatchObject({ children: 1, quarantined: 0 });
});

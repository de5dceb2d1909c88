// Messages on their way, as AVA's documentation describes them.
import { describe, expect, test } from 'vitest';
import { failure } from '../support/failure.ts';
import { until } from '../support/pools.ts';
import { ask, host, open, type Handle, type OpenFile, type Said } from './support.ts';

async function first<T>(messages: AsyncIterable<T>): Promise<T> {
  for await (const message of messages) return message;
  throw new Error('there was none');
}

async function inUse(worker = 'obedient.mjs'): Promise<{ shared: Handle; file: OpenFile }> {
  const file = await open(await host());
  return { shared: await file.use(worker), file };
}

describe('a message', () => {
  test('gets replies, which readers of its replies receive, and replies to those', async () => {
    const { shared } = await inUse();
    const turns: unknown[] = [];
    let at = await first(shared.publish({ do: 'converse' }).replies());
    while (at.data !== 'done') {
      turns.push(at.data);
      at = await first(at.reply('next').replies());
    }
    expect(turns).toEqual([1, 2, 3]);
  });

  test('has methods that work when destructured, on both sides', async () => {
    const { shared } = await inUse();
    const { data, reply } = await first(shared.publish({ do: 'take apart' }).replies());
    expect(data).toBe('what?');
    expect((await first(reply('to that').replies())).data).toBe('replied to that');
  });

  test('is not seen by plain subscribers if it is a reply', async () => {
    const { shared } = await inUse();
    const plain = shared.subscribe();
    const next = plain.next();
    await ask(shared, 'a reply');
    shared.publish({ do: 'publish', data: 'no reply' });
    expect((await next).value?.data).toBe('no reply');
  });

  test('is one object for all its readers, on both sides', async () => {
    const { shared } = await inUse();
    const received = [shared.subscribe(), shared.subscribe()].map((messages) => messages.next());
    shared.publish({ do: 'publish', data: { an: 'object' } });
    const [one, other] = await Promise.all(received);
    expect(one?.value).toBe(other?.value);
    expect(one?.value?.data).toBe(other?.value?.data);
    const broadcast = first(shared.subscribe());
    expect(await ask(shared, { do: 'twice' })).toBe('subscribed');
    shared.publish({ an: 'object' });
    expect((await broadcast).data).toEqual({ same: true, data: true });
  });

  test('that comes before the first subscription of a file is kept for it, up to a limit', async () => {
    const { shared } = await inUse();
    for (let n = 1; n <= 1_010; n++) shared.publish({ do: 'publish', data: n });
    await ask(shared, 'round trip');
    const [messages, seen] = [shared.subscribe(), [] as Said[]];
    shared.publish({ do: 'publish', data: 'last' });
    for await (const { data } of messages) {
      seen.push(data);
      if (data === 'last') break;
    }
    expect(seen).toEqual([...Array.from({ length: 1_000 }, (_, n) => n + 1), 'last']);
  });

  test('is not delivered to a later subscription that has not read yet', async () => {
    const { shared } = await inUse();
    await shared.subscribe().return?.();
    const earlier = shared.subscribe();
    void earlier.next();
    const lazy = shared.subscribe();
    const published = shared.publish('echoed');
    const replies = published.replies();
    const echo = await first(published.replies());
    expect(echo.data).toBe('echoed');
    shared.publish({ do: 'publish', data: 'missed' });
    await ask(shared, 'round trip');
    const [next, reply] = [lazy.next(), replies.next()];
    shared.publish({ do: 'publish', data: 'seen' });
    expect((await next).value?.data).toBe('seen');
    await replies.return?.();
    expect(await reply).toEqual({ done: true, value: undefined });
  });

  test('comes in its own turn: code that awaits one can subscribe before the next', async () => {
    const { shared } = await inUse();
    const seen: Said[] = [];
    const received = first(shared.subscribe()).then(async ({ data }) => {
      seen.push(data);
      await Promise.resolve();
      const next = await first(shared.subscribe());
      seen.push(next.data);
    });
    // In one chunk.
    for (const data of [1, 2]) shared.publish({ do: 'publish', data });
    await received;
    expect(seen).toEqual([1, 2]);
  });

  test('has an id that is the same on both sides, and unique among all test workers', async () => {
    const started = await host();
    const ids: string[] = [];
    const testWorkers = new Set<string>();
    for (const name of ['a.test.ts', 'b.test.ts']) {
      const { use } = await open(started, name);
      for (const worker of ['obedient.mjs', 'obedient.mjs#other']) {
        const published = (await use(worker)).publish({ do: 'who' });
        const { data, id } = await first(published.replies());
        expect(data.message).toBe(published.id);
        ids.push(published.id, id);
        testWorkers.add(data.id);
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(testWorkers.size).toBe(2);
  });

  test('keeps its order', async () => {
    const { shared } = await inUse('echo.mjs');
    const replies = Array.from({ length: 500 }, (_, n) => shared.request(n));
    const order: number[] = [];
    await Promise.all(replies.map(async (reply) => void order.push(await reply)));
    expect(order).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  test('reaches all test workers as a broadcast, and all may reply', async () => {
    const started = await host();
    const one = await open(started, 'one.test.ts');
    const shared = await one.use('obedient.mjs');
    const two = await open(started, 'two.test.ts');
    const other = await two.use('obedient.mjs');
    const heard = [shared, other].map((handle) => first(handle.subscribe()));
    shared.publish({ do: 'broadcast', data: 'to all' });
    const [here, there] = await Promise.all(heard);
    expect([here?.data, there?.data, here?.id]).toEqual(['to all', 'to all', there?.id]);
    here?.reply('first');
    await until('it was written down', async () => {
      there?.reply('last');
      return (await ask(other, { do: 'diary' })).includes('last from two.test.ts');
    });
    expect(await ask(shared, { do: 'diary' })).toEqual(expect.arrayContaining(['first from one.test.ts']));
  });
});

describe('the data of a message', () => {
  test('is whatever can be cloned, and comes back as it was', async () => {
    const { shared } = await inUse('echo.mjs');
    const cyclic: Record<string, unknown> = { name: 'cyclic' };
    cyclic['self'] = cyclic;
    const error = new TypeError('wrong', { cause: new RangeError('too far') });
    const values = [
      new Map<unknown, unknown>([['a', new Set([1, 'b', 3n])]]),
      new Date(12_345),
      NaN,
      -0,
      undefined,
      null,
      [1, undefined, { 'a key': null }],
      /rx/giu,
      new Uint8Array([1, 2, 3]),
      new Float64Array([0.5, Infinity]),
      new BigInt64Array([-1n]),
      new DataView(new ArrayBuffer(2)),
      new ArrayBuffer(4),
      'text \u{1f600} \ud800',
      { nested: { deeply: ['plain', 1.5, true, false, null] } },
    ];
    for (const value of values) expect(await ask(shared, value)).toStrictEqual(value);
    const back = await ask(shared, error);
    expect(back).toBeInstanceOf(TypeError);
    expect([back.message, back.cause.message, back.cause.constructor]).toEqual(['wrong', 'too far', RangeError]);
    const round = await ask(shared, cyclic);
    expect(round.self).toBe(round);
    const twice = { one: 1 };
    const [a, b] = await ask(shared, [twice, twice]);
    expect(a).toBe(b);
  });

  test('sends only the bytes of a view, which arrive in their own memory', async () => {
    const { shared } = await inUse();
    const pooled = Buffer.from('hello');
    expect(pooled.buffer.byteLength).toBeGreaterThan(1000);
    expect(await ask(shared, { do: 'size', bytes: pooled })).toEqual({ bytes: 5, memory: 5 });
    const back = await ask(shared, pooled);
    expect(back).toStrictEqual(new Uint8Array(pooled));
    expect(back.buffer.byteLength).toBe(5);
  });

  test('may be large', async () => {
    const { shared } = await inUse('echo.mjs');
    const bytes = new Uint8Array(16 * 1024 * 1024).fill(7);
    const back = (await ask(shared, bytes)) as Uint8Array;
    expect(Buffer.compare(back, bytes)).toBe(0);
  });

  test('that cannot be cloned throws where it was sent, and affects nothing else', async () => {
    const { shared } = await inUse();
    const waiting = ask(shared, { do: 'converse' });
    const refused: [unknown, string][] = [
      [() => {}, 'could not be cloned'],
      [{ a: Symbol('s') }, 'could not be cloned'],
      [new WeakMap(), 'could not be cloned'],
      [[new SharedArrayBuffer(1)], 'a SharedArrayBuffer cannot be shared across processes'],
    ];
    for (const [data, why] of refused) {
      const error = await failure(() => shared.publish(data), 'FRAME_MALFORMED');
      expect(error.message).toContain(why);
      expect(error.stack?.split('\n')[1]).toContain('messages.test.ts');
      expect((await failure(shared.request(data), 'FRAME_MALFORMED')).stack).toContain('messages.test.ts');
    }
    const message = await first(shared.publish('x').replies());
    await failure(() => message.reply(() => {}), 'FRAME_MALFORMED');
    expect(await waiting).toBe(1);
    expect(await ask(shared, { do: 'uncloneable' })).toContain('could not be cloned');
  });
});

describe('a request', () => {
  test('that is not answered in time fails with what the worker printed', async () => {
    const { shared, file } = await inUse();
    await ask(shared, { do: 'print' });
    expect(await file.owner.evidence()).toEqual([]);
    const asking = failure(shared.request({ do: 'ignore' }, { timeout: 200 }), 'REQUEST_TIMEOUT');
    const [evidence] = await file.owner.evidence();
    expect(evidence).toMatchObject({
      pool: expect.stringMatching(/^shared worker .*obedient\.mjs$/),
      messages: [expect.stringMatching(/^no reply for \d+ ms to \{"?do"?: "ignore"\}$/)],
      stdout: 'said on stdout\n',
      stderr: 'said on stderr\n',
    });
    const error = await asking;
    expect(error.message).toMatch(/^The shared worker file:.*obedient\.mjs did not reply within 200 ms to /);
    expect(error.message).toContain('said on stderr');
    expect(error.stack).toContain('messages.test.ts');
    expect(await file.owner.evidence()).toEqual([]);
  });

  test('may be given up, before and after it was sent', async () => {
    const { shared } = await inUse();
    const reason = new Error('enough');
    await expect(shared.request('x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const asking = shared.request({ do: 'ignore' }, { signal: controller.signal });
    controller.abort(reason);
    await expect(asking).rejects.toBe(reason);
    expect(await ask(shared, 'still there')).toBe('still there');
  });

  test('waits for the worker to be ready', async () => {
    const { register } = await open(await host());
    expect(await register('echo.mjs').request('early')).toBe('early');
  });
});

test('publishing before the worker is ready throws as in AVA', async () => {
  const { register } = await open(await host());
  const shared = register('echo.mjs');
  const error = await failure(() => shared.publish('early'), 'SHARED_WORKER_FAILED');
  expect(error.message).toBe('Shared worker is not yet available');
  expect(error.stack?.split('\n')[1]).toContain('messages.test.ts');
  await shared.available;
  expect((await first(shared.publish('now').replies())).data).toBe('now');
});

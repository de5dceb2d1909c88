// What is computed once a run, by the first caller.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { getPort, lock, once } from '../../src/entry/coordination.ts';
import { cleanUp } from '../../src/host/clean-up.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { serve, type Served } from '../support/hubs.ts';
import { place, until } from '../support/pools.ts';
import { RawPeer } from '../support/raw-peer.ts';
import { endTest, running } from '../support/tests.ts';

const disk = vi.hoisted(() => ({ isFull: false }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const rename: typeof real.rename = async (from, to) => {
    if (disk.isFull) throw new Error('there is no room');
    await real.rename(from, to);
  };
  return { ...real, rename };
});

const waiting = ({ hub }: Served, count: number): Promise<void> =>
  until(`${count} wait`, () => hub.coordination.ledger.waiting === count);

/** A function that resolves when the test decides. */
function slowly<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const compute = vi.fn<() => Promise<T>>(() => promise);
  return { compute, resolve, reject };
}

test('the first computes, and all others receive a copy, also later ones', async () => {
  const served = await serve({});
  const [a, b, c] = [await running(served, 'a'), await running(served, 'b'), await running(served, 'c')];
  const { compute, resolve } = slowly<{ token: string; at: Date; more: Map<string, bigint> }>();
  const never = vi.fn<() => never>();
  const first = a.as(() => once('token', compute));
  await until('it computes', () => compute.mock.calls.length === 1);
  const second = b.as(() => once('token', never));
  await waiting(served, 1);
  const value = { token: 't', at: new Date(0), more: new Map([['n', 7n]]) };
  resolve(value);
  expect(await first).toEqual(value);
  expect(await second).toEqual(value);
  expect(await c.as(() => once('token', never))).toEqual(value);
  expect(await a.as(() => once('token', never))).not.toBe(value);
  expect([compute.mock.calls.length, never.mock.calls.length]).toEqual([1, 0]);
  expect(served.hub.coordination.ledger.held).toBe(0);
});

test('the scope `run` is the default, also of ports', async () => {
  const served = await serve({});
  const [a, b] = [await running(served, 'a'), await running(served, 'b')];
  expect(await a.as(() => once('name', () => 'ada', { scope: 'run' }))).toBe('ada');
  expect(await b.as(() => once('name', () => 'grace'))).toBe('ada');
  const port = await a.as(() => getPort({ scope: 'run' }));
  expect(await b.as(() => getPort({ port }))).not.toBe(port);
});

test.each([[undefined], [null], [0], [''], [new Uint8Array([1, 2])], [[NaN, -0, 2n ** 70n]]])(
  'a value may be %s',
  async (value) => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    await a.as(() => once('k', () => value));
    expect(await b.as(() => once('k', () => 'another'))).toEqual(value);
  },
);

test('a failure is rethrown to the computer, reported to all waiters, and the next call tries again', async () => {
  const served = await serve({});
  const [a, b, c] = [await running(served, 'a'), await running(served, 'b'), await running(served, 'c')];
  const { compute, reject } = slowly<never>();
  const first = a.as(() => once('token', compute));
  await until('it computes', () => compute.mock.calls.length === 1);
  const failures = [b, c].map((one) =>
    failure(
      one.as(() => once('token', compute)),
      'ONCE_FAILED',
    ),
  );
  await waiting(served, 2);
  const reason = new TypeError('no such user');
  reject(reason);
  await expect(first).rejects.toBe(reason);
  for (const error of await Promise.all(failures)) {
    expect(error.message).toBe('Cannot compute the value "token": no such user');
    expect(error.cause).toMatchObject({ message: 'no such user' });
    expect(error.stack?.split('\n')[1]).toContain('once.test.ts');
  }
  expect(await b.as(() => once('token', () => 'better'))).toBe('better');
});

test('what cannot be cloned is an error for all', async () => {
  const served = await serve({});
  const [a, b] = [await running(served, 'a'), await running(served, 'b')];
  const { compute, resolve } = slowly<() => void>();
  const first = a.as(() => once('f', compute));
  await until('it computes', () => compute.mock.calls.length === 1);
  const second = b.as(() => once('f', compute));
  await waiting(served, 1);
  resolve(() => {});
  expect((await failure(first, 'LEASE_INVALID')).message).toContain('Cannot pass on the value "f"');
  expect((await failure(second, 'ONCE_FAILED')).message).toContain('Cannot pass on the value "f"');
});

test('a computer that ends passes its role on, and its late value is dropped', async () => {
  const served = await serve({});
  const [a, b, c] = [await running(served, 'a'), await running(served, 'b'), await running(served, 'c')];
  const [slow, next] = [slowly<string>(), slowly<string>()];
  const first = a.as(() => once('token', slow.compute));
  await until('it computes', () => slow.compute.mock.calls.length === 1);
  const second = b.as(() => once('token', next.compute));
  await waiting(served, 1);
  const third = c.as(() => once('token', next.compute));
  await waiting(served, 2);
  await endTest(a);
  await until('the next computes', () => next.compute.mock.calls.length === 1);
  slow.resolve('late');
  await failure(first, 'LEASE_LOST');
  next.resolve('good');
  expect([await second, await third]).toEqual(['good', 'good']);
  expect(next.compute).toHaveBeenCalledTimes(1);
});

test('inside a test it ends a little before the test does, also while it computes, and says who has it since when', async () => {
  const served = await serve({});
  const a = await running(served, 'a', undefined, () => 400);
  const b = await running(served, 'b', undefined, () => 1_000);
  const [slow, next] = [slowly<string>(), slowly<string>()];
  const first = failure(
    a.as(() => once('token', slow.compute)),
    'LEASE_TIMEOUT',
  );
  await until('it computes', () => slow.compute.mock.calls.length === 1);
  const second = failure(
    b.as(() => once('token', next.compute)),
    'LEASE_TIMEOUT',
  );
  await waiting(served, 1);
  const c = await running(served, 'c', undefined, () => 200);
  const waits = failure(
    c.as(() => once('token', next.compute)),
    'LEASE_TIMEOUT',
  );
  expect((await waits).message).toMatch(
    /^Cannot acquire the value "token": timed out after 200 ms; "a" \(\S+once\.test\.ts:\d+:\d+\) has been computing it for \d+ ms; 1 call waits/,
  );
  expect((await first).message).toMatch(
    /^Cannot compute the value "token" in the time of this test or hook: it has computed for \d+ ms\. Compute it/,
  );
  expect((await first).stack?.split('\n')[1]).toContain('once.test.ts');
  expect(next.compute).not.toHaveBeenCalled();
  await endTest(a);
  expect((await second).message).toMatch(
    /it has computed for \d+ ms, and waited \d+ ms for the value "token", which "a" \(\S+\) had before\./,
  );
  // It computes on, for others.
  next.resolve('late, and not too late');
  expect(await c.as(() => once('token', slow.compute))).toBe('late, and not too late');
});

test('a computer that is killed passes its role on', async () => {
  const served = await serve({});
  const [a, b] = [await running(served, 'a'), await running(served, 'b')];
  const { compute } = slowly<string>();
  const first = a.as(() => once('token', compute)).catch((thrown: unknown) => thrown);
  await until('it computes', () => compute.mock.calls.length === 1);
  const second = b.as(() => once('token', () => 'mine'));
  await waiting(served, 1);
  a.client.close();
  expect(await second).toBe('mine');
  // Its own function still runs; its result is dropped.
  expect(first).toBeInstanceOf(Promise);
});

test('a wait that takes too long names the computer; a signal ends it', async () => {
  const clock = new FakeClock();
  const served = await serve({}, { clock });
  const [a, b] = [await running(served, 'a'), await running(served, 'b')];
  const { compute, resolve } = slowly<string>();
  const first = a.as(() => once('token', compute));
  await until('it computes', () => compute.mock.calls.length === 1);
  const late = failure(
    b.as(() => once('token', compute)),
    'LEASE_TIMEOUT',
  );
  const controller = new AbortController();
  const given = b.as(() => once('token', compute, { signal: controller.signal, timeout: 120_000 }));
  await waiting(served, 2);
  clock.pass(60_000);
  expect((await late).message).toMatch(
    /^Cannot acquire the value "token": timed out after 60000 ms; "a" \(\S+once\.test\.ts:\d+:\d+\) has been computing it for 60 s\. Raise `timeout`$/,
  );
  controller.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  resolve('fine');
  expect(await first).toBe('fine');
});

test('a new run computes again; a value of the old run goes to its waiters', async () => {
  const served = await serve({});
  const [a, b] = [await running(served, 'a'), await running(served, 'b')];
  expect(await a.as(() => once('n', () => 1))).toBe(1);
  const { compute, resolve } = slowly<string>();
  const old = a.as(() => once('slow', compute));
  await until('it computes', () => compute.mock.calls.length === 1);
  await served.hub.run();
  expect(await a.as(() => once('n', () => 2))).toBe(2);
  const waits = b.as(() => once('slow', compute));
  await waiting(served, 1);
  resolve('old');
  expect([await old, await waits]).toEqual(['old', 'old']);
  expect(await b.as(() => once('slow', () => 'new'))).toBe('new');
});

test('a cycle through what is being computed is reported', async () => {
  const served = await serve({});
  const [a, b] = [await running(served, 'a'), await running(served, 'b')];
  await b.as(() => lock('db').acquire());
  const inside = Promise.withResolvers<void>();
  const first = a.as(() =>
    once('token', async () => {
      await inside.promise;
      await a.asHere(() => lock('db').acquire());
      return 'token';
    }),
  );
  await until('it computes', () => served.hub.coordination.ledger.held === 2);
  const second = b.as(() => once('token', () => 'mine'));
  await waiting(served, 1);
  inside.resolve();
  const { message } = await failure(first, 'LEASE_DEADLOCK');
  expect((await failure(second, 'ONCE_FAILED')).message).toContain(message);
});

describe('a value that is kept between runs', () => {
  let folder: string;

  beforeEach(() => {
    folder = place().path;
    writeFileSync(join(folder, 'package.json'), '{}');
    const inner = join(folder, 'deep', 'er');
    mkdirSync(inner, { recursive: true });
    vi.spyOn(process, 'cwd').mockReturnValue(inner);
  });

  afterEach(() => {
    vi.restoreAllMocks();
    disk.isFull = false;
  });

  const cache = (): string => join(folder, 'node_modules/.cache/carpool/once');

  async function inARun<T>(compute: () => T, inputs: unknown[] = [], maxAge = 60_000): Promise<T> {
    const served = await serve({});
    const a = await running(served, 'a');
    const value = await a.as(() => once('k', compute, { keep: { inputs, maxAge } }));
    await served.close();
    return value;
  }

  test('is there in the next run, for the same inputs only', async () => {
    expect(await inARun(() => 'first', [1, { lock: 'file' }])).toBe('first');
    expect(await inARun(() => 'second', [1, { lock: 'file' }])).toBe('first');
    expect(await inARun(() => 'second', [2, { lock: 'file' }])).toBe('second');
    expect(readdirSync(cache())).toHaveLength(2);
  });

  test('is computed again when it is too old, and the old one is gone', async () => {
    await inARun(() => 'first');
    const [file = ''] = readdirSync(cache());
    const [name = ''] = file.split('.');
    // As if it had been made a minute ago.
    const made = Number(file.split('.')[1]) - 60_000;
    writeFileSync(join(cache(), `${name}.${made}.${made + 60_000}`), readFileSync(join(cache(), file)));
    await import('node:fs/promises').then(({ rm }) => rm(join(cache(), file)));
    expect(await inARun(() => 'second')).toBe('second');
    expect(await inARun(() => 'third')).toBe('second');
    expect(readdirSync(cache())).toHaveLength(1);
  });

  test('that a wrong clock has dated in the future disables nothing, and is gone', async () => {
    await inARun(() => 'first');
    const [file = ''] = readdirSync(cache());
    const later = Date.now() + 3_600_000;
    renameSync(join(cache(), file), join(cache(), file.replace(/\.\d+\.\d+$/, `.${later}.${later + 60_000}`)));
    expect(await inARun(() => 'second')).toBe('second');
    expect(await inARun(() => 'third')).toBe('second');
    expect(readdirSync(cache())).toHaveLength(1);
  });

  test('leaves nothing of a write that failed, nor of one that was killed an hour ago', async () => {
    await inARun(() => 'first');
    const [file = ''] = readdirSync(cache());
    rmSync(join(cache(), file));
    const [old, current] = [join(cache(), 'old.partial'), join(cache(), 'current.partial')];
    for (const partial of [old, current]) writeFileSync(partial, 'half a va');
    const before = new Date(Date.now() - 3_700_000);
    utimesSync(old, before, before);
    disk.isFull = true;
    expect(await inARun(() => 'second')).toBe('second');
    expect(readdirSync(cache())).toEqual(['current.partial']);
  });

  test('that cannot be read is computed again', async () => {
    await inARun(() => 'first');
    for (const file of readdirSync(cache())) writeFileSync(join(cache(), file), 'no value');
    expect(await inARun(() => 'second')).toBe('second');
  });

  test('that cannot be written is a value all the same', async () => {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/.cache'), 'a file is in the way');
    expect(await inARun(() => 'first')).toBe('first');
  });

  test.each([NaN, -1])('has an age that is a number, and not %s', async (maxAge) => {
    expect(
      (
        await failure(
          inARun(() => 1, [], maxAge),
          'LEASE_INVALID',
        )
      ).message,
    ).toContain('`maxAge`');
  });

  test('is not kept if it failed', async () => {
    await expect(
      inARun(() => {
        throw new Error('broken');
      }),
    ).rejects.toThrow('broken');
    expect(await inARun(() => 'fine')).toBe('fine');
  });
});

describe('a value that is too large for a message', () => {
  const bytes = (size: number): Buffer => Buffer.alloc(size, 7);
  const filesIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('once-'));

  test('is in a file, which all callers read, and the next run removes', async () => {
    const folder = place().path;
    const served = await serve({}, { folder });
    const [a, b, c] = [await running(served, 'a'), await running(served, 'b'), await running(served, 'c')];
    const { compute, resolve } = slowly<Buffer>();
    const first = a.as(() => once('index', compute));
    await until('it computes', () => compute.mock.calls.length === 1);
    const second = b.as(() => once('index', compute));
    await waiting(served, 1);
    resolve(bytes(1_000_000));
    expect(bytes(1_000_000).equals(await first)).toBe(true);
    expect(bytes(1_000_000).equals(await second)).toBe(true);
    expect(bytes(1_000_000).equals(await c.as(() => once('index', compute)))).toBe(true);
    expect(compute).toHaveBeenCalledTimes(1);
    expect(filesIn(folder)).toHaveLength(1);
    await served.hub.run(true);
    await until('its file is gone', () => filesIn(folder).length === 0);
    expect(await b.as(() => once('index', () => 'new'))).toBe('new');
  });

  test('is computed again when something has removed its file', async () => {
    const folder = place().path;
    const served = await serve({}, { folder });
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    await a.as(() => once('index', () => bytes(1_000_000)));
    for (const name of filesIn(folder)) rmSync(join(folder, name));
    expect(bytes(2_000_000).equals(await b.as(() => once('index', () => bytes(2_000_000))))).toBe(true);
    expect(bytes(2_000_000).equals(await a.as(() => once('index', () => bytes(1))))).toBe(true);
  });

  test('fails for all callers if it cannot be written, and the next one computes', async () => {
    const folder = join(place().path, 'gone');
    const served = await serve({}, { folder });
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    const { compute, resolve } = slowly<Buffer>();
    const first = a.as(() => once('index', compute));
    await until('it computes', () => compute.mock.calls.length === 1);
    const second = b.as(() => once('index', compute));
    await waiting(served, 1);
    resolve(bytes(1_000_000));
    expect((await failure(first, 'LEASE_INVALID')).message).toContain('Cannot pass on the value "index": ENOENT');
    expect((await failure(second, 'ONCE_FAILED')).message).toContain('Cannot pass on the value "index": ENOENT');
    expect(await b.as(() => once('index', () => 'small'))).toBe('small');
  });

  test('of 64 MiB is carried, and costs a worker that does not read nothing but its path', async () => {
    const folder = place().path;
    const served = await serve({}, { folder, limits: { maxBacklogBytes: 0 } });
    const a = await running(served, 'a');
    const value = await a.as(() => once('index', () => bytes(64 * 1024 * 1024)));
    expect(value.length).toBe(64 * 1024 * 1024);
    const peer = await RawPeer.join(served);
    const answer = await peer.call({ method: 'once', lease: 1, key: 'index' });
    expect(answer.body).toEqual({ file: join(folder, filesIn(folder)[0] ?? '') });
  });

  test('is refused with the way out where no file can be', async () => {
    const served = await serve({});
    const a = await running(served, 'a');
    const error = await failure(
      a.as(() => once('index', () => bytes(1_000_000))),
      'LEASE_INVALID',
    );
    expect(error.message).toContain('Cannot pass on the value "index": it has 1000008 bytes, and 262144 is the limit');
  });
});

describe('a value with a clean-up', () => {
  /** A module that writes the value it is called with to `cleaned.json` beside it. */
  function cleaner(body = 'writeFileSync(new URL("cleaned.json", import.meta.url), JSON.stringify(value))'): {
    readonly url: URL;
    readonly cleaned: () => unknown;
  } {
    const folder = mkdtempSync(join(place().path, 'clean-'));
    const file = join(folder, 'clean.mjs');
    writeFileSync(file, `import { writeFileSync } from 'node:fs';\nexport default async (value) => { ${body}; };\n`);
    const cleaned = (): unknown => {
      const path = join(folder, 'cleaned.json');
      return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
    };
    return { url: pathToFileURL(file), cleaned };
  }

  test('is cleaned up by the host when the run has ended, though the process that made it is gone', async () => {
    const served = await serve({}, { cleanUp });
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    const { url, cleaned } = cleaner();
    await a.as(() => once('db', () => ({ name: 'db1' }), { cleanup: url }));
    a.client.close();
    await until('its worker is gone', () => served.hub.peers === 1);
    expect(await b.as(() => once('db', () => ({ name: 'db2' }), { cleanup: url }))).toEqual({ name: 'db1' });
    expect(cleaned()).toBe(undefined);
    await served.close();
    expect(cleaned()).toEqual({ name: 'db1' });
  });

  test('is cleaned up before the next run computes it again, also one that travels in a file', async () => {
    const served = await serve({}, { cleanUp, folder: place().path });
    const a = await running(served, 'a');
    const { url, cleaned } = cleaner();
    const large = 'x'.repeat(300_000);
    await a.as(() => once('large', () => large, { cleanup: fileURLToPath(url) }));
    await served.hub.run();
    expect(cleaned()).toBe(undefined); // another runner may still use it
    await served.hub.run(true);
    expect(cleaned()).toBe(large);
  });

  test('that fails is reported on stderr', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const served = await serve({}, { cleanUp });
    const a = await running(served, 'a');
    const { url } = cleaner('throw new Error("no such database")');
    await a.as(() => once('db', () => 1, { cleanup: url }));
    await served.close();
    expect(String(said.mock.calls[0]?.[0])).toBe(
      `carpool: The clean-up of the value "db" failed: no such database (${url.href})\n`,
    );
    said.mockRestore();
  });

  test.each([
    [{ cleanup: './drop.mjs' }, 'the `file:` URL or the absolute path of a module, and not "./drop.mjs"'],
    [{ cleanup: '/drop.mjs', keep: { maxAge: 1 } }, 'a value that is kept'],
  ])('is refused where it makes no sense: %j', async (options, message) => {
    const served = await serve({});
    const a = await running(served, 'a');
    const refused = a.as(() => once('db', () => 1, options));
    expect((await failure(refused, 'LEASE_INVALID')).message).toContain(message);
  });
});

// What a registration takes, and what it returns.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { registerAvaWorker, registerSharedWorker } from '../../src/test-api/shared-worker/register.ts';
import { failure } from '../support/failure.ts';
import { place } from '../support/pools.ts';
import { ask, between, host, open, reopen, workerFile, type Handle, type OpenFile } from './support.ts';

describe('a registration', () => {
  test('checks the protocol first, then takes the file name as a string', async () => {
    await open(await host());
    const filename = {
      toString() {
        throw new Error('looked at too early');
      },
    } as unknown as URL;
    const none = { filename, supportedProtocols: [] } as const;
    for (const register of [registerSharedWorker, registerAvaWorker]) {
      const error = await failure(() => register(none), 'SHARED_WORKER_PROTOCOL');
      expect(error.message).toContain('does not support any of the desired shared worker protocols');
      expect(error.stack?.split('\n')[1]).toContain('registration.test.ts');
      expect(() => register({ filename, supportedProtocols: ['ava-4'] })).toThrow('looked at too early');
    }
  });

  test('needs a file by its full name', async () => {
    await open(await host());
    const error = await failure(() => registerSharedWorker({ filename: './worker.js' }), 'SHARED_WORKER_FAILED');
    expect(error.message).toContain('"./worker.js": it must be a URL of a file, or an absolute path');
    expect(error.stack?.split('\n')[1]).toContain('registration.test.ts');
  });

  test('returns what AVA returns, and the same object for the same file', async () => {
    const { register, owner } = await open(await host());
    const shared = register('obedient.mjs');
    expect(shared.protocol).toBe('ava-4');
    expect(shared.currentlyAvailable).toBe(false);
    expect(shared.available).toBeInstanceOf(Promise);
    expect(register('obedient.mjs')).toBe(shared);
    await owner.ready();
    expect(shared.currentlyAvailable).toBe(true);
    expect(await shared.available).toBe(undefined);
    expect(await ask(shared, { do: 'facts' })).toEqual({ protocol: 'ava-4', same: true, initialData: undefined });
  });

  test('starts one worker for each name, as it is written', async () => {
    const { owner } = await open(await host());
    const url = workerFile('obedient.mjs');
    const names = [url, new URL('#one', url), new URL('#two', url), new URL('?three', url), url.pathname, url.href];
    const all = names.map((filename, n) => registerSharedWorker<unknown>({ filename, initialData: n }));
    expect(all[5]).toBe(all[0]);
    await owner.ready();
    const facts = await Promise.all(all.slice(0, 5).map((shared) => shared.request({ do: 'facts' })));
    expect(facts).toMatchObject([0, 1, 2, 3, 4].map((initialData) => ({ initialData })));
  });

  test('passes only the first initialData to the worker, whatever it is', async () => {
    const started = await host();
    const first = await open(started, 'first.test.ts');
    const initialData = new Map<unknown, unknown>([
      ['big', 1n],
      [NaN, new Set([new Date(5)])],
    ]);
    const one = await first.use('obedient.mjs', { initialData });
    const second = await open(started, 'second.test.ts');
    const other = await second.use('obedient.mjs', { initialData: 'too late' });
    for (const shared of [one, other]) expect(await ask(shared, { do: 'facts' })).toMatchObject({ initialData });
    await failure(() => second.register('echo.mjs', { initialData: () => {} }), 'FRAME_MALFORMED');
  });

  test('by a name of the config has its options and its types', async () => {
    const config = `{ sharedWorkers: { db: ${JSON.stringify(workerFile('obedient.mjs').href)}, calc: { file: new URL(${JSON.stringify(workerFile('typed.ts').href)}), initialData: 21 } } }`;
    const started = await host(config);
    expect(await started.configured).toMatchObject({ pools: [], sharedWorkers: ['db', 'calc'] });
    const { owner, client, register } = await open(started);
    const db = registerSharedWorker({ name: 'db' });
    const calc = registerSharedWorker<number>({ name: 'calc' });
    const same = register('obedient.mjs');
    await owner.ready();
    expect(await calc.request(2)).toBe(42);
    await same.request({ do: 'note', note: 'one worker' }, { timeout: 1 }).catch(() => {});
    expect(await db.request({ do: 'diary' })).toContain('one worker');
    expect(await client.names()).toEqual({ locks: {}, pools: [], sharedWorkers: ['db', 'calc'] });
    const other = await open(started, 'other.test.ts');
    registerSharedWorker({ name: 'bd' });
    const error = await failure(other.owner.ready(), 'CONFIG_INVALID');
    expect(error.message).toContain('There is no shared worker "bd": the config has only "db", "calc"');
    expect(error.stack).toContain('registration.test.ts');
  });

  test('of a TypeScript file works, also of one that Node alone cannot read', async () => {
    const { use, owner } = await open(await host());
    const filename = join(place().path, 'enum.ts');
    writeFileSync(
      filename,
      `enum Answer { Yes = 'yes' }
      export default async ({ negotiateProtocol }: { negotiateProtocol(known: readonly string[]): any }) => {
        const main = negotiateProtocol(['ava-4']).ready();
        for await (const message of main.subscribe()) message.reply(Answer.Yes);
      };`,
    );
    const shared = registerSharedWorker<string>({ filename });
    await owner.ready();
    expect(await shared.request('?')).toBe('yes');
    expect(await ask(await use('typed.ts', { initialData: 3 }), 5)).toBe(15);
  });

  test('of a module that outlives its file joins a later file when that first uses it', async () => {
    const started = await host();
    const first = await open(started, 'first.test.ts');
    const ends: string[] = [];
    const shared = await first.use('obedient.mjs', { teardown: () => void ends.push(first.owner.url) });
    const one = await ask(shared, { do: 'who' });
    await first.end();
    expect(shared.currentlyAvailable).toBe(false);
    await failure(() => shared.publish('between files'), 'SHARED_WORKER_FAILED');
    const idle = await reopen(started, 'idle.test.ts', first.client);
    await idle.owner.ready();
    expect(shared.currentlyAvailable).toBe(true);
    await idle.end();
    const second = await reopen(started, 'second.test.ts', first.client);
    await second.owner.ready();
    // At once: the worker is known to be ready.
    shared.publish({ do: 'note', note: 'published before it had joined' });
    const other = await ask(shared, { do: 'who' });
    expect([one.file, other.file]).toEqual([
      expect.stringContaining('first.test.ts'),
      expect.stringContaining('second.test.ts'),
    ]);
    expect(other.id).not.toBe(one.id);
    const diary = await ask(shared, { do: 'diary' });
    expect(diary).toContain('published before it had joined');
    expect(diary.filter((note: string) => note.includes('idle.test.ts'))).toEqual([]);
    await second.end();
    expect(ends).toHaveLength(2);
  });

  test('of a test file itself, and its teardown, are that file’s alone', async () => {
    const started = await host();
    const first = await open(started, 'first.test.ts');
    const ends: string[] = [];
    const registerIn = ({ owner, register }: OpenFile, letter: string): Handle => {
      // As if the test file itself had called: its frame is in the stack of the registration.
      const inFile = runInThisContext('(call) => call()', { filename: fileURLToPath(owner.url) }) as (
        call: () => Handle,
      ) => Handle;
      return inFile(() => register('obedient.mjs', { teardown: () => void ends.push(letter) }));
    };
    registerIn(first, 'a');
    await first.owner.ready();
    await first.end();
    const second = await reopen(started, 'second.test.ts', first.client);
    await second.owner.ready();
    registerIn(second, 'b');
    await second.owner.ready();
    await second.end();
    const third = await reopen(started, 'third.test.ts', first.client);
    await ask(registerIn(third, 'c'), 'fine');
    await third.end();
    expect(ends).toEqual(['a', 'b', 'c']);
  });

  test('between two files belongs to the next one, with what is read there', async () => {
    const started = await host();
    const first = await open(started, 'first.test.ts');
    await first.use('obedient.mjs');
    await first.end();
    between();
    const shared = first.register('obedient.mjs');
    const read = shared.subscribe().next();
    const second = await reopen(started, 'second.test.ts', first.client);
    await second.owner.ready();
    shared.publish({ do: 'publish', data: 'hello' });
    expect((await read).value?.data).toBe('hello');
  });

  test('that can no longer join does not fail a file that does not use it', async () => {
    const started = await host();
    const first = await open(started, 'first.test.ts');
    const shared = await first.use('obedient.mjs');
    shared.publish({ do: 'exit', code: 3 });
    await failure(shared.subscribe().next(), 'SHARED_WORKER_FAILED');
    await first.end();
    const second = await reopen(started, 'second.test.ts', first.client);
    await second.owner.ready();
    const error = await failure(() => shared.publish('hello'), 'SHARED_WORKER_FAILED');
    expect(String(error.cause)).toContain('exited with code 3');
    // A file that registers it needs it.
    second.register('obedient.mjs');
    await failure(second.owner.ready(), 'SHARED_WORKER_FAILED');
  });
});

// How test workers come and go, and what is cleaned up then.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { failure } from '../support/failure.ts';
import { closing, place, until } from '../support/pools.ts';
import { forkFile } from './fork.ts';
import { ask, host, open, workerFile, type Handle } from './support.ts';

async function diary(shared: Handle): Promise<readonly string[]> {
  return (await ask(shared, { do: 'diary' })) as readonly string[];
}

describe('the end of a file', () => {
  test('runs its teardowns in the worker, newest first, one after another, and waits for them', async () => {
    const started = await host();
    const { use, end } = await open(started, 'first.test.ts');
    const shared = await use('obedient.mjs');
    for (const note of ['old', 'new']) shared.publish({ do: 'teardown', note, ms: 20 });
    await end();
    const second = await open(started, 'second.test.ts');
    expect(await diary(await second.use('obedient.mjs'))).toEqual([
      'first.test.ts came',
      'new begins',
      'new ends',
      'old begins',
      'old ends',
      'first.test.ts left',
      'second.test.ts came',
    ]);
  });

  test('does not run a teardown again that was called by hand, which ran at once', async () => {
    const started = await host();
    const { use, end } = await open(started, 'first.test.ts');
    const shared = await use('obedient.mjs');
    shared.publish({ do: 'teardown', note: 'mine' });
    shared.publish({ do: 'call teardown', note: 'mine' });
    await end();
    const second = await open(started, 'second.test.ts');
    const notes = await diary(await second.use('obedient.mjs'));
    expect(notes.slice(1, 5)).toEqual(['before', 'mine begins', 'after', 'mine ends']);
    expect(notes.filter((note) => note.startsWith('mine'))).toHaveLength(2);
  });

  test('delivers all messages that were published before it, also to slow readers', async () => {
    const started = await host();
    const { use, end } = await open(started, 'first.test.ts');
    const shared = await use('obedient.mjs');
    await ask(shared, { do: 'follow' });
    shared.publish({ do: 'slow note', note: 'slow', ms: 30 });
    for (let n = 0; n < 1000; n++) shared.publish({ do: 'note', note: n });
    await end();
    const second = await open(started, 'second.test.ts');
    const other = await second.use('obedient.mjs');
    const notes = (await diary(other)).filter((note) => typeof note === 'number');
    expect(notes).toEqual(Array.from({ length: 1000 }, (_, n) => n));
    // The subscription to that test worker has ended.
    await until('it has been read', async () => (await diary(other)).includes('no more to follow'));
    expect((await diary(other)).filter((note) => String(note).startsWith('followed'))).toHaveLength(1001);
  });

  test('runs the teardowns of the test process, newest first, for each registration', async () => {
    const { use, register, end, owner } = await open(await host());
    const order: string[] = [];
    const shared = await use('obedient.mjs', { teardown: () => void order.push('first') });
    const last = async (): Promise<void> => {
      await Promise.resolve();
      order.push('last');
      await ask(shared, 'still there');
    };
    register('obedient.mjs', { teardown: () => void order.push('second') });
    register('obedient.mjs', { teardown: last });
    await end();
    expect(order).toEqual(['last', 'second', 'first']);
    expect(owner.failures).toEqual([]);
    await end();
    expect(order).toHaveLength(3);
  });

  test('leaves pending what its tests still read, as AVA does, ends their requests, and refuses more', async () => {
    const { use, end } = await open(await host());
    const shared = await use('obedient.mjs');
    const [replies, plain] = [shared.publish({ do: 'ignore' }).replies(), shared.subscribe()];
    const settled = vi.fn<() => void>();
    for (const wait of [replies.next(), plain.next()]) void wait.finally(settled);
    const asking = failure(shared.request({ do: 'ignore' }), 'SHARED_WORKER_FAILED');
    await end();
    const late = [shared.subscribe().next(), shared.available];
    expect((await asking).message).toMatch(
      /^The shared worker is no longer available: The test file that used .* has ended$/,
    );
    const error = await failure(() => shared.publish('late'), 'SHARED_WORKER_FAILED');
    expect(error.message).toBe('The shared worker is no longer available');
    expect(String(error.cause)).toMatch(/The test file that used .* has ended$/);
    void late[0]?.finally(settled);
    await new Promise(setImmediate);
    expect(settled).not.toHaveBeenCalled();
  });

  test('runs a teardown that comes later soon', async () => {
    const started = await host();
    const { use, end } = await open(started, 'first.test.ts');
    (await use('obedient.mjs')).publish({ do: 'late teardown' });
    await end();
    const second = await open(started, 'second.test.ts');
    const shared = await second.use('obedient.mjs');
    await until('it ran', async () => (await diary(shared)).includes('late'));
    expect((await diary(shared)).filter((note) => note === 'late')).toHaveLength(1);
  });

  test('whose teardown fails in the worker ends the worker, as in AVA', async () => {
    const started = await host();
    const { use, end } = await open(started, 'first.test.ts');
    (await use('obedient.mjs')).publish({ do: 'failing teardown' });
    await end();
    const second = await open(started, 'second.test.ts');
    second.register('obedient.mjs');
    const error = await failure(second.owner.ready(), 'SHARED_WORKER_FAILED');
    expect(error.message).toContain('obedient.mjs crashed: cannot tear it down');
  });
});

describe('a test process', () => {
  test.each(['SIGKILL', 'disconnected'] as const)(
    'that is gone (%s) counts as left, and its teardowns run',
    async (how) => {
      const started = await host();
      const watching = await open(started, 'watching.test.ts');
      const shared = await watching.use('obedient.mjs');
      if (how === 'SIGKILL') {
        const child = closing(await forkFile(started.address, workerFile('obedient.mjs').href));
        child.kill();
      } else {
        const other = await open(started, 'killed.test.ts');
        const killed = await other.use('obedient.mjs');
        killed.publish({ do: 'teardown', note: 'of the killed' });
        await ask(killed, 'published');
        other.client.close();
      }
      await until('it has left', async () => {
        const notes = await diary(shared);
        return notes.includes('of the killed ends') && notes.some((note) => /killed.* left$/.test(note));
      });
      // Messages to it do no harm.
      const heard = shared.subscribe().next();
      shared.publish({ do: 'broadcast', data: 'anybody?' });
      expect((await heard).value?.data).toBe('anybody?');
    },
  );

  test('that finds a host in its environment needs no adapter', async () => {
    const started = await host();
    const child = closing(await forkFile(started.address, workerFile('obedient.mjs').href, 'ends'));
    expect(await child.exited).toBe(0);
    expect(child.output()).toContain('"echoed"');
    const { use } = await open(started);
    expect(await diary(await use('obedient.mjs'))).toEqual(expect.arrayContaining(['of the killed ends']));
  });
});

describe('the end of the host', () => {
  test('runs the worker’s own teardowns, newest first, within their deadline', async () => {
    const started = await host();
    const { use, end } = await open(started);
    const shared = await use('obedient.mjs');
    const file = join(place().path, 'torn-down');
    for (const note of ['old', 'new']) await ask(shared, { do: 'own teardown', note, file });
    await end();
    await started.stop();
    expect(readFileSync(file, 'utf8')).toBe('new\nold\n');
  });

  test('does not wait for ever', async () => {
    const config = `{ sharedWorkers: { db: { file: ${JSON.stringify(workerFile('obedient.mjs').href)}, teardownTimeout: 50 } } }`;
    const started = await host(config);
    const { use } = await open(started);
    expect(await ask(await use('obedient.mjs'), { do: 'stubborn teardown' })).toBe('noted');
    await started.stop();
  });

  test('is reported to its remaining users', async () => {
    const started = await host();
    const { use } = await open(started);
    const shared = await use('obedient.mjs');
    const next = failure(shared.subscribe().next(), 'SHARED_WORKER_FAILED');
    await started.stop();
    expect(await next).toMatchObject({
      message: 'The shared worker is no longer available',
      cause: { code: 'SHARED_WORKER_FAILED' },
    });
  });
});

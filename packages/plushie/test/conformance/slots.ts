/** Room for sessions: taken, given back, used again. */
import { createPool } from 'carpool';
import { expect, test } from 'vitest';
import { plushie } from '../../src/index.ts';
import { failure } from '../support/failure.ts';
import { closing } from '../support/place.ts';
import { hashOf, pool, registerWith, subjectOptions, tree, treeOf, type Subject } from './subject.ts';

export function slotSuite(subject: Subject): void {
  const cycles = 500;

  test(`two slots serve ${cycles} sessions, one after the other, on one renderer`, { timeout: 30_000 }, async () => {
    const renderers = pool(subject, { maxSessions: 2 });
    const ids = new Set<string>();
    let left = cycles;
    const hashes = new Set<string>();
    const worker = async (n: number): Promise<void> => {
      while (left-- > 0) {
        await using session = await renderers.register();
        ids.add(session.id);
        // Nothing is left of the session that had the slot before.
        const leftover = treeOf(session);
        session.send({ type: 'snapshot', tree: tree(n) });
        const hash = hashOf(session);
        expect(await leftover).toBeNull();
        hashes.add(await hash);
      }
    };
    await Promise.all([worker(0), worker(1)]);
    expect(ids.size).toBe(cycles);
    expect(hashes.size).toBe(2);
    expect(renderers.stats()).toMatchObject({
      sessions: cycles,
      children: 1,
      open: 0,
      queued: 0,
      quarantined: 0,
      peak: 2,
      strays: 0,
      failures: 0,
    });
  });

  test('a call that finds all slots taken waits for one, or fails if it must not wait', async () => {
    const renderers = pool(subject, { maxSessions: 2 });
    const [first] = await Promise.all([registerWith(renderers, tree()), registerWith(renderers, tree())]);
    const error = await failure(renderers.register({ wait: false }), 'POOL_FULL');
    expect(error.message).toContain('2');
    const waiting = renderers.register();
    expect(renderers.stats()).toMatchObject({ open: 2, queued: 1 });
    await first.unregister();
    expect(await treeOf(await waiting)).toBeNull();
    expect(renderers.stats()).toMatchObject({ open: 2, queued: 0, quarantined: 0 });
  });

  test('a pool of one session confirms its end too, though a renderer for one would not', async () => {
    const renderers = pool(subject, { maxSessions: 1 });
    for (let time = 0; time < 3; time++) {
      const session = await renderers.register();
      expect(await treeOf(session)).toBeNull();
      session.send({ type: 'snapshot', tree: tree() });
      await session.unregister();
    }
    expect(renderers.stats()).toMatchObject({ sessions: 3, children: 1, quarantined: 0 });
  });

  test('a renderer with less room than its pool refuses the session in its own words, and it alone', async () => {
    // Not by a second `--max-sessions`: 0.7.1 takes the first, later renderers the last.
    const options = plushie(subjectOptions(subject, { maxSessions: 4 }));
    const args = options.args?.map((word, at, all) => (all[at - 1] === '--max-sessions' ? '2' : word));
    const renderers = closing(createPool({ name: 'renderer', ...options, args }));
    const [one, two] = await Promise.all([registerWith(renderers, tree()), registerWith(renderers, tree(1))]);
    expect(await Promise.all([treeOf(one), treeOf(two)])).toEqual([tree(), tree(1)]);
    const third = await renderers.register();
    const error = await failure(treeOf(third), 'SESSION_FAILED');
    expect(error.context).toMatchObject({ childCode: 'max_sessions_reached' });
    expect((await third.closed).error?.message).toContain('max sessions (2) reached');
    // The renderer holds nothing of it, so its slot is free at once.
    expect(renderers.stats()).toMatchObject({ open: 2, quarantined: 0, children: 1 });
    await one.unregister();
    expect(await treeOf(await registerWith(renderers, tree(2)))).toEqual(tree(2));
    expect(await treeOf(two)).toEqual(tree(1));
  });

  test('after so many sessions another renderer takes over, and the sessions of the first end normally', async () => {
    const renderers = pool(subject, { recycleAfter: 3 });
    const old = await Promise.all([0, 1, 2].map((n) => registerWith(renderers, tree(n))));
    const young = await registerWith(renderers, tree(3));
    const { pids, children } = renderers.stats();
    expect([children, pids.length]).toEqual([2, 2]);
    const all = await Promise.all([...old, young].map(treeOf));
    expect(all).toEqual([0, 1, 2, 3].map(tree));
    await Promise.all(old.map((session) => session.unregister()));
    expect(await treeOf(young)).toEqual(tree(3));
    await expect.poll(() => renderers.stats().pids, { timeout: 10_000 }).toEqual(pids.slice(1));
    expect(renderers.stats()).toMatchObject({ children: 2, open: 1, quarantined: 0, failures: 0 });
    await young.unregister();
    for (let time = 0; time < 3; time++) await (await renderers.register()).unregister();
    await expect.poll(() => renderers.stats().children, { timeout: 10_000 }).toBe(3);
  });
}

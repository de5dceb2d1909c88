/** Sessions side by side on one renderer. */
import { expect, test } from 'vitest';
import type { StoredNode } from '../../src/messages.ts';
import { hashOf, pool, pressTab, registerWith, tree, treeOf, type PlushieSession, type Subject } from './subject.ts';

export function isolationSuite(subject: Subject): void {
  test('eight sessions at once never see anything of each other', async () => {
    const renderers = pool(subject);
    const trees = Array.from({ length: 8 }, (_, n) => tree(n));
    const sessions = await Promise.all(trees.map((own) => registerWith(renderers, own)));
    expect(renderers.stats()).toMatchObject({ open: 8, children: 1 });
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(8);
    await Promise.all(sessions.map((session, n) => useAlone(session, n, trees[n] as StoredNode)));
    const hashes = await Promise.all(sessions.map(hashOf));
    expect(new Set(hashes).size).toBe(8);
    await Promise.all(sessions.map((session) => session.unregister()));
    expect(renderers.stats()).toMatchObject({ open: 0, quarantined: 0, strays: 0 });
  });
}

async function useAlone(session: PlushieSession, n: number, own: StoredNode): Promise<void> {
  const text = `only of ${session.id}`;
  // Only every second session has a focus, a stub and a subscription.
  const odd = n % 2 === 1;
  if (odd) {
    await pressTab(session, n % 3);
    await session.request({ type: 'register_effect_stub', kind: 'file_open', response: text });
    session.send({ type: 'subscribe', kind: 'on_animation_frame', tag: text });
  }
  const replies = Array.from({ length: 60 }, async (_, k) => {
    const [{ data }, named] = await Promise.all([
      session.request({ type: 'query', target: 'tree' }),
      session.request({ type: 'tree_hash', name: `${n}.${k}` }),
    ]);
    expect(data).toEqual(own);
    expect(named).toMatchObject({ name: `${n}.${k}`, session: session.id });
    const effect = await session.request({ type: 'effect', kind: 'file_open', payload: {} });
    expect(effect.result ?? effect.status).toBe(odd ? text : 'unsupported');
  });
  await Promise.all(replies);
  session.send({ type: 'advance_frame', timestamp: n });
  session.send({ type: 'widget_op', op: 'announce', payload: { text } });
  const announced = { family: 'announce', value: { text } };
  for (const event of odd ? [{ family: 'animation_frame', tag: text }, announced] : [announced]) {
    expect(await session.event()).toMatchObject({ ...event, session: session.id });
  }
  expect(await treeOf(session)).toEqual(own);
}

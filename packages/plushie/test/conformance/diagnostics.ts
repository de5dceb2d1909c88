/** `diagnostics: 'fail'`: the end of a session fails with what the renderer found wrong. */
import { Owner } from 'carpool/adapter/test-process';
import { describe, expect, test } from 'vitest';
import type { PatchOp } from '../../src/index.ts';
import { failure } from '../support/failure.ts';
import { connect, sources } from './sources.ts';
import { tree, treeOf, type PlushieSession, type Subject } from './subject.ts';

const removeLast: PatchOp[] = [
  { op: 'insert_child', path: [0], index: 0, node: { id: 'new', type: 'text' } },
  { op: 'remove_child', path: [0], index: 0 },
];

export function diagnosticsSuite(subject: Subject): void {
  describe.each(sources)('$name', ({ start }) => {
    test('the end of a session fails with what the renderer refused; its slot is free, and no other session is concerned', async () => {
      const [one, other] = await start(subject, { diagnostics: 'fail', maxSessions: 2 });
      const [faulty, clean] = await Promise.all([one.register(), other.register()]);
      for (const session of [faulty, clean]) session.send({ type: 'snapshot', tree: tree() });
      faulty.send({ type: 'patch', ops: removeLast });
      expect(await faulty.event()).toMatchObject({ family: 'error', id: 'patch_order' });
      const twin = { id: 'twin', type: 'text' };
      faulty.send({ type: 'snapshot', tree: { id: 'w', type: 'window', children: [twin, twin] } });
      // The answer to that is still on its way.
      const error = await failure(faulty.unregister(), 'SESSION_DIAGNOSTICS');
      expect(error.message).toMatch(
        /\n {2}patch_order: \S.*\n {2}duplicate_node_ids: \S.*\(duplicates: \["twin \(text\)"\]\)/,
      );
      expect(await treeOf(clean)).toEqual(tree());
      await clean.unregister();
      expect(await one.stats()).toMatchObject({ open: 0, quarantined: 0 });
      const next = await other.register({ wait: false });
      await next.unregister();
    });

    test('without it they are events, no more', async () => {
      const [one] = await start(subject);
      const session = await one.register();
      session.send({ type: 'patch', ops: removeLast });
      expect(await session.event()).toMatchObject({ family: 'error' });
      await session.unregister();
    });
  });

  test('the end of a test fails with them, also where its runtime has closed the session', async () => {
    const [client] = await connect(subject, { diagnostics: 'fail' });
    const owner = new Owner({ path: ['file', 'test'], holder: {}, connect: () => client });
    const session = (await owner.session('renderer')) as unknown as PlushieSession;
    session.send({ type: 'patch', ops: removeLast });
    const { id } = session;
    await session.unregister();
    await owner.end();
    expect(owner.failures).toMatchObject([{ code: 'SESSION_DIAGNOSTICS', context: { session: id } }]);
    expect(await client.stats()).toMatchObject([{ open: 0, quarantined: 0 }]);
  });
}

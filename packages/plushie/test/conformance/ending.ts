/** The renderer ends: it is killed, or its pool is closed. */
import { expect, test } from 'vitest';
import type { TreeHash } from '../../src/messages.ts';
import { failure } from '../support/failure.ts';
import { pool, pressTab, registerWith, tree, treeOf, type Subject } from './subject.ts';

export function endingSuite(subject: Subject): void {
  test('a renderer that is killed ends every open session with how and what it last wrote; the next call gets another', async () => {
    const renderers = pool(subject);
    const sessions = await Promise.all([0, 1, 2].map((n) => registerWith(renderers, tree(n))));
    const [asking, typing, idle] = sessions as [(typeof sessions)[0], (typeof sessions)[0], (typeof sessions)[0]];
    // Makes it write to stderr: `name` is missing.
    void asking.request({ type: 'tree_hash' } as TreeHash).catch(() => {});
    await pressTab(typing, 2);
    const selector = { by: 'id', value: 'name' } as const;
    const interaction = typing.interact({ type: 'interact', action: 'type_text', selector, payload: { text: 'ab' } });
    const held = typing.request({ type: 'query', target: 'tree' });
    expect(await treeOf(asking)).toEqual(tree());
    const [pid] = renderers.stats().pids;

    const loop = (async () => {
      for await (const step of interaction) {
        expect(step.events).toHaveLength(1);
        process.kill(pid as number, 'SIGKILL');
      }
    })();
    const error = await failure(loop, 'CHILD_EXITED');
    expect(error.evidence.exit).toContain('SIGKILL');
    expect(error.evidence.stderr).toContain('decode error');
    await failure(held, 'CHILD_EXITED');
    for (const session of sessions) {
      expect(await session.closed).toMatchObject({ by: 'child', error: { code: 'CHILD_EXITED' } });
    }
    await failure(treeOf(idle), 'CHILD_EXITED');
    expect(renderers.stats()).toMatchObject({ open: 0, quarantined: 0, failures: 1 });

    const next = await registerWith(renderers, tree(7));
    expect(await treeOf(next)).toEqual(tree(7));
    expect(renderers.stats()).toMatchObject({ children: 2, open: 1, running: 1 });
    expect(renderers.stats().pids).not.toContain(pid);
  });

  test('closing the pool ends open sessions, and the renderer by itself', async () => {
    const renderers = pool(subject);
    const session = await registerWith(renderers, tree());
    await pressTab(session, 2);
    await renderers.close();
    expect(await session.closed).toMatchObject({ by: 'pool' });
    expect(renderers.stats()).toMatchObject({ open: 0, quarantined: 0, failures: 0, pids: [] });
  });
}

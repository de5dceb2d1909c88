/** Events: messages that the renderer sends unasked. */
import { expect, test } from 'vitest';
import type { PatchOp } from '../../src/messages.ts';
import { gist, pool, registerWith, tree, treeOf, type Subject } from './subject.ts';

export function eventSuite(subject: Subject): void {
  test('a subscription brings its events to its own session, with its tag', async () => {
    const renderers = pool(subject);
    const [one, other] = await Promise.all([registerWith(renderers, tree()), registerWith(renderers, tree())]);
    one.send({ type: 'subscribe', kind: 'on_animation_frame', tag: 'frames' });
    for (const session of [other, one]) session.send({ type: 'advance_frame', timestamp: 1_760_000_000_000 });
    // The time is a number in either format, although MessagePack writes it in 64 bits.
    expect(await one.event()).toMatchObject({
      family: 'animation_frame',
      tag: 'frames',
      value: { timestamp: 1_760_000_000_000 },
    });
    for (const session of [one, other]) session.send({ type: 'widget_op', op: 'announce', payload: { text: 'end' } });
    const announced = { family: 'announce', value: { text: 'end', politeness: 'assertive' } };
    expect(await other.event()).toMatchObject(announced);
    expect(await one.event()).toMatchObject(announced);
  });

  test('what the renderer refuses of a tree is an event of the session, and the tree stays', async () => {
    const session = await registerWith(pool(subject), tree());
    const ops: PatchOp[] = [
      { op: 'insert_child', path: [0], index: 0, node: { id: 'new', type: 'text' } },
      { op: 'remove_child', path: [0], index: 0 },
    ];
    session.send({ type: 'patch', ops });
    expect(gist(await session.event())).toMatchObject({ family: 'error', id: 'patch_order' });
    expect(await treeOf(session)).toEqual(tree());
    const twice = { id: 'twin', type: 'text' };
    session.send({ type: 'snapshot', tree: { id: 'w', type: 'window', children: [twice, twice] } });
    expect(gist(await session.event())).toMatchObject({ family: 'error', id: 'duplicate_node_ids' });
    expect(session.closeReason).toBeUndefined();
  });
}

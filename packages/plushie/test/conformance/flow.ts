/** More messages than the renderer takes at once: it ejects a session in which 1,024 of them wait. */
import { expect, test } from 'vitest';
import { pool, registerWith, tree, treeOf, type Subject } from './subject.ts';

export function flowSuite(subject: Subject): void {
  test('3,000 requests at once are held back as needed, and none is lost', async () => {
    const session = await registerWith(pool(subject), tree());
    const ask = async (n: number): Promise<readonly unknown[]> => {
      const replies = await Promise.all([
        session.request({ type: 'tree_hash', name: `${n}` }),
        session.request({ type: 'query', target: 'tree' }),
        // Its reply carries no id, and must not be taken for the reply to another request.
        session.request({ type: 'widget_op', op: 'find_focused' }),
      ]);
      return [replies[0].name, replies[1].data, replies[2].data];
    };
    const all = await Promise.all(Array.from({ length: 1_000 }, (_, n) => ask(n)));
    expect(all).toEqual(all.map((_, n) => [`${n}`, tree(), { focused: null }]));
    expect(session.closeReason).toBeUndefined();
  });

  test('5,000 messages that have no reply are held back too, and all arrive in order', async () => {
    const session = await registerWith(pool(subject), tree());
    for (let count = 1; count <= 5_000; count++) {
      const props = { content: `Count: ${count}` };
      session.send({ type: 'patch', ops: [{ op: 'update_props', path: [0, 0], props }] });
      if (count % 500 !== 0) continue;
      session.send({ type: 'widget_op', op: 'announce', payload: { text: props.content } });
    }
    expect(await treeOf(session)).toEqual(tree(5_000));
    for (let count = 500; count <= 5_000; count += 500) {
      // The messages of the gate itself do not reach the test.
      expect(await session.event()).toMatchObject({ family: 'announce', value: { text: `Count: ${count}` } });
    }
  });

  test('an interaction keeps its place among thousands of messages', async () => {
    const session = await registerWith(pool(subject), tree());
    const settled: string[] = [];
    const ask = async (name: string): Promise<void> => {
      settled.push((await session.request({ type: 'tree_hash', name })).name);
    };
    const before = Array.from({ length: 1_500 }, () => ask('before'));
    const selector = { by: 'id', value: 'inc' } as const;
    const click = session.interact({ type: 'interact', action: 'click', selector });
    const after = Array.from({ length: 1_500 }, () => ask('after'));
    await click.then(() => settled.push('click'));
    await Promise.all([...before, ...after]);
    expect(settled.indexOf('after')).toBeGreaterThan(1_499);
    expect(settled.indexOf('click')).toBeGreaterThan(settled.lastIndexOf('before'));
    expect(settled).toHaveLength(3_001);
  });
}

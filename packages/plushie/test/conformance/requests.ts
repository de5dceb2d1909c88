/** What is asked and answered. */
import { expect, test } from 'vitest';
import type { EffectKind, PlushieSend, Query, TreeHash } from '../../src/messages.ts';
import { failure } from '../support/failure.ts';
import { hashOf, pool, registerWith, tree, treeOf, type Subject } from './subject.ts';

export function requestSuite(subject: Subject): void {
  test('a query gives the tree, a node of it, or nothing', async () => {
    const renderers = pool(subject);
    const session = await registerWith(renderers, tree());
    expect(await treeOf(session)).toEqual(tree());
    const found = await session.request({ type: 'query', target: 'find', selector: { by: 'text', value: '+' } });
    expect(found).toMatchObject({ type: 'query_response', target: 'find', data: { id: 'inc', type: 'button' } });
    const nothing = await session.request({ type: 'query', target: 'find', selector: { by: 'id', value: 'no' } });
    expect(nothing.data).toBeNull();
    expect(await treeOf(await renderers.register())).toBeNull();
  });

  test('patches change the tree; one that points nowhere is skipped', async () => {
    const session = await registerWith(pool(subject), tree());
    const [column] = tree().children;
    session.send({
      type: 'patch',
      ops: [
        { op: 'remove_child', path: [0], index: 3 },
        { op: 'update_props', path: [0, 0], props: { content: 'Count: 1', size: 12 } },
        { op: 'replace_node', path: [0, 1], node: { id: 'dec', type: 'button', props: { label: '-' } } },
        { op: 'insert_child', path: [0], index: 99, node: { id: 'end', type: 'text', props: { content: 'end' } } },
      ],
    });
    session.send({ type: 'patch', ops: [{ op: 'update_props', path: [0, 0], props: { size: null } }] });
    session.send({ type: 'patch', ops: [{ op: 'update_props', path: [7, 7], props: { content: 'nowhere' } }] });
    const changed = await treeOf(session);
    expect(changed?.children[0]?.children.map(({ id }) => id)).toEqual(['label', 'dec', 'name', 'end']);
    expect(changed?.children[0]?.children[0]?.props).toEqual({ content: 'Count: 1' });
    expect(changed?.children[0]?.id).toBe(column?.id);
  });

  test('equal trees have equal hashes, other trees others, and no tree has none', async () => {
    const renderers = pool(subject);
    const [one, same, other, none] = await Promise.all([
      registerWith(renderers, tree()),
      registerWith(renderers, tree()),
      registerWith(renderers, tree(1)),
      renderers.register(),
    ]);
    const hash = await hashOf(one);
    // The same in every mode, in every format and from the stand-in.
    expect(hash).toBe('520d7e7bc162be8398598cb6baa649001b2bc1db30f0a469dc942e9ca10fd023');
    expect(await hashOf(same)).toBe(hash);
    expect(await hashOf(other)).not.toBe(hash);
    expect(await hashOf(none)).toBe('');
  });

  test('an effect without a display is not supported, and a stub answers in its place', async () => {
    const session = await pool(subject).register();
    const fileOpen = { type: 'effect', kind: 'file_open', payload: {} } as const;
    expect(await session.request(fileOpen)).toMatchObject({ type: 'effect_response', status: 'unsupported' });
    const unknown = { type: 'effect', kind: 'nope' as EffectKind, payload: {} } as const;
    expect(await session.request(unknown)).toMatchObject({ status: 'error' });

    const response = { path: '/a', list: [1, null, 'x'] };
    expect(await session.request({ type: 'register_effect_stub', kind: 'file_open', response })).toMatchObject({
      type: 'effect_stub_register_ack',
      kind: 'file_open',
      status: 'registered',
    });
    expect(await session.request(fileOpen)).toMatchObject({ status: 'ok', result: response });
    expect(await session.request({ type: 'unregister_effect_stub', kind: 'file_open' })).toMatchObject({
      type: 'effect_stub_unregister_ack',
      kind: 'file_open',
      status: 'unregistered',
    });
    expect(await session.request(fileOpen)).toMatchObject({ status: 'unsupported' });
  });

  test('stubs are acknowledged by kind: each call gets its own, and two of one kind are answered in order', async () => {
    const session = await pool(subject).register();
    const settled: string[] = [];
    const stub = async (kind: EffectKind, response: number): Promise<void> => {
      const ack = await session.request({ type: 'register_effect_stub', kind, response });
      expect(ack).toMatchObject({ kind, status: kind === ('nope' as EffectKind) ? 'error' : 'registered' });
      settled.push(`${kind} ${response}`);
    };
    await Promise.all([
      stub('clipboard_read', 1),
      stub('file_save', 2),
      stub('clipboard_read', 3),
      stub('nope' as EffectKind, 4),
      session.request({ type: 'unregister_effect_stub', kind: 'file_save' }).then(() => settled.push('unregistered')),
    ]);
    expect(settled).toEqual(['clipboard_read 1', 'file_save 2', 'clipboard_read 3', 'nope 4', 'unregistered']);
    const read = await session.request({ type: 'effect', kind: 'clipboard_read', payload: {} });
    expect(read.result).toBe(3);
  });

  test('operations are answered by tag, the given or a stamped one, and two with one tag in order', async () => {
    const session = await pool(subject).register();
    const bytes = new Uint8Array([255, 0, 0, 255]);
    const pixels = subject.format === 'json' ? Buffer.from(bytes).toString('base64') : bytes;
    const [focused, before, again, after] = await Promise.all([
      session.request({ type: 'widget_op', op: 'find_focused' }),
      session.request({ type: 'image_op', op: 'list', payload: { tag: 'images' } }),
      session.request({ type: 'widget_op', op: 'list_images', payload: { tag: 'images' } }),
      (() => {
        const image = { handle: 'p', pixels, width: 1, height: 1 };
        session.send({ type: 'image_op', op: 'create_image', payload: image });
        return session.request({ type: 'image_op', op: 'list' });
      })(),
    ]);
    expect(focused).toMatchObject({ type: 'op_query_response', kind: 'find_focused', data: { focused: null } });
    expect(before).toMatchObject({ tag: 'images', kind: 'list_images', data: { handles: [] } });
    expect(again).toMatchObject({ tag: 'images', kind: 'list_images', data: { handles: [] } });
    expect(after.data).toEqual({ handles: ['p'] });
  });

  test('requests that are made at once are answered each with its own, in order', async () => {
    const session = await registerWith(pool(subject), tree());
    const settled: string[] = [];
    const asked = Array.from({ length: 200 }, async (_, n) => {
      const name = `${n}`;
      if (n % 2 === 0) settled.push((await session.request({ type: 'tree_hash', name })).name);
      else settled.push((await session.request({ type: 'query', target: 'tree', id: `query ${n}` })).id);
    });
    await Promise.all(asked);
    expect(settled).toEqual(asked.map((_, n) => (n % 2 === 0 ? `${n}` : `query ${n}`)));
  });

  test('what the renderer does not answer ends at its deadline, and the session goes on', async () => {
    const session = await registerWith(pool(subject), tree());
    const mute: unknown[] = [
      { type: 'wat' },
      { type: 'tree_hash' },
      { type: 'window_op', op: 'get_size', window_id: 'w', payload: { tag: 'x' } },
    ];
    for (const message of mute) {
      const asked = session.request(message as TreeHash, { timeout: 50 });
      const error = await failure(asked, 'REQUEST_TIMEOUT');
      expect(error.evidence.messages?.join()).toContain((message as TreeHash).type);
    }
    expect(await treeOf(session)).toEqual(tree());
    expect((await session.evidence()).stderr).toContain('decode error');
  });

  test('a message that names another session is refused before it is sent', async () => {
    const renderers = pool(subject);
    const [one, other] = await Promise.all([registerWith(renderers, tree()), registerWith(renderers, tree(1))]);
    const misled = { type: 'query', target: 'tree', session: other.id } as Query;
    const error = await failure(one.request(misled), 'SESSION_REFUSED');
    expect(error.message).toContain(`names session "${other.id}"`);
    await failure(
      () => one.send({ type: 'snapshot', tree: tree(), session: other.id } as PlushieSend),
      'SESSION_REFUSED',
    );
    expect(await treeOf(other)).toEqual(tree(1));
    expect(await treeOf(one)).toEqual(tree());
  });
}

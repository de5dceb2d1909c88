/** From the start of the renderer to its hello. */
import { expect, test } from 'vitest';
import type { Hello } from '../../src/messages.ts';
import { failure } from '../support/failure.ts';
import { pool, tree, treeOf, type Subject } from './subject.ts';

export function startSuite(subject: Subject): void {
  test('the hello says which renderer it is, how it talks and what it can show', async () => {
    const session = await pool(subject).register();
    const hello = session.hello as Hello;
    expect(hello).toMatchObject({
      type: 'hello',
      name: 'plushie-renderer',
      version: '0.7.1',
      protocol_version: 1,
      mode: subject.mode,
      codec: subject.format,
      transport: 'stdio',
      backend: subject.mode === 'mock' ? 'mock' : 'tiny-skia',
    });
    expect(hello.widgets).toEqual(expect.arrayContaining(['window', 'column', 'button', 'text_input']));
    expect(session.format).toBe(subject.format);
  });

  test('another version of the protocol is refused, and the error names both', async () => {
    const renderers = pool(subject, { protocolVersion: 2 });
    const error = await failure(renderers.register(), 'CHILD_VERSION');
    expect(error.message).toContain('plushie-renderer 0.7.1 speaks protocol version 1, and the pool wants 2');
    expect(error.context).toMatchObject({ found: 1, wanted: 2 });
    expect(renderers.stats()).toMatchObject({ open: 0, quarantined: 0, pids: [] });
  });

  test('with settings that name fonts every session begins as usual', async () => {
    const renderers = pool(subject, { settings: { fonts: ['/nowhere.ttf'], default_text_size: 20 } });
    for (let time = 0; time < 2; time++) {
      await using session = await renderers.register();
      session.send({ type: 'snapshot', tree: tree() });
      expect(await treeOf(session)).toEqual(tree());
    }
    expect(renderers.stats()).toMatchObject({ children: 1, sessions: 2, strays: 0 });
  });
}

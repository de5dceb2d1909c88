/** A session as the transport of a runtime that speaks the dialect itself. */
import { pooledTransport } from 'carpool';
import { expect, test } from 'vitest';
import type { InteractStep } from '../../src/messages.ts';
import { pool, tree, type Subject } from './subject.ts';

interface Heard {
  readonly type: string;
  readonly id?: string;
}

export function transportSuite(subject: Subject): void {
  test('a runtime with its own ids receives every reply, step and event of its session, in order', async () => {
    const renderers = pool(subject);
    // Two with the same ids.
    await Promise.all([drive(), drive()]);
    expect(renderers.stats()).toMatchObject({ open: 0, quarantined: 0, strays: 0 });

    async function drive(): Promise<void> {
      const session = await renderers.register();
      const transport = pooledTransport(session);
      const heard: Heard[] = [];
      const over = Promise.withResolvers<void>();
      let tabs = 0;
      transport.onMessage((message) => {
        const { type, id } = message as Heard;
        heard.push({ type, ...(id === undefined || id === '' ? {} : { id }) });
        if (id === 'tab' && ++tabs === 2) {
          // Everything at once: what must not come between a step and its answer is held back.
          transport.send({
            type: 'interact',
            id: 'typing',
            action: 'type_text',
            payload: { text: 'ab' },
            selector: name,
          });
          transport.send({ type: 'tree_hash', id: 'hash', name: 'h' });
        }
        if (type === 'interact_step') {
          const [event] = (message as InteractStep).events;
          const value = event?.family === 'input' ? event.value : 'no input';
          transport.send({ type: 'patch', ops: [{ op: 'update_props', path: [0, 2], props: { value } }] });
        }
        if (id === 'hash') over.resolve();
      });
      expect(transport.format).toBe(subject.format);
      const name = { by: 'id', value: 'name' };
      transport.send({ type: 'snapshot', tree: tree() });
      transport.send({ type: 'query', id: '1', target: 'tree' });
      transport.send({ type: 'register_effect_stub', kind: 'file_open', response: 1 });
      transport.send({ type: 'effect', id: '2', kind: 'file_open', payload: {} });
      transport.send({ type: 'widget_op', op: 'announce', payload: { text: 'hi' } });
      for (let time = 0; time < 2; time++) {
        transport.send({ type: 'interact', id: 'tab', action: 'press', payload: { key: 'Tab' } });
      }
      await over.promise;
      expect(heard).toEqual([
        { type: 'query_response', id: '1' },
        { type: 'effect_stub_register_ack' },
        { type: 'effect_response', id: '2' },
        { type: 'event' },
        { type: 'interact_response', id: 'tab' },
        { type: 'interact_response', id: 'tab' },
        { type: 'interact_step', id: 'typing' },
        { type: 'interact_step', id: 'typing' },
        { type: 'interact_response', id: 'typing' },
        { type: 'tree_hash_response', id: 'hash' },
      ]);
      const closed = new Promise((resolve) => transport.onClose(resolve));
      await transport.close();
      expect(await closed).toMatchObject({ by: 'unregister' });
    }
  });
}

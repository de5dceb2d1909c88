/** `send_interact`, the events of the pool, and the backend on them. */
import type { PlushieSend } from '../../../src/index.ts';
import type { Line } from './line.ts';
import { tree, treeOf, typeText, withFocus } from './subject.ts';

export const eventLines: readonly Line[] = [
  {
    theirs: '`send_interact` → the id of the request',
    ours: '`session.interact(message).id`',
    title: 'send_interact: the id of the request is known at once',
    async check({ register, expect }) {
      const session = await withFocus(await register('renderer'));
      const press = { type: 'interact', action: 'press', payload: { key: 'F5' } } as const;
      const [fresh, own] = [session.interact(press), session.interact({ ...press, id: 'my own' })];
      expect(fresh.id).toMatch(/./);
      expect(own.id).toBe('my own');
      expect(await fresh).toMatchObject({ id: fresh.id });
      expect(await own).toMatchObject({ id: 'my own' });
    },
  },
  {
    theirs: '`PoolEventInteractStep`',
    ours: '`for await (const step of session.interact(message))`',
    title: 'InteractStep: steps come in order with the id of the request, each answered before the next',
    async check({ register, expect }) {
      const session = await withFocus(await register('renderer'));
      const typing = session.interact(typeText);
      const steps: unknown[] = [];
      for await (const { type, id, events } of typing) {
        const [event] = events;
        const value = event?.family === 'input' ? event.value : 'no input';
        steps.push([type, id, value]);
        session.send({ type: 'snapshot', tree: tree('typing', value) });
      }
      expect(steps).toEqual(['a', 'ab'].map((value) => ['interact_step', typing.id, value]));
      expect(await treeOf(session)).toEqual(tree('typing', 'ab'));
    },
  },
  {
    theirs: '`PoolEventInteractResponse`',
    ours: '`await session.interact(message)`',
    title: 'InteractResponse: the response comes after the steps, with the id of the request',
    async check({ register, expect }) {
      const session = await withFocus(await register('renderer'));
      const press = { type: 'interact', action: 'press', payload: { key: 'F5' } } as const;
      const interaction = session.interact(press);
      const { type, id, events } = await interaction;
      expect([type, id]).toEqual(['interact_response', interaction.id]);
      expect(events.map(({ family }) => family)).toEqual(['key_press']);
    },
  },
  {
    theirs: '`PoolEventGeneric`',
    ours: '`session.event()`, `session.events()`',
    title: 'Generic: everything else that the renderer sends comes in order',
    async check({ register, expect }) {
      const session = await register('renderer');
      for (const text of ['one', 'two']) session.send({ type: 'widget_op', op: 'announce', payload: { text } });
      expect(await session.event()).toMatchObject({ family: 'announce', value: { text: 'one' } });
      for await (const event of session.events()) {
        expect(event).toMatchObject({ family: 'announce', value: { text: 'two' } });
        break;
      }
    },
  },
  {
    theirs: '`PoolEvent`, as messages to the owner',
    ours: '`session.onMessage(handler)`',
    title: 'PoolEvent: an owner that writes its own ids gets all three as they come',
    async check({ register, expect }) {
      const session = await withFocus(await register('renderer'));
      const heard: unknown[] = [];
      const announced = new Promise<void>((resolve) => {
        session.onMessage((message) => {
          heard.push([message['type'], message['id']]);
          if (message['type'] === 'interact_step') session.send({ type: 'snapshot', tree: tree('typing') });
          if (message['type'] === 'event') resolve();
        });
      });
      session.send({ ...typeText, payload: { text: 'a' }, id: 'mine' } as unknown as PlushieSend);
      session.send({ type: 'widget_op', op: 'announce', payload: { text: 'end' } });
      await announced;
      expect(heard).toEqual([
        ['interact_step', 'mine'],
        ['interact_response', 'mine'],
        ['event', ''],
      ]);
    },
  },
  {
    theirs: '`pooled.backend(pool)`',
    ours: '`pooledBackend(pool)`, `pooledTransport(session)`',
    title: 'backend: a runtime gets the hello first, then its reply',
    async check({ register, expect, pooledBackend }) {
      const transport = pooledBackend({ register: (options) => register('renderer', options) })();
      const heard: unknown[] = [];
      const answered = new Promise<void>((resolve) => {
        transport.onMessage((message) => {
          heard.push(message['type']);
          if (message['id'] === 'mine') resolve();
        });
      });
      transport.send({ type: 'settings', session: '', settings: { protocol_version: 1 } });
      transport.send({ type: 'query', session: '', id: 'mine', target: 'tree' });
      await answered;
      expect(heard).toEqual(['hello', 'query_response']);
      await transport.close();
    },
  },
];

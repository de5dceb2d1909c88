/** Interactions: requests with steps before their reply, each of which needs an answer. */
import { expect, test } from 'vitest';
import type { Interact, Patch, PlushieEvent, Snapshot, StoredNode } from '../../src/messages.ts';
import { failure } from '../support/failure.ts';
import { gist, hashOf, pool, pressTab, registerWith, tree, treeOf, type Subject } from './subject.ts';

export function interactionSuite(subject: Subject): void {
  test('an interaction without steps can be awaited, and iterated', async () => {
    const session = await registerWith(pool(subject), tree());
    const selector = { by: 'id', value: 'inc' } as const;
    const clicked = await session.interact({ type: 'interact', action: 'click', selector });
    expect(clicked.events.map(gist)).toEqual([{ family: 'click', id: 'inc' }]);
    const checkbox = { by: 'id', value: 'ok' } as const;
    const toggle = { type: 'interact', action: 'toggle', selector: checkbox, payload: { value: true } } as const;
    const iterated = session.interact(toggle);
    for await (const step of iterated) expect(step, 'a step').toBeUndefined();
    const toggled = { family: 'toggle', id: 'ok', value: true };
    expect((await iterated).events.map(gist)).toEqual([toggled]);
    expect((await session.interact(toggle)).events.map(gist)).toEqual([toggled]);
  });

  test('keys that no widget takes come back as they are; what finds no widget says so', async () => {
    const session = await registerWith(pool(subject), tree());
    const press = { type: 'interact', action: 'press', payload: { combo: 'Ctrl+Shift+s' } } as const;
    const [event] = (await session.interact(press)).events;
    expect(event).toMatchObject({ family: 'key_press', value: { key: 's' }, modifiers: { ctrl: true, shift: true } });
    const selector = { by: 'id', value: 'nowhere' } as const;
    const slide = { type: 'interact', action: 'slide', selector, payload: { value: 1 } } as const;
    expect((await session.interact(slide)).events.map(gist)).toMatchObject([
      { family: 'diagnostic', value: { code: 'selector_not_found' } },
    ]);
    const frob = { type: 'interact', action: 'frob', selector } as unknown as Interact;
    expect((await session.interact(frob)).events.map(gist)).toMatchObject([{ value: { code: 'unknown_action' } }]);
  });

  for (const answer of ['patch', 'snapshot'] as const) {
    test(`each step is answered with a ${answer}, and the renderer goes on with that tree`, async () => {
      const session = await registerWith(pool(subject), tree());
      await pressTab(session, 2);
      const values: unknown[] = [];
      const typing = session.interact(typeText('abc'));
      for await (const { events } of typing) {
        const [event] = events;
        expect(events.map(gist)).toEqual([{ family: 'input', id: 'name', value: typed(event) }]);
        values.push(typed(event));
        session.send(answer === 'patch' ? patchOf(typed(event)) : snapshotOf(typed(event)));
      }
      expect(values).toEqual(['a', 'ab', 'abc']);
      expect((await typing).events).toEqual([]);
      expect((await treeOf(session))?.children[0]?.children[2]?.props).toMatchObject({ value: 'abc' });
    });
  }

  test('messages sent during an interaction wait for its response, and are then answered in order', async () => {
    const renderers = pool(subject);
    const [session, bystander] = await Promise.all([registerWith(renderers, tree()), registerWith(renderers, tree())]);
    await pressTab(session, 2);
    const settled: string[] = [];
    const note = (what: string) => () => void settled.push(what);
    const typing = session.interact(typeText('ab'));
    const queried = session.request({ type: 'query', target: 'tree' });
    const before = [
      queried.then(note('query')),
      session.request({ type: 'register_effect_stub', kind: 'file_open', response: 1 }).then(note('stub')),
    ];
    session.send({ type: 'subscribe', kind: 'on_animation_frame', tag: 'f' });
    session.send({ type: 'advance_frame', timestamp: 16 });
    const next = session.interact(typeText('c'));
    const during: Promise<void>[] = [];
    for await (const { events } of typing) {
      during.push(session.request({ type: 'tree_hash', name: 'h' }).then(note('hash')));
      // Other sessions are not held up.
      expect(await treeOf(bystander)).toEqual(tree());
      expect(settled).toEqual([]);
      session.send(patchOf(typed(events[0])));
    }
    await typing.then(note('response'));
    for await (const { events } of next) {
      expect(gist(events[0] as PlushieEvent)).toEqual({ family: 'input', id: 'name', value: 'abc' });
      session.send(patchOf('abc'));
    }
    await Promise.all([...before, ...during, next.then(note('next response'))]);
    expect(settled.filter((what) => what !== 'response')).toEqual(['query', 'stub', 'next response', 'hash', 'hash']);
    expect(settled).toContain('response');
    expect((await queried).data?.children[0]?.children[2]?.props).toMatchObject({ value: 'ab' });
    expect(gist(await session.event())).toEqual({ family: 'animation_frame', id: '', value: { timestamp: 16 } });
  });

  test('awaited without answering its steps it ends at its deadline, and an answer then lets the session go on', async () => {
    const session = await registerWith(pool(subject), tree());
    await pressTab(session, 2);
    const error = await failure(
      session.interact(typeText('a'), { timeout: 100 }).then((response) => response),
      'REQUEST_TIMEOUT',
    );
    // The evidence shows what was missed: the step, and nothing after it.
    expect(error.evidence.messages?.at(-1)).toContain('interact_step');
    const hash = hashOf(session);
    session.send(patchOf('a'));
    expect(await hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await treeOf(session))?.children[0]?.children[2]?.props).toMatchObject({ value: 'a' });
  });

  test('a session that is unregistered in the middle of an interaction leaves a free slot', async () => {
    const renderers = pool(subject, { maxSessions: 2 });
    const bystander = await registerWith(renderers, tree(1));
    for (let time = 0; time < 3; time++) {
      const session = await registerWith(renderers, tree());
      await pressTab(session, 2);
      const typing = session.interact(typeText('abc'));
      const held = session.request({ type: 'query', target: 'tree' });
      const loop = (async () => {
        for await (const step of typing) {
          expect(step.events).toHaveLength(1);
          await session.unregister();
        }
      })();
      await failure(loop, 'SESSION_CLOSED');
      await failure(held, 'SESSION_CLOSED');
      expect(renderers.stats()).toMatchObject({ open: 1, quarantined: 0 });
    }
    expect(await treeOf(bystander)).toEqual(tree(1));
    const again = await registerWith(renderers, tree());
    expect(await treeOf(again)).toEqual(tree());
    expect(renderers.stats()).toMatchObject({ children: 1, sessions: 5 });
  });
}

function typeText(text: string): Interact {
  return { type: 'interact', action: 'type_text', selector: { by: 'id', value: 'name' }, payload: { text } };
}

function typed(event: PlushieEvent | undefined): string {
  return event?.family === 'input' ? event.value : `no input: ${event?.family}`;
}

function patchOf(value: string): Patch {
  return { type: 'patch', ops: [{ op: 'update_props', path: [0, 2], props: { value } }] };
}

function snapshotOf(value: string): Snapshot {
  const valued = (node: StoredNode): StoredNode => ({
    ...node,
    props: node.id === 'name' ? { ...node.props, value } : node.props,
    children: node.children.map(valued),
  });
  return { type: 'snapshot', tree: valued(tree()) };
}

/** `validate_props` of the renderer that CARPOOL_RENDERER names, as `diagnostics: 'fail'` turns it on. */
import { describe, expect, test } from 'vitest';
import type { TreeNode } from '../src/index.ts';
import { pool, pressTab, real, type PlushieSession } from './conformance/subject.ts';
import { failure } from './support/failure.ts';

const shown = (type: string, props: TreeNode['props'] = {}): TreeNode => ({
  id: 'w',
  type: 'window',
  children: [{ id: 'it', type, props }],
});

const unknownProp = /\n {2}prop_validation: prop_unknown: (button|text_input) it has no prop "colour"/;

describe.each([real('mock', 'msgpack'), real('mock', 'json'), real('headless', 'msgpack'), real('headless', 'json')])(
  '$name',
  (subject) => {
    test('wrong properties fail the session that sent them, although its end follows at once', async () => {
      const renderers = pool(subject, { diagnostics: 'fail' });
      const [faulty, clean] = await Promise.all([renderers.register(), renderers.register()]);
      clean.send({ type: 'snapshot', tree: shown('button', { label: 'OK' }) });
      faulty.send({ type: 'snapshot', tree: shown('button', { label: 42, colour: 'red' }) });
      const [error] = await Promise.all([failure(faulty.unregister(), 'SESSION_DIAGNOSTICS'), clean.unregister()]);
      expect(error.message).toMatch(/prop_type_mismatch: button it prop label got I64\(42\), expected string/);
      expect(error.message).toContain('button it has no prop "colour"');
      expect(renderers.stats()).toMatchObject({ open: 0, quarantined: 0 });
    });

    test('each patch names what is still wrong; the error lists it once', async () => {
      const session = await pool(subject, { diagnostics: 'fail' }).register();
      session.send({ type: 'snapshot', tree: shown('button', { label: 'OK', colour: 'red' }) });
      for (let n = 0; n < 10; n++) {
        session.send({ type: 'patch', ops: [{ op: 'update_props', path: [0], props: { label: `${n}` } }] });
      }
      const error = await failure(session.unregister(), 'SESSION_DIAGNOSTICS');
      expect(error.message.split('\n--- ')[0]?.match(/prop_validation/g)).toHaveLength(1);
      expect(error.message).toMatch(unknownProp);
    });

    test('a wrong tree that answers a step is found at the end', async () => {
      const session = await pool(subject, { diagnostics: 'fail' }).register();
      session.send({ type: 'snapshot', tree: shown('text_input', { value: '' }) });
      await typeOneKey(session, () =>
        session.send({ type: 'snapshot', tree: shown('text_input', { value: 'a', colour: 'red' }) }),
      );
      expect((await failure(session.unregister(), 'SESSION_DIAGNOSTICS')).message).toMatch(unknownProp);
    });

    test('the end of a session confirms itself in the middle of an interaction too', async () => {
      const renderers = pool(subject, { diagnostics: 'fail' });
      const session = await renderers.register();
      session.send({ type: 'snapshot', tree: shown('text_input', { value: '' }) });
      await pressTab(session, 1);
      const typing = session.interact(typeIt);
      await typing[Symbol.asyncIterator]().next();
      const unanswered = failure(typing, 'SESSION_CLOSED');
      await session.unregister();
      await unanswered;
      expect(renderers.stats()).toMatchObject({ open: 0, quarantined: 0 });
    });

    test('a font that is not there names no session: all that are open say so', async () => {
      const renderers = pool(subject, { diagnostics: 'fail' });
      const [one, other] = await Promise.all([renderers.register(), renderers.register()]);
      one.send({ type: 'settings', settings: { default_font: { family: 'NoSuchFont' } } });
      await one.request({ type: 'query', target: 'tree' });
      for (const session of [one, other]) {
        const { message } = await failure(session.unregister(), 'SESSION_DIAGNOSTICS');
        expect(message).toMatch(
          /\n {2}font_family_not_found: warn \(family: "NoSuchFont"\) \(the child does not say which/,
        );
        expect(message).toContain(`open were ${one.id}, ${other.id})`);
      }
    });

    test('nothing is checked without it', async () => {
      const session = await pool(subject).register();
      session.send({ type: 'snapshot', tree: shown('button', { label: 'OK', colour: 'red' }) });
      await session.unregister();
      const events: unknown[] = [];
      for await (const event of session.events()) events.push(event);
      expect(events).toEqual([]);
    });
  },
);

const typeIt = {
  type: 'interact',
  action: 'type_text',
  selector: { by: 'id', value: 'it' },
  payload: { text: 'a' },
} as const;

/** `answer` is called at the step that the key brings. */
async function typeOneKey(session: PlushieSession, answer: () => void): Promise<void> {
  await pressTab(session, 1);
  for await (const { events } of session.interact(typeIt)) {
    expect(events).toMatchObject([{ family: 'input', value: 'a' }]);
    answer();
  }
}

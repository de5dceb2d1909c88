/**
 * The dialect against a renderer that says what plushie-renderer's main branch says, where that differs from 0.7.1: the
 * details of a lifecycle event are in `value`, a message that it cannot take is a diagnostic of its session, and there are
 * more codes. Only the words of the renderer differ: no test changes the options of the pool.
 */
import { expect, test } from 'vitest';
import { tree } from './conformance/subject.ts';
import { failure } from './support/failure.ts';
import { hello, ScriptedRenderer } from './support/scripted-renderer.ts';

function event(session: string, family: string, value: object): object {
  return { type: 'event', session, family, id: '', value };
}

function failed(session: string, code: string): object {
  return event(session, 'session_error', { code, error: 'in its words' });
}

function closed(session: string): object {
  return event(session, 'session_closed', {});
}

async function greeted(): Promise<ScriptedRenderer> {
  const renderer = await ScriptedRenderer.start({ greets: false });
  const started = renderer.pool.start();
  await renderer.hears('settings');
  renderer.say({ ...hello, version: '0.8.0', protocol: 1, thought_of_later: ['x'] });
  await started;
  return renderer;
}

test('a hello with fields that are not known is a hello', async () => {
  const renderer = await greeted();
  const session = await renderer.pool.register();
  expect(session.hello).toMatchObject({ version: '0.8.0', thought_of_later: ['x'] });
});

test.each(['max_sessions_reached', 'session_channel_closed', 'writer_dead'])(
  '%s with its detail in `value` ends the session, and its slot is free at once',
  async (code) => {
    const renderer = await greeted();
    const session = await renderer.pool.register();
    const bystander = await renderer.bystander();
    renderer.say(failed(session.id, code));
    const { error } = await session.closed;
    expect(error).toMatchObject({ code: 'SESSION_FAILED', context: { childCode: code } });
    expect(error?.message).toContain('in its words');
    await bystander.round();
    expect(renderer.pool.stats()).toMatchObject({ open: 1, quarantined: 0 });
  },
);

test.each(['host_disconnect', 'session_backpressure_overflow', 'session_panic'])(
  '%s with its detail in `value` ends the session, and session_closed frees its slot',
  async (code) => {
    const renderer = await greeted();
    const session = await renderer.pool.register();
    const bystander = await renderer.bystander();
    renderer.say(failed(session.id, code));
    expect((await session.closed).error).toMatchObject({ code: 'SESSION_FAILED', context: { childCode: code } });
    await bystander.round();
    expect(renderer.pool.stats()).toMatchObject({ open: 2, quarantined: 0 });
    renderer.say(closed(session.id));
    await bystander.round();
    expect(renderer.pool.stats()).toMatchObject({ open: 1, quarantined: 0 });
    expect(renderer.heardIn(session.id)).toEqual([]);
  },
);

test('a session without the settings of the greeting lives on, with those that Carpool sent, until it is closed', async () => {
  const renderer = await greeted();
  const session = await renderer.pool.register();
  renderer.say(failed(session.id, 'initial_settings_enqueue_failed'));
  expect(await session.event()).toMatchObject({
    family: 'session_error',
    value: { code: 'initial_settings_enqueue_failed' },
  });
  const unregistered = session.unregister();
  await renderer.hears('reset');
  renderer.say(closed(session.id));
  await unregistered;
  expect(renderer.pool.stats()).toMatchObject({ open: 0, quarantined: 0 });
});

test('what the renderer cannot take is in the error of the request that gets no reply, and an event of its session', async () => {
  const renderer = await greeted();
  const session = await renderer.pool.register();
  const bystander = await renderer.bystander();
  const request = failure(session.request({ type: 'tree_hash', name: 'n' }, { timeout: 500 }), 'REQUEST_TIMEOUT');
  await renderer.hears('tree_hash');
  const diagnostic = { kind: 'wire_input_error', detail: 'decode error: missing field `name`' };
  renderer.say({ type: 'diagnostic', session: session.id, level: 'warn', diagnostic });
  const said = await session.event();
  expect(said.family).toBeUndefined();
  expect(said).toEqual({ type: 'diagnostic', session: session.id, level: 'warn', diagnostic });
  // What could not even be decoded names no session, and no test gets it.
  renderer.say({ type: 'diagnostic', session: '', level: 'warn', diagnostic });
  await bystander.round();
  expect((await request).message).toContain('missing field `name`');
  expect(renderer.pool.stats()).toMatchObject({ open: 2, failures: 0 });
});

test('a reset in place begins the session anew, also in mid-interaction', async () => {
  const renderer = await greeted();
  const session = await renderer.pool.register();
  const { id } = session;
  const interaction = failure(
    session.interact({ type: 'interact', action: 'press', payload: { key: 'Tab' } }),
    'SESSION_CLOSED',
  );
  await renderer.hears('interact');
  session.send({ type: 'reset' });
  await renderer.hears('reset');
  session.send({ type: 'snapshot', tree: tree() });
  renderer.say(failed(id, 'host_disconnect'));
  renderer.say(closed(id));
  await interaction;
  await renderer.hears('snapshot');
  expect(renderer.heardIn(id).map(({ type }) => type)).toEqual(['interact', 'reset', 'snapshot']);
  expect(session.closeReason).toBeUndefined();
});

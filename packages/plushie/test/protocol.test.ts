/** The dialect against a renderer that says what the test wants, also what the real one says only in rare cases. */
import { expect, test } from 'vitest';
import { tree } from './conformance/subject.ts';
import { failure } from './support/failure.ts';
import { hello, ScriptedRenderer, sessionClosed } from './support/scripted-renderer.ts';

test('a slot is free when the renderer has said session_closed; its answer to the reset is not enough', async () => {
  const renderer = await ScriptedRenderer.start();
  const { pool } = renderer;
  const session = await pool.register();
  const bystander = await renderer.bystander();
  const unregistered = session.unregister();
  const reset = await renderer.hears('reset');
  renderer.say({ type: 'reset_response', session: session.id, id: reset['id'], status: 'ok' });
  renderer.say(sessionClosed('another'));
  renderer.say(sessionClosed(''));
  await bystander.round();
  expect(pool.stats()).toMatchObject({ open: 2, quarantined: 0 });
  renderer.say(sessionClosed(session.id));
  await unregistered;
  expect(pool.stats()).toMatchObject({ open: 1, quarantined: 0 });
});

test('the settings are in the greeting and in every session; fonts, which the process keeps, are loaded once', async () => {
  const renderer = await ScriptedRenderer.start({ settings: { theme: 'dark', fonts: ['/a.ttf'] }, greets: false });
  const { pool } = renderer;
  const first = pool.register();
  await renderer.hears('settings');
  renderer.say(hello);
  // A session loads them, and ends before any other begins.
  expect(await renderer.hears('reset')).toMatchObject({ session: '' });
  renderer.say(sessionClosed(''));
  await first;
  await pool.register();
  await renderer.hears('settings', 4);
  expect(renderer.heard.filter(({ type }) => type === 'settings')).toEqual([
    { type: 'settings', session: '', settings: { theme: 'dark', protocol_version: 1 } },
    { type: 'settings', session: '', settings: { fonts: ['/a.ttf'] } },
    { type: 'settings', session: 's1', settings: { theme: 'dark' } },
    { type: 'settings', session: 's2', settings: { theme: 'dark' } },
  ]);
});

test('without settings a session begins with its first message', async () => {
  const renderer = await ScriptedRenderer.start();
  const session = await renderer.pool.register();
  session.send({ type: 'snapshot', tree: tree() });
  await renderer.hears('snapshot');
  expect(renderer.heardIn(session.id)).toEqual([{ type: 'snapshot', session: session.id, tree: tree() }]);
});

test.each(['max_sessions_reached', 'session_channel_closed', 'writer_dead'])(
  '%s ends the session, and its slot is free at once',
  async (code) => {
    const renderer = await ScriptedRenderer.start();
    const { pool } = renderer;
    const session = await pool.register();
    const bystander = await renderer.bystander();
    const data = { code, error: 'in its words' };
    renderer.say({ type: 'event', family: 'session_error', session: session.id, id: '', data });
    const { error, by } = await session.closed;
    expect(by).toBe('child');
    expect(error).toMatchObject({ code: 'SESSION_FAILED', context: { childCode: code } });
    expect(error?.message).toContain('in its words');
    await bystander.round();
    expect(pool.stats()).toMatchObject({ open: 1, quarantined: 0 });
    expect(renderer.heardIn(session.id)).toEqual([]);
  },
);

test.each([
  { code: 'host_disconnect', place: 'data' },
  { code: 'session_backpressure_overflow', place: 'data' },
  { code: 'session_panic', place: 'value' },
])('$code ends the session, and session_closed frees its slot; a reset would begin a new one', async (row) => {
  const renderer = await ScriptedRenderer.start();
  const { pool } = renderer;
  const session = await pool.register();
  const bystander = await renderer.bystander();
  const detail = { [row.place]: { code: row.code, error: 'why' } };
  renderer.say({ type: 'event', family: 'session_error', session: session.id, id: '', ...detail });
  expect((await session.closed).error).toMatchObject({ code: 'SESSION_FAILED', context: { childCode: row.code } });
  await bystander.round();
  expect(pool.stats()).toMatchObject({ open: 2, quarantined: 0 });
  renderer.say(sessionClosed(session.id));
  await bystander.round();
  expect(pool.stats()).toMatchObject({ open: 1, quarantined: 0 });
  expect(renderer.heardIn(session.id)).toEqual([]);
});

test('an error that ends no session is an event, such as the cap on fonts, or one that a newer renderer has; an error of the process is not', async () => {
  const renderer = await ScriptedRenderer.start();
  const { pool } = renderer;
  const session = await pool.register();
  const detail = { code: 'font_cap_exceeded', error: 'x' };
  const newer = { code: 'initial_settings_enqueue_failed', error: 'x' };
  const unknown = { code: 'thought_of_later', error: 'x' };
  for (const data of [newer, unknown]) {
    renderer.say({ type: 'event', family: 'session_error', session: session.id, id: '', data });
  }
  const refused = { kind: 'wire_input_error', detail: 'decode error: missing field `tag`' };
  renderer.say({ type: 'diagnostic', session: session.id, level: 'warn', diagnostic: refused });
  renderer.say({ type: 'event', family: 'session_error', session: session.id, id: '', value: detail });
  renderer.say({ type: 'event', family: 'session_error', session: session.id, id: '', data: detail });
  renderer.say({
    type: 'event',
    family: 'session_error',
    session: '',
    id: '',
    value: { code: 'renderer_panic', error: 'x' },
  });
  renderer.say({ type: 'event', family: 'session_closed', session: '', id: '', value: { reason: 'panic' } });
  renderer.say({ type: 'diagnostic', session: '', level: 'error', diagnostic: { kind: 'invalid_settings' } });
  renderer.say({ type: 'event', family: 'click', session: session.id, id: 'last' });
  const said: string[] = [];
  for await (const event of session.events()) {
    said.push(event.type === 'diagnostic' ? event.diagnostic.kind : event.family);
    if (said.at(-1) === 'click') break;
  }
  const four = Array.from({ length: 4 }, () => 'session_error');
  expect(said.toSorted()).toEqual(['click', ...four, 'wire_input_error']);
  expect(session.closeReason).toBeUndefined();
  expect(pool.stats()).toMatchObject({ open: 1, quarantined: 0, failures: 0 });
});

test('what the renderer has not taken stays below the 512 messages that it looks at, reset included', async () => {
  const renderer = await ScriptedRenderer.start();
  const session = await renderer.pool.register();
  const bystander = await renderer.bystander();
  for (let index = 0; index < 2_000; index++) {
    session.send({ type: 'patch', ops: [{ op: 'remove_child', path: [], index }] });
  }
  const untaken: number[] = [];
  for (let taken = 0; ;) {
    await bystander.round();
    const heard = renderer.heardIn(session.id);
    untaken.push(heard.length - taken);
    const at = heard.findIndex(({ type }, position) => position >= taken && type === 'query');
    if (at < 0) break;
    taken = at + 1;
    renderer.say({ type: 'query_response', session: session.id, id: heard[at]?.['id'], target: 'find', data: null });
  }
  expect(Math.max(...untaken)).toBeGreaterThan(490);
  expect(Math.max(...untaken)).toBeLessThan(510);
  const patches = renderer.heardIn(session.id).filter(({ type }) => type === 'patch');
  expect(patches.map(({ ops }) => (ops as { index: number }[])[0]?.index)).toEqual(Array.from(Array(2_000).keys()));
});

test('with `diagnostics: "fail"` the greeting turns `validate_props` on, and each end asks for what is wrong', async () => {
  const renderer = await ScriptedRenderer.start({ diagnostics: 'fail' });
  const session = await renderer.pool.register();
  const unregistered = session.unregister();
  await renderer.hears('reset');
  expect(renderer.heard[0]).toEqual({
    type: 'settings',
    session: '',
    settings: { validate_props: true, protocol_version: 1 },
  });
  expect(renderer.heardIn(session.id)).toMatchObject([{ type: 'patch', ops: [] }, { type: 'reset' }]);
  renderer.say(sessionClosed(session.id));
  await unregistered;
});

test.each([
  {
    what: 'a property',
    said: { type: 'event', family: 'prop_validation', id: 'b', value: { node_id: 'b', warnings: ['one', 'two'] } },
    shown: 'prop_validation: one; two',
  },
  {
    what: 'a canvas',
    said: {
      type: 'event',
      family: 'diagnostic',
      id: 'c',
      value: { level: 'warning', code: 'no_a11y', message: 'why' },
    },
    shown: 'no_a11y: why',
  },
  {
    what: 'a refused message',
    said: { type: 'event', family: 'error', id: 'patch_order', value: { error: 'why' } },
    shown: 'patch_order: why',
  },
  {
    what: 'a cap on fonts',
    said: { type: 'event', family: 'session_error', id: '', data: { code: 'font_cap_exceeded', error: 'why' } },
    shown: 'font_cap_exceeded: why',
  },
  {
    what: 'a message of a newer renderer, which names the session,',
    said: { type: 'diagnostic', level: 'warn', diagnostic: { kind: 'duplicate_id', id: 'x' } },
    shown: 'duplicate_id: warn (id: "x")',
  },
])('$what is a diagnostic', async ({ said, shown }) => {
  const renderer = await ScriptedRenderer.start({ diagnostics: 'fail' });
  const session = await renderer.pool.register();
  session.send({ type: 'snapshot', tree: tree() });
  await renderer.hears('snapshot');
  const unregistered = failure(session.unregister(), 'SESSION_DIAGNOSTICS');
  await renderer.hears('reset');
  renderer.say({ ...said, session: session.id });
  renderer.say(sessionClosed(session.id));
  expect((await unregistered).message).toContain(`\n  ${shown}\n`);
});

test('what the renderer only mentions, or says of itself before a session is there, fails none', async () => {
  const renderer = await ScriptedRenderer.start({ diagnostics: 'fail', greets: false });
  const registering = renderer.pool.register();
  await renderer.hears('settings');
  renderer.say({ type: 'diagnostic', session: '', level: 'warn', diagnostic: { kind: 'invalid_settings' } });
  renderer.say(hello);
  const session = await registering;
  renderer.say({ type: 'diagnostic', session: '', level: 'info', diagnostic: { kind: 'font_cache_cap_exceeded' } });
  const unregistered = session.unregister();
  await renderer.hears('reset');
  renderer.say(sessionClosed(session.id));
  await unregistered;
  expect(session.closeReason).toMatchObject({ by: 'unregister' });
});

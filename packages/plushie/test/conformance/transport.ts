/** A session as the transport of a runtime that speaks the renderer's protocol itself. */
import { describe, expect, test } from 'vitest';
import { pooledBackend, pooledTransport, type PooledTransport } from '../../src/backend.ts';
import type { InteractStep } from '../../src/messages.ts';
import { sources, type SourceKind } from './sources.ts';
import { tree, type PlushieSession, type Subject } from './subject.ts';

type Message = Record<string, unknown>;

/** A runtime that writes down what it is told. */
class Listening {
  readonly heard: Message[] = [];
  readonly ends: string[] = [];
  readonly #waiting = new Set<() => void>();

  readonly transport: PooledTransport;

  constructor(transport: PooledTransport) {
    this.transport = transport;
    transport.onMessage((message) => {
      this.heard.push(message);
      this.#news();
    });
    transport.onClose((reason) => {
      this.ends.push(reason);
      this.#news();
    });
  }

  /** Starts as Plushie's runtimes do. */
  greet(): void {
    this.transport.send({ type: 'settings', session: '', settings: { protocol_version: 1 } });
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async reply(id: string): Promise<Message> {
    await this.until(() => this.heard.some((message) => message['id'] === id) || this.ends.length > 0);
    return this.heard.find((message) => message['id'] === id) ?? {};
  }

  #news(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

export function transportSuite(subject: Subject): void {
  for (const source of sources) {
    describe(`a transport, ${source.name}`, () => {
      ofSource(subject, source);
    });
  }
}

function ofSource(subject: Subject, { start }: SourceKind): void {
  test('a runtime hears the hello first, then every reply, step and event of its session, in order', async () => {
    const [one, other] = await start(subject);
    // Two with the same ids.
    await Promise.all([one, other].map(async (source) => drive(await source.register())));
    expect(await one.stats()).toMatchObject({ open: 0, quarantined: 0, strays: 0 });
  });

  test('the hello comes once, after the first message, to the handler that is set then', async () => {
    const [source] = await start(subject);
    const session = await source.register();
    const runtime = new Listening(pooledTransport(session));
    const replaced = [...runtime.heard];
    runtime.greet();
    const later: Message[] = [];
    const answered = new Promise<void>((resolve) => {
      runtime.transport.onMessage((message) => {
        later.push(message);
        if (message['id'] === 'q') resolve();
      });
    });
    runtime.transport.send({ type: 'query', session: session.id, id: 'q', target: 'tree' });
    await answered;
    expect([...replaced, ...runtime.heard]).toEqual([]);
    expect(later).toEqual([session.hello, expect.objectContaining({ type: 'query_response', session: session.id })]);
    await runtime.transport.close();
  });

  test('a message may name its session or leave that empty, and no other session', async () => {
    const [one, other] = await start(subject);
    const [session, theirs] = await Promise.all([one.register(), other.register()]);
    const runtime = new Listening(pooledTransport(session));
    for (const named of ['', session.id, undefined]) {
      const id = `as ${String(named)}`;
      runtime.transport.send({ type: 'query', id, target: 'tree', ...(named === undefined ? {} : { session: named }) });
      expect(await runtime.reply(id)).toMatchObject({ type: 'query_response', session: session.id });
    }
    const foreign = { type: 'query', id: 'foreign', target: 'tree', session: theirs.id };
    expect(() => runtime.transport.send(foreign)).toThrow(expect.objectContaining({ code: 'SESSION_REFUSED' }));
    await Promise.all([runtime.transport.close(), theirs.unregister()]);
  });

  test('its own close is silent, frees the slot, and makes it deaf', async () => {
    const [source] = await start(subject);
    const runtime = new Listening(pooledTransport(await source.register()));
    runtime.greet();
    await runtime.until(() => runtime.heard.length > 0);
    await runtime.transport.close();
    expect(await source.stats()).toMatchObject({ open: 0, quarantined: 0 });
    runtime.transport.send({ type: 'query', id: 'late', target: 'tree' });
    await runtime.transport.close();
    expect(runtime.ends).toEqual([]);
    expect(runtime.heard).toHaveLength(1);
  });

  test('a session that its test ends is told as a shutdown, once', async () => {
    const [source] = await start(subject);
    const session = await source.register();
    const runtime = new Listening(pooledTransport(session));
    await session.unregister();
    runtime.transport.send({ type: 'snapshot', tree: tree() });
    await runtime.until(() => runtime.ends.length > 0);
    expect(runtime.ends).toEqual([expect.stringMatching(/^shutdown: /)]);
    // Nothing is told a second time, also not to a handler that comes later.
    const again: string[] = [];
    runtime.transport.onClose((reason) => again.push(reason));
    await runtime.transport.close();
    expect([...runtime.ends.slice(1), ...again]).toEqual([]);
  });

  test('a renderer that dies in mid-interaction is told once, as a crash; the next transport goes on', async () => {
    const [source] = await start(subject);
    const backend = pooledBackend(source);
    const runtime = new Listening(backend());
    runtime.greet();
    runtime.transport.send({ type: 'snapshot', session: '', tree: tree() });
    pressTab(runtime.transport, 'tab 1');
    pressTab(runtime.transport, 'tab 2');
    type(runtime.transport);
    await runtime.until(() => runtime.heard.some((message) => message['type'] === 'interact_step'));
    process.kill((await source.stats()).pids[0] as number, 'SIGKILL');
    await runtime.until(() => runtime.ends.length > 0);
    expect(runtime.ends).toEqual([expect.stringMatching(/^crash: The child of pool "renderer" .*SIGKILL/)]);
    runtime.transport.send({ type: 'snapshot', session: '', tree: tree(1) });

    const next = new Listening(backend());
    next.greet();
    next.transport.send({ type: 'snapshot', session: '', tree: tree(2) });
    next.transport.send({ type: 'query', id: 'q', target: 'tree' });
    expect(await next.reply('q')).toMatchObject({ data: tree(2) });
    expect(runtime.ends).toHaveLength(1);
    expect(next.heard.map(({ type: said }) => said)).toEqual(['hello', 'query_response']);
    await next.transport.close();
  });

  test('what is sent before there is a session waits, and goes out in order', async () => {
    const [source] = await start(subject, { maxSessions: 1 });
    const session = await source.register();
    const backend = pooledBackend(source);
    const runtime = new Listening(backend());
    expect(runtime.transport.format).toBe('msgpack');
    runtime.greet();
    for (let count = 0; count < 900; count++) {
      runtime.transport.send({ type: 'snapshot', session: '', tree: tree(count) });
    }
    runtime.transport.send({ type: 'query', id: 'q', target: 'tree' });
    await session.unregister();
    expect(await runtime.reply('q')).toMatchObject({ data: tree(899) });
    expect(runtime.transport.format).toBe(subject.format);
    await runtime.transport.close();
    expect(await source.stats()).toMatchObject({ open: 0, quarantined: 0 });
  });

  test('too much of that ends the transport, and its place in the queue', async () => {
    const [source] = await start(subject, { maxSessions: 1 });
    await using _ = await source.register();
    const runtime = new Listening(pooledBackend(source)());
    for (let count = 0; count <= 1_000; count++) runtime.transport.send({ type: 'advance_frame', timestamp: count });
    await runtime.until(() => runtime.ends.length > 0);
    expect(runtime.ends).toEqual([expect.stringMatching(/^crash: 1000 messages/)]);
    await expect.poll(async () => (await source.stats()).queued).toBe(0);
  });

  test('no session to be had ends the transport with the reason; closed before, it holds no slot', async () => {
    const [source] = await start(subject, { maxSessions: 1 });
    const session = await source.register();
    const refused = new Listening(pooledBackend(source, { wait: false })());
    await refused.until(() => refused.ends.length > 0);
    expect(refused.ends).toEqual([expect.stringMatching(/^crash: Cannot register a session: the only slot/)]);
    const unwanted = new Listening(pooledBackend(source)());
    await unwanted.transport.close();
    await session.unregister();
    const next = await source.register();
    expect(unwanted.ends).toEqual([]);
    await next.unregister();
  });

  test('a reset in place begins the session anew, under the same id and in the same slot', async () => {
    const settings = { default_text_size: 15 };
    const [source] = await start(subject, { maxSessions: 1, settings });
    const session = await source.register();
    session.send({ type: 'snapshot', tree: tree(1) });
    // What follows waits for the fresh session.
    const reset = session.request({ type: 'reset' });
    const query = session.request({ type: 'query', target: 'tree' });
    expect(await reset).toMatchObject({ type: 'reset_response', status: 'ok' });
    expect(await query).toMatchObject({ data: null, session: session.id });
    expect(await session.event()).toMatchObject({ family: 'session_closed' });
    session.send({ type: 'snapshot', tree: tree(2) });
    expect(await session.request({ type: 'query', target: 'tree' })).toMatchObject({ data: tree(2) });
    expect(await source.stats()).toMatchObject({ open: 1, children: 1, quarantined: 0, strays: 0 });
    session.send({ type: 'reset' });
    await session.unregister();
    expect(await source.stats()).toMatchObject({ open: 0, quarantined: 0, strays: 0 });
  });

  test('a runtime may reset in mid-interaction: what it waited for is given up, and the session is fresh', async () => {
    const [source] = await start(subject);
    const session = await source.register();
    const runtime = new Listening(pooledTransport(session));
    runtime.transport.send({ type: 'snapshot', tree: tree() });
    pressTab(runtime.transport, 'tab 1');
    pressTab(runtime.transport, 'tab 2');
    type(runtime.transport);
    await runtime.until(() => runtime.heard.some((message) => message['type'] === 'interact_step'));
    runtime.transport.send({ type: 'reset', session: '', id: 'r' });
    runtime.transport.send({ type: 'query', id: 'q', target: 'tree' });
    expect(await runtime.reply('q')).toMatchObject({ data: null });
    expect(runtime.heard).toContainEqual(expect.objectContaining({ family: 'session_closed' }));
    expect(runtime.ends).toEqual([]);
    await runtime.transport.close();
    expect(await source.stats()).toMatchObject({ open: 0, quarantined: 0 });
  });

  test('an interaction that a reset gives up ends; what comes after belongs to the fresh session', async () => {
    const [source] = await start(subject);
    const session = await source.register();
    session.send({ type: 'snapshot', tree: tree() });
    for (const _ of [1, 2]) await session.interact({ type: 'interact', action: 'press', payload: { key: 'Tab' } });
    const selector = { by: 'id', value: 'name' } as const;
    const typing = session.interact({ type: 'interact', action: 'type_text', payload: { text: 'ab' }, selector });
    let steps = 0;
    for await (const step of typing) {
      expect(step.id).toBe(typing.id);
      if (++steps === 1) session.send({ type: 'reset' });
    }
    expect(await typing).toMatchObject({ type: 'interact_response', events: [] });
    expect(await session.event()).toMatchObject({ family: 'session_error' });
    expect(await session.event()).toMatchObject({ family: 'session_closed' });
    expect(await session.request({ type: 'query', target: 'tree' })).toMatchObject({ data: null });
    await session.unregister();
  });

  test.each<[string, (value: string) => readonly Message[]]>([
    ['a patch and a snapshot', (value) => [valuePatch(value), { type: 'advance_frame', timestamp: 1 }, named(value)]],
    ['two snapshots', (value) => [named(''), named(value)]],
    ['two patches', (value) => [valuePatch(''), valuePatch(value)]],
  ])('a handler may answer a step with %s: each step finds the latest tree', async (_, answers) => {
    const [source] = await start(subject);
    const runtime = new Listening(pooledTransport(await source.register()));
    const { transport, heard } = runtime;
    const typed: string[] = [];
    transport.onMessage((message) => {
      heard.push(message);
      if (message['id'] === 'tab 2') type(transport, 'Milk');
      if (message['id'] === 'typing' && message['type'] === 'interact_response') over.resolve();
      if (message['type'] !== 'interact_step') return;
      const [event] = (message as unknown as InteractStep).events;
      const value = event?.family === 'input' ? event.value : 'no input';
      typed.push(value);
      for (const answer of answers(value)) transport.send(answer);
    });
    const over = Promise.withResolvers<void>();
    transport.send({ type: 'snapshot', tree: tree() });
    pressTab(transport, 'tab 1');
    pressTab(transport, 'tab 2');
    await over.promise;
    expect(typed).toEqual(['M', 'Mi', 'Mil', 'Milk']);
    await transport.close();
  });

  async function drive(session: PlushieSession): Promise<void> {
    const runtime = new Listening(pooledTransport(session));
    const { transport, heard } = runtime;
    let tabs = 0;
    transport.onMessage((message) => {
      heard.push(message);
      if (message['id'] === 'tab' && ++tabs === 2) {
        // Everything at once: what must not come between a step and its answer is held back.
        type(transport);
        transport.send({ type: 'tree_hash', id: 'hash', name: 'h' });
      }
      if (message['type'] === 'interact_step') {
        const [event] = (message as unknown as InteractStep).events;
        const value = event?.family === 'input' ? event.value : 'no input';
        transport.send(valuePatch(value));
      }
      if (message['id'] === 'hash') over.resolve();
    });
    const over = Promise.withResolvers<void>();
    expect(transport.format).toBe(subject.format);
    transport.send({ type: 'snapshot', tree: tree() });
    transport.send({ type: 'query', id: '1', target: 'tree' });
    transport.send({ type: 'register_effect_stub', kind: 'file_open', response: 1 });
    transport.send({ type: 'effect', id: '2', kind: 'file_open', payload: {} });
    transport.send({ type: 'widget_op', op: 'announce', payload: { text: 'hi' } });
    for (let time = 0; time < 2; time++) pressTab(transport, 'tab');
    await over.promise;
    expect(heard.map(({ type: said, id }) => (id === undefined || id === '' ? [said] : [said, id]))).toEqual([
      ['hello'],
      ['query_response', '1'],
      ['effect_stub_register_ack'],
      ['effect_response', '2'],
      ['event'],
      ['interact_response', 'tab'],
      ['interact_response', 'tab'],
      ['interact_step', 'typing'],
      ['interact_step', 'typing'],
      ['interact_response', 'typing'],
      ['tree_hash_response', 'hash'],
    ]);
    await transport.close();
    expect(await session.closed).toMatchObject({ by: 'unregister' });
  }
}

function pressTab(transport: PooledTransport, id: string): void {
  transport.send({ type: 'interact', id, action: 'press', payload: { key: 'Tab' } });
}

/** A step for each letter, then the response. */
function type(transport: PooledTransport, text = 'ab'): void {
  const selector = { by: 'id', value: 'name' };
  transport.send({ type: 'interact', id: 'typing', action: 'type_text', payload: { text }, selector });
}

/** The tree of most tests, with this in the field. */
function named(value: string): Message {
  const shown = tree();
  const [column] = shown.children;
  const children = column?.children.map((leaf) =>
    leaf.id === 'name' ? { ...leaf, props: { ...leaf.props, value } } : leaf,
  );
  return { type: 'snapshot', tree: { ...shown, children: [{ ...column, children }] } };
}

function valuePatch(value: string): Message {
  return { type: 'patch', ops: [{ op: 'update_props', path: [0, 2], props: { value } }] };
}

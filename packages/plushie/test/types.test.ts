/** What the compiler knows of a session of the dialect. `tsc` checks this file; running it proves nothing more. */
import { expectTypeOf, test } from 'vitest';
import { createPool, defineConfig, type Interaction, type Session, type SessionOf } from 'carpool';
import {
  plushie,
  type Diagnostic,
  type EffectStubRegistered,
  type ImagesResponse,
  type InteractResponse,
  type InteractStep,
  type OpQueryResponse,
  type PlushieEvent,
  type PlushieMessages,
  type QueryResponse,
  type RendererEvent,
  type ScreenshotResponse,
  type SessionErrorCode,
  type SessionErrorDetail,
  type TreeHashResponse,
  type TreeNode,
} from '../src/index.ts';
import { pooledBackend, pooledTransport } from '../src/backend.ts';
import { assertScreenshot, assertTreeHash } from '../src/golden.ts';

/** The shape of `Transport` in plushie-typescript 0.6. */
interface RuntimeTransport {
  send(msg: Record<string, unknown>): void;
  onMessage(handler: (msg: Record<string, unknown>) => void): void;
  onClose(handler: (reason: string) => void): void;
  close(): void;
  readonly format: 'msgpack' | 'json';
}

const config = defineConfig({ pools: { renderer: plushie({ mode: 'mock' }) } });
type S = SessionOf<typeof config, 'renderer'>;
declare const session: S;

test('a tree may come from a JSON file', () => {
  // As TypeScript types a file whose nodes have different keys.
  const node = [
    { text: 'a', size: undefined },
    { size: 1, text: undefined },
  ][0]!;
  expectTypeOf({ id: 'a', type: 'text', props: node, children: [] }).toExtend<TreeNode>();
});

test('the session of a plushie pool knows its messages', () => {
  expectTypeOf<S>().toEqualTypeOf<Session<PlushieMessages>>();
});

test('a pool in this process gives the same session', () => {
  const inProcess = async () => {
    await using pool = createPool(plushie());
    await using registered = await pool.register();
    expectTypeOf(registered).toEqualTypeOf<Session<PlushieMessages>>();
    expectTypeOf(pooledTransport(registered)).toExtend<RuntimeTransport>();
    expectTypeOf(pooledBackend(pool)).toExtend<() => RuntimeTransport>();
  };
  expectTypeOf(inProcess).toBeFunction();
});

test('a mode that the renderer does not have does not compile', () => {
  expectTypeOf(plushie({ mode: 'windowed' })).toBeObject();
  // @ts-expect-error -- there is none
  expectTypeOf(plushie({ mode: 'gpu' })).toBeObject();
});

test('a reply has the type that belongs to its request', () => {
  const replies = () =>
    [
      session.request({ type: 'query', target: 'tree' }),
      session.request({ type: 'tree_hash', name: 'n' }),
      session.request({ type: 'screenshot', name: 'n', width: 1 }),
      session.request({ type: 'register_effect_stub', kind: 'file_open', response: null }),
      session.request({ type: 'widget_op', op: 'find_focused' }),
      session.request({ type: 'image_op', op: 'list' }),
    ] as const;
  type Replies = ReturnType<typeof replies>;
  expectTypeOf<Replies[0]>().resolves.toEqualTypeOf<QueryResponse>();
  expectTypeOf<Replies[1]>().resolves.toEqualTypeOf<TreeHashResponse>();
  expectTypeOf<Replies[2]>().resolves.toEqualTypeOf<ScreenshotResponse>();
  expectTypeOf<Replies[3]>().resolves.toEqualTypeOf<EffectStubRegistered>();
  expectTypeOf<Replies[4]>().resolves.toEqualTypeOf<OpQueryResponse>();
  expectTypeOf<Replies[5]>().resolves.toEqualTypeOf<ImagesResponse>();
});

test('an interaction has typed steps and a typed response, and events are narrowed by family', () => {
  const click = () => session.interact({ type: 'interact', action: 'click', selector: { by: 'id', value: 'a' } });
  expectTypeOf(click).returns.toEqualTypeOf<Interaction<InteractStep, InteractResponse>>();
  expectTypeOf<Awaited<ReturnType<typeof click>>>().toEqualTypeOf<InteractResponse>();
  expectTypeOf<S['event']>().returns.resolves.toEqualTypeOf<PlushieEvent>();
  expectTypeOf<Extract<PlushieEvent, { family: 'toggle' }>['value']>().toEqualTypeOf<boolean>();
});

test('what newer renderers say is typed: their diagnostics name a session, and their error codes are known', () => {
  const family = (event: PlushieEvent) => {
    if (event.family === undefined) {
      expectTypeOf(event).toEqualTypeOf<Diagnostic>();
      expectTypeOf(event.diagnostic.kind).toBeString();
      return event.type;
    }
    expectTypeOf(event).toEqualTypeOf<RendererEvent>();
    return event.family;
  };
  expectTypeOf(family).returns.toExtend<string>();
  expectTypeOf<InteractStep['events'][number]>().toEqualTypeOf<RendererEvent>();
  expectTypeOf<'initial_settings_enqueue_failed'>().toExtend<SessionErrorCode>();
  expectTypeOf<Extract<PlushieEvent, { family: 'session_error' }>['value']>().toEqualTypeOf<
    SessionErrorDetail | undefined
  >();
  expectTypeOf(plushie({ settings: { required_widgets: ['gauge'] } })).toBeObject();
});

test('a message that the renderer would silently drop does not compile', () => {
  const wrong = () => [
    // @ts-expect-error -- no such request
    session.request({ type: 'wat' }),
    // @ts-expect-error -- `name` is missing
    session.request({ type: 'tree_hash' }),
    // @ts-expect-error -- a selector is an object
    session.request({ type: 'query', target: 'find', selector: '#a' }),
    // @ts-expect-error -- ids are strings
    session.request({ type: 'query', target: 'tree', id: 1 }),
    // @ts-expect-error -- no such effect
    session.request({ type: 'effect', kind: 'nope', payload: {} }),
    // @ts-expect-error -- it has a reply: `interact` gives it, `request` does not
    session.request({ type: 'interact', action: 'click', selector: { by: 'id', value: 'a' } }),
    // @ts-expect-error -- no such action
    session.interact({ type: 'interact', action: 'frob', selector: { by: 'id', value: 'a' } }),
    // @ts-expect-error -- no such message
    session.send({ type: 'snapshoot' }),
    // @ts-expect-error -- renderers after 0.7.1 refuse it without its tag
    session.send({ type: 'unsubscribe', kind: 'on_key_press' }),
  ];
  expectTypeOf(wrong).toBeFunction();
});

test('golden files take any session on a renderer, also one whose config is not known', () => {
  const assertions = async (own: S, unknown: Session) => {
    await assertTreeHash(own, 'name', { folder: '../golden', mode: false, timeout: 1_000 });
    await assertScreenshot(own, 'name', { width: 40, height: 30, threshold: 0.1, maxDifferentPixels: 2 });
    await assertTreeHash(unknown, 'name');
    // @ts-expect-error -- there is no name for it
    await assertTreeHash(own);
    // @ts-expect-error -- a hash has no size
    await assertTreeHash(own, 'name', { width: 40 });
  };
  expectTypeOf(assertions).toBeFunction();
});

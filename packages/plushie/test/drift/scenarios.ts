/** Conversations with a renderer, without Carpool in between: two renderers are compared by what they answer. */
import type { Raw } from './raw.ts';
import { tree } from '../conformance/subject.ts';

export interface Scenario {
  readonly name: string;
  /** Set where it makes sense in one format only. */
  readonly format?: 'msgpack' | 'json';
  /** Default: `--max-sessions 8`. */
  readonly args?: readonly string[];
  play(renderer: Raw): Promise<void> | void;
}

const settings = { type: 'settings', session: '', settings: { protocol_version: 1 } };
const a = { session: 'a' };
const b = { session: 'b' };
const snapshot = { type: 'snapshot', ...a, tree: tree() };
const query = { type: 'query', ...a, id: 'q', target: 'tree' };

function patch(...ops: readonly object[]): object {
  return { type: 'patch', ...a, ops };
}

function interact(action: string, rest: object = {}): object {
  return { type: 'interact', ...a, id: action, action, ...rest };
}

function key(name: string): object {
  return interact('press', { payload: { combo: name } });
}

function by(id: string): { readonly selector: object } {
  return { selector: { by: 'id', value: id } };
}

/** Plays interactions one by one, and answers their steps as an app would. */
async function act(renderer: Raw, ...interactions: readonly object[]): Promise<void> {
  for (const interaction of interactions) {
    renderer.say(interaction);
    for (;;) {
      const message = await renderer.hears({ ...a, id: (interaction as { id: string }).id });
      if (message.type === 'interact_response') break;
      const [event] = message['events'] as { family: string; value: unknown }[];
      const props = event?.family === 'input' ? { value: event.value } : {};
      renderer.say(patch({ op: 'update_props', path: [0, 2], props }));
    }
  }
}

export const scenarios: readonly Scenario[] = [
  { name: 'the greeting', play: (renderer) => renderer.say(settings) },
  {
    name: 'another version is refused after the hello',
    play: (renderer) => renderer.say({ ...settings, settings: { protocol_version: 2 } }, query),
  },
  {
    name: 'settings without a version are refused',
    play: (renderer) => renderer.say({ ...settings, settings: {} }, query),
  },
  { name: 'a first message that is no settings is refused', play: (renderer) => renderer.say(query) },
  { name: 'no input at all', play: () => {} },
  {
    name: 'unknown settings bring a diagnostic of no session',
    play: (renderer) => renderer.say({ ...settings, settings: { protocol_version: 1, bogus: 1 } }, query),
  },
  {
    name: 'queries, hashes and screenshots, with and without a tree',
    play: (renderer) =>
      renderer.say(
        settings,
        query,
        { type: 'tree_hash', ...a, id: 'h0', name: 'n' },
        snapshot,
        query,
        { type: 'query', ...a, id: 'q1', target: 'find', selector: { by: 'text', value: '+' } },
        { type: 'query', ...a, id: 'q2', target: 'find', ...by('nowhere') },
        { type: 'query', ...a, id: 'q3', target: 'find' },
        { type: 'query', ...a, id: 'q4', target: 'find', selector: { by: 'focused' } },
        { type: 'query', ...a, id: 'q5', target: 'find', selector: { by: 'role', value: 'button' } },
        { type: 'tree_hash', ...a, id: 'h1', name: '' },
        { type: 'screenshot', ...a, id: 's', name: 's', width: 200, height: 100 },
        { type: 'tree_hash', ...b, id: 'h2', name: 'b' },
      ),
  },
  {
    name: 'effects, with stubs and without',
    play: (renderer) =>
      renderer.say(
        settings,
        { type: 'effect', ...a, id: 'e1', kind: 'file_open', payload: {} },
        { type: 'effect', ...a, id: 'e2', kind: 'nope', payload: {} },
        { type: 'effect', ...a, id: 'e3', kind: 'file_open', payload: null },
        { type: 'effect', ...a, id: '', kind: 'file_open', payload: {} },
        { type: 'register_effect_stub', ...a, kind: 'file_open', response: { path: ['x', 1, null] } },
        { type: 'register_effect_stub', ...a, kind: 'nope', response: 1 },
        { type: 'effect', ...a, id: 'e4', kind: 'file_open', payload: {} },
        { type: 'effect', ...b, id: 'e5', kind: 'file_open', payload: {} },
        { type: 'unregister_effect_stub', ...a, kind: 'file_open' },
        { type: 'unregister_effect_stub', ...a, kind: 'file_open' },
        { type: 'unregister_effect_stub', ...a, kind: 'nope' },
        { type: 'effect', ...a, id: 'e6', kind: 'file_open', payload: {} },
      ),
  },
  {
    name: 'operations that are answered by tag, and images of one session',
    play: (renderer) => {
      const bytes = Uint8Array.of(255, 0, 0, 255);
      const pixels = renderer.format === 'json' ? Buffer.from(bytes).toString('base64') : bytes;
      const image = { handle: 'p', pixels, width: 1, height: 1 };
      renderer.say(
        settings,
        { type: 'widget_op', ...a, op: 'find_focused', payload: { tag: 'f' } },
        { type: 'image_op', ...a, op: 'list', payload: { tag: 't' } },
        { type: 'image_op', ...a, op: 'list', payload: {} },
        { type: 'image_op', ...a, op: 'create_image', payload: image },
        { type: 'image_op', ...a, op: 'list', payload: { tag: 't' } },
        { type: 'image_op', ...b, op: 'list', payload: { tag: 't' } },
        { type: 'image_op', ...a, op: 'delete_image', payload: { handle: 'p' } },
        { type: 'widget_op', ...a, op: 'list_images', payload: { tag: 'l' } },
      );
    },
  },
  {
    name: 'what is dropped without a word',
    play: (renderer) =>
      renderer.say(
        settings,
        { type: 'wat', ...a },
        { type: 'tree_hash', ...a, id: 'h' },
        { ...query, id: 1 },
        { ...query, session: 1 },
        { type: 'window_op', ...a, op: 'get_size', window_id: 'w', payload: { tag: 'x' } },
        { type: 'system_query', ...a, op: 'get_theme', payload: { tag: 'x' } },
        { type: 'query', ...a, id: 'q', target: 'nothing' },
        query,
      ),
  },
  {
    name: 'subscriptions, announcements and what is refused of a tree',
    play: (renderer) =>
      renderer.say(
        settings,
        snapshot,
        { type: 'subscribe', ...a, kind: 'on_animation_frame', tag: 'f' },
        { type: 'advance_frame', ...a, timestamp: 16 },
        { type: 'advance_frame', ...b, timestamp: 16 },
        { type: 'unsubscribe', ...a, kind: 'on_animation_frame' },
        { type: 'advance_frame', ...a, timestamp: 32 },
        { type: 'subscribe', ...a, kind: 'on_theme_change', tag: 't' },
        patch({ op: 'update_props', path: [], props: { theme: 'light' } }),
        patch({ op: 'update_props', path: [], props: { theme: 'light' } }),
        { type: 'widget_op', ...a, op: 'announce', payload: { text: 'hi' } },
        { type: 'snapshot', ...b, tree: { id: 'w', type: 'window', children: [tree(), tree()] } },
        patch({ op: 'frobnicate', path: [] }),
        patch({ op: 'insert_child', path: [0], index: 0, node: tree() }, { op: 'remove_child', path: [0], index: 0 }),
        query,
      ),
  },
  {
    name: 'patches of every kind',
    play: (renderer) =>
      renderer.say(
        settings,
        snapshot,
        patch({ op: 'update_props', path: [0, 0], props: { content: null, size: 1.5 } }),
        patch({ op: 'replace_node', path: [0, 1], node: { id: 'new', type: 'button', props: {}, children: [] } }),
        patch({ op: 'insert_child', path: [0], index: 99, node: { id: 'end', type: 'text' } }),
        patch({ op: 'remove_child', path: [0], index: 3 }),
        patch({ op: 'update_props', path: [7, 7, 7], props: { nowhere: true } }),
        query,
        { type: 'tree_hash', ...a, id: 'h', name: 'h' },
      ),
  },
  {
    name: 'interactions that make no steps',
    play: async (renderer) => {
      renderer.say(settings, snapshot);
      const none = by('nowhere');
      await act(
        renderer,
        interact('click', by('inc')),
        interact('toggle', { ...by('ok'), payload: { value: true } }),
        interact('select', { ...by('name'), payload: { value: 'x' } }),
        interact('slide', { ...by('inc'), payload: { value: 0.5 } }),
        interact('paste', { ...by('name'), payload: { text: 'x' } }),
        interact('sort', { ...by('inc'), payload: { column: 'x' } }),
        interact('slide', { ...none, payload: { value: 1 } }),
        interact('frob', by('inc')),
        key('Ctrl+Shift+s'),
        interact('release', { payload: { key: 'a', modifiers: { alt: true } } }),
        interact('type_key', { payload: { key: 'F5' } }),
      );
    },
  },
  {
    name: 'the focus goes round, and keys make steps where it is',
    play: async (renderer) => {
      renderer.say(settings, snapshot);
      const typing = interact('type_text', { ...by('name'), payload: { text: 'aé' } });
      await act(renderer, key('Tab'), key('Space'), key('Tab'), typing);
      renderer.say(query);
      await act(renderer, interact('type_key', { payload: { key: 'Enter' } }), key('Tab'), key('Space'));
      await act(renderer, key('Shift+Tab'), typing, key('Escape'), typing);
      renderer.say({ ...query, id: 'last' });
    },
  },
  {
    name: 'what comes between a step and its answer is swallowed',
    play: async (renderer) => {
      renderer.say(settings, snapshot);
      await act(renderer, key('Tab'), key('Tab'));
      renderer.say(interact('type_text', { ...by('name'), payload: { text: 'ab' } }), query);
      await renderer.hears({ type: 'interact_step' });
      await renderer.hears({ type: 'interact_step' });
      renderer.say({ type: 'register_effect_stub', ...a, kind: 'file_open', response: 1 });
      await renderer.hears({ type: 'interact_response', id: 'type_text' });
      renderer.say({ ...query, id: 'after' }, { type: 'effect', ...a, id: 'e', kind: 'file_open', payload: {} });
    },
  },
  {
    name: 'a reset between two steps ends the session without an answer to it',
    play: async (renderer) => {
      renderer.say(settings, snapshot);
      await act(renderer, key('Tab'), key('Tab'));
      renderer.say(interact('type_text', { ...by('name'), payload: { text: 'ab' } }));
      await renderer.hears({ type: 'interact_step' });
      renderer.say({ type: 'reset', ...a, id: 'r' }, { ...query, ...b });
      await renderer.hears({ family: 'session_closed', ...a });
      renderer.say(query);
    },
  },
  {
    name: 'a session is reset, confirmed, and its name used again',
    play: async (renderer) => {
      renderer.say(settings, snapshot, query, { type: 'reset', ...a, id: 'r' });
      await renderer.hears({ family: 'session_closed' });
      renderer.say(query, { type: 'reset', ...b, id: 'never seen before' });
    },
  },
  {
    name: 'a session too many is refused, its reset too, and the others live',
    args: ['--max-sessions', '2'],
    play: async (renderer) => {
      renderer.say(settings, snapshot, { ...query, ...b });
      renderer.say({ ...query, session: 'c' }, { type: 'reset', session: 'c', id: 'r' });
      renderer.say(query, { type: 'reset', ...b, id: 'r' });
      await renderer.hears({ family: 'session_closed', ...b });
      renderer.say({ ...query, session: 'd' });
    },
  },
  {
    name: 'with room for one, all names are the same session and its end is not confirmed',
    args: ['--max-sessions', '1'],
    play: (renderer) =>
      renderer.say(settings, snapshot, { ...query, ...b }, { type: 'reset', ...a, id: 'r' }, { ...query, id: 'after' }),
  },
  {
    name: 'bytes one at a time, and names beyond ASCII',
    play: async (renderer) => {
      const named = { session: 'ä€😀' };
      const messages = [settings, { ...snapshot, ...named }, { ...query, ...named, id: 'é' }];
      for (const byte of Buffer.concat(messages.map((message) => renderer.framed(message)))) {
        renderer.bytes(Uint8Array.of(byte));
      }
      await renderer.hears({ id: 'é' });
    },
  },
  {
    name: 'a tree of 63 levels passes, one of 65 is dropped',
    play: (renderer) => {
      const deep = (levels: number): object => {
        let node: object = { id: 'n0', type: 'column', props: {}, children: [] };
        for (let level = 1; level < levels; level++) {
          node = { id: `n${level}`, type: 'column', props: {}, children: [node] };
        }
        return node;
      };
      const hash = { type: 'tree_hash', ...a, id: 'h', name: 'h' };
      renderer.say(settings, { ...snapshot, tree: deep(63) }, hash, query);
      renderer.say({ ...snapshot, tree: deep(65) }, hash);
    },
  },
  {
    name: 'JSON: blank lines, carriage returns and what is no message are passed over',
    format: 'json',
    play: async (renderer) => {
      renderer.say(settings, query);
      await renderer.hears({ id: 'q' });
      renderer.bytes(`\n\r\n{"broken\n[1]\n"text"\n${JSON.stringify({ ...query, id: 'r' })}\r\n`);
      await renderer.hears({ id: 'r' });
      renderer.bytes(JSON.stringify({ ...query, id: 'without an end of line' }));
    },
  },
  {
    name: 'JSON: bytes that are no text end it',
    format: 'json',
    play: async (renderer) => {
      renderer.say(settings, query);
      await renderer.hears({ id: 'q' });
      renderer.bytes(Uint8Array.of(0x7b, 0xff, 0xfe, 0x0a));
      await renderer.hears({ family: 'session_closed' });
    },
  },
  {
    name: 'JSON: a space before the first message is taken for MessagePack',
    format: 'json',
    args: [],
    play: (renderer) => renderer.bytes(` ${JSON.stringify(settings)}\n`),
  },
  {
    name: 'MessagePack: what is no message is passed over, an empty frame ends it',
    format: 'msgpack',
    play: async (renderer) => {
      renderer.say(settings, query);
      await renderer.hears({ id: 'q' });
      renderer.bytes(Uint8Array.of(0, 0, 0, 2, 0xc1, 0xc1));
      renderer.say({ ...query, id: 'r' });
      await renderer.hears({ id: 'r' });
      renderer.bytes(Uint8Array.of(0, 0, 0, 0));
      await renderer.hears({ family: 'session_closed' });
    },
  },
  {
    name: 'MessagePack: a frame that is too large ends it, one that is cut off is lost',
    format: 'msgpack',
    play: async (renderer) => {
      renderer.say(settings, query);
      await renderer.hears({ id: 'q' });
      renderer.bytes(Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 0));
      await renderer.hears({ family: 'session_closed' });
    },
  },
  {
    name: 'at the end of its input it answers what it has read, and closes every session',
    play: (renderer) => renderer.say(settings, snapshot, query, { ...query, ...b }, { ...query, session: 'c' }),
  },
];

/** Runs a program for a test, and acts on its widgets as a user does. */
import type { Interact, InteractResponse, Selector, StoredNode } from '@carpool/plushie';
import type { PooledTransport } from '@carpool/plushie/backend';
import type { Program } from './program.ts';
import type { Clock } from './restart.ts';
import { run } from './runtime.ts';

/** A selector is an id, `#id`, `[text=…]`, `[role=…]`, `[label=…]` or `:focused`. */
export interface Driver<Model> {
  model(): Model;
  click(selector: string): Promise<void>;
  /** Character by character if the field has the focus, else all at once. */
  typeText(selector: string, text: string): Promise<void>;
  submit(selector: string): Promise<void>;
  toggle(selector: string, value: boolean): Promise<void>;
  select(selector: string, value: string): Promise<void>;
  /** Presses and releases a key, whatever has the focus. */
  press(key: string): Promise<void>;
  /** What the renderer shows there. */
  find(selector: string): Promise<StoredNode | undefined>;
  /** All that the renderer shows. */
  tree(): Promise<StoredNode | undefined>;
  stop(): Promise<void>;
}

/** Resolves when the renderer shows the app. @throws Error if it cannot be started */
export async function start<Model>(
  program: Program<Model>,
  backend: () => PooledTransport,
  clock?: Clock,
): Promise<Driver<Model>> {
  const runtime = run(program, backend, clock);
  await runtime.ready();

  async function act(interact: Interact): Promise<void> {
    const { events }: InteractResponse = await runtime.ask(interact);
    for (const event of events) if (event.family === 'diagnostic') throw new Error(event.value.message);
  }

  return {
    model: runtime.model,
    click: (selector) => act({ type: 'interact', action: 'click', selector: parse(selector) }),
    typeText: (selector, text) =>
      act({ type: 'interact', action: 'type_text', selector: parse(selector), payload: { text } }),
    submit: (selector) => act({ type: 'interact', action: 'submit', selector: parse(selector) }),
    toggle: (selector, value) =>
      act({ type: 'interact', action: 'toggle', selector: parse(selector), payload: { value } }),
    select: (selector, value) =>
      act({ type: 'interact', action: 'select', selector: parse(selector), payload: { value } }),
    press: (key) => act({ type: 'interact', action: 'type_key', payload: { key } }),
    find: async (selector) =>
      (await runtime.ask({ type: 'query', target: 'find', selector: parse(selector) })).data ?? undefined,
    tree: async () => (await runtime.ask({ type: 'query', target: 'tree' })).data ?? undefined,
    stop: runtime.stop,
  };
}

function parse(selector: string): Selector {
  if (selector === ':focused') return { by: 'focused' };
  const [, by, value = ''] = /^\[(text|role|label)=(.*)\]$/.exec(selector) ?? [];
  if (by === 'text' || by === 'role' || by === 'label') return { by, value };
  return { by: 'id', value: selector.replace(/^#/, '') };
}

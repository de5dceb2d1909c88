/**
 * Keyboard input to the widgets of a tree: which of them has the focus, and what it answers to a key. There is no
 * layout here, so input at a place of the screen meets no widget; the real renderer, even in mock mode, has one.
 */
import { numberOf, textOf, type Json } from './messages.ts';
import type { KeyPress } from './keys.ts';
import { nodeAt, type Node } from './tree.ts';
import { words } from './words.ts';

export type Input =
  | { readonly kind: 'press' | 'release'; readonly press: KeyPress }
  /** Moves, buttons and wheels of a pointer. */
  | { readonly kind: 'pointer' };

export interface WidgetEvent {
  readonly family: string;
  readonly id: string;
  readonly value?: Json;
}

/** Where the focus is. It belongs to the place in the tree and dies with the kind of widget there, not with the id. */
export interface Focus {
  readonly path: readonly number[];
  readonly type: string;
}

const focusable: ReadonlySet<string> = new Set(
  words('button checkbox pick_list radio slider text_editor text_input toggler'),
);

/** The focused node, if it still is what it was. */
export function focused(root: Node | undefined, focus: Focus | undefined): Node | undefined {
  if (focus === undefined) return undefined;
  const node = nodeAt(root, focus.path);
  return node?.type === focus.type ? node : undefined;
}

/** Where Tab leads. */
export function nextFocus(root: Node | undefined, focus: Focus | undefined, backwards: boolean): Focus | undefined {
  const stops = root === undefined ? [] : [...stopsIn(root, [])];
  const at = stops.findIndex(({ path }) => path.join('.') === focus?.path.join('.'));
  const step = backwards ? -1 : 1;
  const next = at < 0 ? (backwards ? stops.length - 1 : 0) : (at + step + stops.length) % stops.length;
  return stops[next];
}

function* stopsIn(node: Node, path: readonly number[]): Iterable<Focus> {
  if (focusable.has(node.type) && node.props['disabled'] !== true) yield { path, type: node.type };
  for (const [index, child] of node.children.entries()) yield* stopsIn(child, [...path, index]);
}

/** What the focused widget says to a key. */
export function reaction(node: Node, { key, text, modifiers }: KeyPress): WidgetEvent | undefined {
  const { id, props, type } = node;
  if (Object.values(modifiers).includes(true)) return undefined;
  switch (type) {
    case 'button':
      return key === 'Space' || key === 'Enter' ? { family: 'click', id } : undefined;
    case 'checkbox':
      return key === 'Space' ? { family: 'toggle', id, value: props['checked'] !== true } : undefined;
    case 'toggler':
      return key === 'Space' ? { family: 'toggle', id, value: props['is_toggled'] !== true } : undefined;
    case 'radio':
      return key === 'Space'
        ? { family: 'select', id: textOf(props['group'], id), value: props['value'] ?? '' }
        : undefined;
    case 'slider':
      return slide(node, key);
    case 'text_input':
      return edit(node, key, text);
    case 'text_editor':
      // A null renderer edits nothing, but says that it did.
      return text !== undefined || key === 'Enter' || key === 'Backspace'
        ? { family: 'input', id, value: '' }
        : undefined;
    default:
      return undefined;
  }
}

function slide({ id, props }: Node, key: string): WidgetEvent | undefined {
  const [low = 0, high = 100] = Array.isArray(props['range']) ? props['range'].map(numberOf) : [];
  const step = typeof props['step'] === 'number' ? props['step'] : 1;
  const by = key === 'ArrowUp' || key === 'ArrowRight' ? step : key === 'ArrowDown' || key === 'ArrowLeft' ? -step : 0;
  const from = numberOf(props['value']);
  const value = Math.min(high, Math.max(low, from + by));
  return value === from ? undefined : { family: 'slide', id, value };
}

function edit({ id, props }: Node, key: string, text: string | undefined): WidgetEvent | undefined {
  const value = textOf(props['value'], '');
  if (key === 'Enter') return props['on_submit'] === true ? { family: 'submit', id, value } : undefined;
  if (key === 'Backspace') return { family: 'input', id, value: Array.from(value).slice(0, -1).join('') };
  return text === undefined || text === '' ? undefined : { family: 'input', id, value: value + text };
}

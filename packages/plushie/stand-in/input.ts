/**
 * Keyboard input to the widgets of a tree: which of them has the focus, and how it reacts to a key. The stand-in has no
 * layout, so a pointer meets no widget; the real renderer has one, even in mock mode.
 */
import { numberOf, textOf, type Json } from './messages.ts';
import type { KeyPress } from './keys.ts';
import { nodeAt, type Node } from './tree.ts';
import { words } from './words.ts';

export type Input =
  | { readonly kind: 'press' | 'release'; readonly press: KeyPress }
  /** A move, a button or the wheel of a pointer. */
  | { readonly kind: 'pointer' };

export interface WidgetEvent {
  readonly family: string;
  readonly id: string;
  readonly value?: Json;
}

/** Where the focus is. It belongs to a place in the tree, and ends when another type of widget is there; ids do not count. */
export interface Focus {
  readonly path: readonly number[];
  readonly type: string;
  /** In a text field: how many characters are before the cursor; more than there are means the end. */
  cursor: number;
}

const focusable: ReadonlySet<string> = new Set(
  words('button checkbox pick_list radio slider text_editor text_input toggler'),
);

/** The focused node, if it still has the type that it had. */
export function focused(root: Node | undefined, focus: Focus | undefined): Node | undefined {
  if (focus === undefined) return undefined;
  const node = nodeAt(root, focus.path);
  return node?.type === focus.type ? node : undefined;
}

/** Where Tab moves the focus. */
export function nextFocus(root: Node | undefined, focus: Focus | undefined, backwards: boolean): Focus | undefined {
  const stops = root === undefined ? [] : [...stopsIn(root, [])];
  const at = stops.findIndex(({ path }) => path.join('.') === focus?.path.join('.'));
  const step = backwards ? -1 : 1;
  const next = at < 0 ? (backwards ? stops.length - 1 : 0) : (at + step + stops.length) % stops.length;
  return stops[next];
}

function* stopsIn(node: Node, path: readonly number[]): Iterable<Focus> {
  const skipped = node.props['disabled'] === true && !node.type.startsWith('text_');
  if (focusable.has(node.type) && !skipped) yield { path, type: node.type, cursor: Infinity };
  for (const [index, child] of node.children.entries()) yield* stopsIn(child, [...path, index]);
}

/** The event of the focused widget for a key. Moves the cursor. */
export function reaction(node: Node, focus: Focus, { key, text, modifiers }: KeyPress): WidgetEvent | undefined {
  const { id, props, type } = node;
  if (type === 'text_editor') {
    // In mock mode the renderer edits nothing, but reports that it did.
    const edits =
      text !== undefined || ['Enter', 'Backspace', 'Delete'].includes(key) || (key === 'z' && modifiers.ctrl);
    return edits ? { family: 'input', id, value: '' } : undefined;
  }
  if (Object.values(modifiers).includes(true)) return undefined;
  switch (type) {
    case 'button':
      return key === 'Space' || key === 'Enter' ? { family: 'click', id } : undefined;
    case 'checkbox':
      return key === 'Space' ? { family: 'toggle', id, value: props['checked'] !== true } : undefined;
    case 'toggler':
      return key === 'Space' ? { family: 'toggle', id, value: props['is_toggled'] !== true } : undefined;
    case 'radio':
      if (key !== 'Space') return undefined;
      return { family: 'select', id: textOf(props['group'], id), value: props['value'] ?? '' };
    case 'slider':
      return slide(node, key);
    case 'text_input':
      return edit(node, focus, key, text);
    default:
      return undefined;
  }
}

function slide({ id, props }: Node, key: string): WidgetEvent | undefined {
  const [low = 0, high = 100] = Array.isArray(props['range']) ? props['range'].map(numberOf) : [];
  const step = typeof props['step'] === 'number' ? props['step'] : 1;
  const from = numberOf(props['value']);
  const targets = new Map([
    ['ArrowUp', from + step],
    ['ArrowRight', from + step],
    ['ArrowDown', from - step],
    ['ArrowLeft', from - step],
    ['Home', low],
    ['End', high],
  ]);
  const value = Math.min(high, Math.max(low, targets.get(key) ?? from));
  return value === from ? undefined : { family: 'slide', id, value };
}

function edit({ id, props }: Node, focus: Focus, key: string, text: string | undefined): WidgetEvent | undefined {
  const value = textOf(props['value'], '');
  const before = Array.from(value).slice(0, focus.cursor);
  const after = Array.from(value).slice(before.length);
  const becomes = (left: readonly string[], right: readonly string[]): WidgetEvent => {
    focus.cursor = left.length;
    return { family: 'input', id, value: [...left, ...right].join('') };
  };
  switch (key) {
    case 'Enter':
      return props['on_submit'] === true ? { family: 'submit', id, value } : undefined;
    case 'Backspace':
      return becomes(before.slice(0, -1), after);
    case 'Delete':
      return becomes(before, after.slice(1));
    case 'Home':
      focus.cursor = 0;
      return undefined;
    case 'End':
      focus.cursor = Infinity;
      return undefined;
    case 'ArrowLeft':
      focus.cursor = Math.max(0, before.length - 1);
      return undefined;
    case 'ArrowRight':
      focus.cursor = before.length + 1;
      return undefined;
    default:
      return text === undefined || text === '' ? undefined : becomes([...before, ...Array.from(text)], after);
  }
}

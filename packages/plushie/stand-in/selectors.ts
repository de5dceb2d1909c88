/** Selectors: which node of a tree they match. */
import { field, textOf, type Json } from './messages.ts';
import type { Node } from './tree.ts';

export interface Found {
  readonly node: Node;
  /** The nearest window above it, or itself. */
  readonly window: string | undefined;
}

/** The first node, depth first, that the selector matches. A value that is no selector matches none. */
export function find(root: Node | undefined, selector: Json | undefined): Found | undefined {
  const matches = matcher(selector);
  if (root === undefined || matches === undefined) return undefined;
  return search(root, undefined, matches);
}

/** The window in which an interaction with the node happens; `undefined` if the selector asks for another one. */
export function windowOf(
  root: Node | undefined,
  found: Found | undefined,
  selector: Json | undefined,
): string | undefined {
  if (root === undefined || found === undefined) return undefined;
  const { window } = search(root, undefined, (node) => node.id === found.node.id) ?? found;
  const wanted = wantedWindow(selector);
  return wanted === undefined || wanted === window ? window : undefined;
}

type Matches = (node: Node, window: string | undefined) => boolean;

function search(node: Node, above: string | undefined, matches: Matches): Found | undefined {
  const window = node.type === 'window' ? node.id : above;
  if (matches(node, window)) return { node, window };
  for (const child of node.children) {
    const found = search(child, window, matches);
    if (found !== undefined) return found;
  }
  return undefined;
}

function matcher(selector: Json | undefined): Matches | undefined {
  const by = field(selector, 'by');
  if (by === 'focused') return ({ props }) => props['focused'] === true || field(props['a11y'], 'focused') === true;
  const value = field(selector, 'value');
  if (typeof value !== 'string') return undefined;
  switch (by) {
    case 'id': {
      const wanted = wantedWindow(selector);
      return ({ id }, window) =>
        (id === value || id.endsWith(`/${value}`) || id.endsWith(`#${value}`)) &&
        (wanted === undefined || wanted === window);
    }
    case 'text':
      return ({ props }) => ['content', 'label', 'value', 'placeholder'].some((name) => props[name] === value);
    case 'role':
      return ({ props, type }) => ('a11y' in props ? field(props['a11y'], 'role') === value : type === value);
    case 'label':
      return ({ props }) =>
        field(props['a11y'], 'label') === value || ['label', 'content'].some((name) => props[name] === value);
    default:
      return undefined;
  }
}

/** `main#save` and `window_id` both name a window. */
function wantedWindow(selector: Json | undefined): string | undefined {
  if (field(selector, 'by') !== 'id') return undefined;
  const [window = '', rest] = textOf(field(selector, 'value'), '').split('#', 2);
  if (rest !== undefined && window !== '') return window;
  const explicit = field(selector, 'window_id');
  return typeof explicit === 'string' ? explicit : undefined;
}

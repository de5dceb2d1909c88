/** The retained tree of one session: snapshots, patches, look-ups, and its hash. */
import { createHash } from 'node:crypto';
import { field, isIndex, isNode, isObject, textOf, type Json, type PatchOp } from './messages.ts';
import { sorted } from './sorted.ts';

/** Keys in alphabetical order: a tree is hashed and sent as it lies there. */
export interface Node {
  readonly children: Node[];
  readonly id: string;
  readonly props: Record<string, Json>;
  readonly type: string;
}

/** `value` has been checked by `isNode`. */
export function nodeFrom(value: Json): Node {
  const { id, type, props, children } = value as {
    readonly id: string;
    readonly type: string;
    readonly props?: Json;
    readonly children?: readonly Json[];
  };
  // Whatever is no map of props is none at all.
  const own = isObject(props) ? (sorted(props) as Record<string, Json>) : {};
  return { children: (children ?? []).map(nodeFrom), id, props: own, type };
}

export function hashOf(root: Node | undefined): string {
  return root === undefined
    ? ''
    : createHash('sha256')
        .update(JSON.stringify(sorted(root)))
        .digest('hex');
}

/** `id (type)` for every id that was there before, in the order of the tree; at most 100. */
export function duplicateIds(root: Node): string[] {
  const seen = new Set<string>();
  const duplicates: string[] = [];
  for (const node of depthFirst(root)) {
    if (node.id !== '' && seen.has(node.id) && duplicates.length < 100) duplicates.push(`${node.id} (${node.type})`);
    seen.add(node.id);
  }
  return duplicates;
}

export function* depthFirst(root: Node): Iterable<Node> {
  yield root;
  for (const child of root.children) yield* depthFirst(child);
}

// ── Selectors ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Found {
  readonly node: Node;
  /** The nearest window above it, or itself. */
  readonly window: string | undefined;
}

/** The first node, depth first, that the selector means. Anything but a selector finds nothing. */
export function find(root: Node | undefined, selector: Json | undefined): Found | undefined {
  const matches = matcher(selector);
  if (root === undefined || matches === undefined) return undefined;
  return search(root, undefined, matches);
}

/** The window that an interaction with the node would happen in; the selector may insist on one. */
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

// ── Patches ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is wrong with the order of the operations. For one parent: removals, then changes, then insertions. */
export function orderFault(ops: readonly PatchOp[]): string | undefined {
  const parents = new Map<string, { phase: number; removed: number; inserted: number }>();
  const stateOf = (path: readonly number[]): { phase: number; removed: number; inserted: number } => {
    const key = path.join('.');
    const state = parents.get(key) ?? { phase: 0, removed: Infinity, inserted: -1 };
    parents.set(key, state);
    return state;
  };
  for (const [at, { op, path, index, node, props }] of ops.entries()) {
    if (op === 'remove_child' && isIndex(index)) {
      const state = stateOf(path);
      if (state.phase > 0) {
        return `patch op at index ${at}: remove_child must come before changes and insertions`;
      }
      if (index > state.removed) return `patch op at index ${at}: removes child ${index} after child ${state.removed}`;
      state.removed = index;
    } else if ((op === 'update_props' && isObject(props)) || (op === 'replace_node' && isNode(node))) {
      if (path.length === 0) continue;
      const state = stateOf(path.slice(0, -1));
      if (state.phase === 2) {
        return `patch op at index ${at}: ${op} must come before insert_child`;
      }
      state.phase = 1;
    } else if (op === 'insert_child' && isIndex(index) && isNode(node)) {
      const state = stateOf(path);
      state.phase = 2;
      if (index < state.inserted)
        return `patch op at index ${at}: inserts child ${index} after child ${state.inserted}`;
      state.inserted = index;
    }
  }
  return undefined;
}

/** Applies one operation. @returns the root, or in words why the operation was skipped */
export function applyOp(root: Node | undefined, operation: PatchOp): Node | string {
  if (root === undefined) return 'no tree to patch';
  const { op, path, index, node, props } = operation;
  switch (op) {
    case 'replace_node': {
      if (!isNode(node)) return 'replace_node: missing or invalid node';
      if (path.length === 0) return nodeFrom(node as Json);
      const parent = nodeAt(root, path.slice(0, -1));
      const place = path.at(-1) ?? 0;
      if (parent?.children[place] === undefined) return `replace_node: index ${place} out of bounds`;
      parent.children[place] = nodeFrom(node as Json);
      return root;
    }
    case 'update_props': {
      const target = nodeAt(root, path);
      if (target === undefined) return `path navigation: [${path.join()}] out of bounds`;
      if (!isObject(props)) return 'update_props: missing or invalid props';
      for (const [name, value] of Object.entries(props)) {
        if (value === null) delete target.props[name];
        else target.props[name] = sorted(value) as Json;
      }
      return root;
    }
    case 'insert_child': {
      const parent = nodeAt(root, path);
      if (parent === undefined) return `path navigation: [${path.join()}] out of bounds`;
      if (!isIndex(index) || !isNode(node)) return 'insert_child: missing or invalid index or node';
      parent.children.splice(index, 0, nodeFrom(node as Json));
      return root;
    }
    case 'remove_child': {
      const parent = nodeAt(root, path);
      if (parent === undefined) return `path navigation: [${path.join()}] out of bounds`;
      if (!isIndex(index) || index >= parent.children.length)
        return `remove_child: index ${JSON.stringify(index)} out of bounds`;
      parent.children.splice(index, 1);
      return root;
    }
    default:
      return root;
  }
}

export const knownOps: ReadonlySet<string> = new Set(['replace_node', 'update_props', 'insert_child', 'remove_child']);

export function nodeAt(root: Node | undefined, path: readonly number[]): Node | undefined {
  let node = root;
  for (const index of path) node = node?.children[index];
  return node;
}

/** Patches: the order of their operations, and what each one does to a tree. */
import { isIndex, isNode, isObject, type Json, type PatchOp } from './messages.ts';
import { sorted } from './sorted.ts';
import { nodeAt, nodeFrom, type Node } from './tree.ts';

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

/** The operations that the renderer knows. */
export const knownOps: ReadonlySet<string> = new Set(['replace_node', 'update_props', 'insert_child', 'remove_child']);

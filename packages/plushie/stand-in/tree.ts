/** The tree of one session, and its hash. */
import { createHash } from 'node:crypto';
import { isObject, type Json } from './messages.ts';
import { sorted } from './sorted.ts';

/** Its keys are in alphabetical order: the tree is hashed and sent as it is stored. */
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
  // Props that are not a map are ignored.
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

/** `id (type)` of every node whose id another node had before it, in the order of the tree; at most 100. */
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

/** The node at these child indices; `undefined` if there is none. */
export function nodeAt(root: Node | undefined, path: readonly number[]): Node | undefined {
  let node = root;
  for (const index of path) node = node?.children[index];
  return node;
}

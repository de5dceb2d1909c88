/**
 * The patch that turns one tree into another. Children are recognised by their ids; if those that stay have changed their
 * order, their parent is replaced as a whole.
 */
import { isDeepStrictEqual } from 'node:util';
import type { PatchOp, Path, TreeNode } from '@carpool/plushie';

export function diff(before: TreeNode, after: TreeNode, path: Path = []): readonly PatchOp[] {
  if (before === after) return [];
  const replaced = [{ op: 'replace_node', path, node: after }] as const;
  if (before.id !== after.id || before.type !== after.type) return replaced;
  const children = diffChildren(before.children ?? [], after.children ?? [], path);
  return children === undefined ? replaced : [...diffProps(before, after, path), ...children];
}

function diffProps({ props: before = {} }: TreeNode, { props: after = {} }: TreeNode, path: Path): readonly PatchOp[] {
  const changed = Object.entries(after).filter(([name, value]) => !isDeepStrictEqual(before[name], value));
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  if (changed.length + gone.length === 0) return [];
  // `null` removes a property.
  const props = Object.fromEntries([...changed, ...gone.map((name) => [name, null] as const)]);
  return [{ op: 'update_props', path, props }];
}

/** Undefined if the parent has to be replaced. */
function diffChildren(
  before: readonly TreeNode[],
  after: readonly TreeNode[],
  path: Path,
): readonly PatchOp[] | undefined {
  const old = new Map(before.map((node) => [node.id, node]));
  const wanted = new Map(after.map((node) => [node.id, node]));
  if (old.size < before.length || wanted.size < after.length) return undefined; // Two children have one id.
  const kept = before.filter(({ id }) => wanted.has(id));
  const inNewOrder = after.filter(({ id }) => old.has(id));
  if (kept.some(({ id }, at) => id !== inNewOrder[at]?.id)) return undefined;

  // The order that the renderer asks for: removals from the last child to the first, changes, insertions from the first
  // to the last. Between removals and insertions, a child that stays is at its place among those that stay.
  const removed = before.flatMap(({ id }, index) =>
    wanted.has(id) ? [] : [{ op: 'remove_child', path, index } as const],
  );
  const changed = kept.flatMap((node, at) => diff(node, wanted.get(node.id) ?? node, [...path, at]));
  const inserted = after.flatMap((node, index) =>
    old.has(node.id) ? [] : [{ op: 'insert_child', path, index, node } as const],
  );
  return [...removed.toReversed(), ...changed, ...inserted];
}

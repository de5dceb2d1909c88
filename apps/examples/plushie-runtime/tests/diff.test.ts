import type { PatchOp, TreeNode } from '@carpool/plushie';
import { describe, expect, test } from 'vitest';
import { button, column, text, window } from '../../app/widgets.ts';
import { diff } from '../diff.ts';

/** Every order of every choice of three children. */
const orders = permutations(['a', 'b', 'c']);
const pairs = orders.flatMap((before) => orders.map((after) => [before, after] as const));

test('every tree becomes every other one', () => {
  for (const [before, after] of pairs) {
    // The outer list changes in the other direction, so that indices move on both levels.
    const from = list(after, 'old', list(before, 'old'));
    const to = list(before, 'new', list(after, 'new'));
    expect(patched(from, diff(from, to))).toEqual(to);
  }
});

test.for([
  ['nothing', ['a', 'b'], ['a', 'b'], []],
  ['insertions', ['b'], ['a', 'b', 'c'], ['insert_child 0', 'insert_child 2']],
  ['removals, the last one first', ['a', 'b', 'c'], ['b'], ['remove_child 2', 'remove_child 0']],
  ['removals before insertions', ['a', 'b'], ['b', 'c'], ['remove_child 0', 'insert_child 1']],
  ['another order replaces the parent', ['a', 'b'], ['b', 'a'], ['replace_node']],
  ['so do two children with one id', ['a', 'a'], ['a'], ['replace_node']],
] as const)('children: %s', ([, before, after, expected]) => {
  const ops = diff(list(before, 'same'), list(after, 'same'));
  expect(ops.map((op) => ('index' in op ? `${op.op} ${op.index}` : op.op))).toEqual(expected);
});

describe('one node', () => {
  test('a property that is new, one that has changed, one that is gone', () => {
    const before = { id: 'n', type: 'text', props: { same: [1, { x: 2 }], changed: 'a', gone: true } };
    const after = { id: 'n', type: 'text', props: { same: [1, { x: 2 }], changed: 'b', new: 0 } };
    expect(diff(before, after)).toEqual([
      { op: 'update_props', path: [], props: { changed: 'b', gone: null, new: 0 } },
    ]);
  });

  test('another type of widget replaces it', () => {
    const [before, after] = [window('Same', text('it', 'x')), window('Same', button('it', 'x'))];
    expect(diff(before, after)).toEqual([{ op: 'replace_node', path: [0, 0], node: button('it', 'x') }]);
  });
});

function list(ids: readonly string[], content: string, ...more: readonly TreeNode[]): TreeNode {
  return column('list', ...ids.map((id) => text(id, content)), ...more.map((node) => ({ ...node, id: 'inner' })));
}

function permutations(items: readonly string[]): readonly (readonly string[])[] {
  return [
    [],
    ...items.flatMap((item) => permutations(items.filter((it) => it !== item)).map((rest) => [item, ...rest])),
  ];
}

/** The tree after the patch, as the renderer makes it. */
function patched(root: TreeNode, ops: readonly PatchOp[]): TreeNode {
  return ops.reduce((tree, op) => changed(tree, op.path, op), root);
}

function changed(node: TreeNode, [index, ...path]: readonly number[], op: PatchOp): TreeNode {
  const { children = [], props } = node;
  if (index !== undefined) {
    const child = children[index];
    if (child === undefined) throw new Error(`No child ${index} in ${node.id}`);
    return { ...node, children: children.with(index, changed(child, path, op)) };
  }
  switch (op.op) {
    case 'replace_node':
      return op.node;
    case 'update_props': {
      const merged = Object.entries({ ...props, ...op.props }).filter(([, value]) => value !== null);
      return { ...node, props: Object.fromEntries(merged) };
    }
    case 'insert_child':
      return { ...node, children: children.toSpliced(op.index, 0, op.node) };
    case 'remove_child':
      return { ...node, children: children.toSpliced(op.index, 1) };
  }
}

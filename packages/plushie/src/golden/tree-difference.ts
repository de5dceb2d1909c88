/** What has changed between two trees, as lines that a person reads. */
import type { StoredNode, Value } from '../messages.ts';

/** More would hide the message that they belong to. */
const mostLines = 30;
const longestValue = 100;

/**
 * One line for each node, and for each prop, that has changed; empty if nothing has. A node is followed by its id, so that
 * one that has moved, or that stands behind a new one, is not another.
 */
export function treeDifference(expected: StoredNode | null, actual: StoredNode | null): readonly string[] {
  const lines = [...changes(expected, actual, '')];
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `  … and ${lines.length - mostLines} more lines`];
}

function* changes(expected: StoredNode | null, actual: StoredNode | null, above: string): Iterable<string> {
  if (expected === null || actual === null || keyOf(expected) !== keyOf(actual)) {
    if (expected !== null) yield `  - ${above}${keyOf(expected)}`;
    if (actual !== null) yield `  + ${above}${keyOf(actual)}`;
    return;
  }
  const path = `${above}${keyOf(actual)}`;
  const props = [...propChanges(expected.props, actual.props)];
  if (props.length > 0) yield* [`    ${path}`, ...props];
  yield* childChanges(expected.children, actual.children, path);
}

function* propChanges(expected: StoredNode['props'], actual: StoredNode['props']): Iterable<string> {
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [before, after] = [expected, actual].map((props) =>
      Object.hasOwn(props, name) ? words(props[name]) : undefined,
    );
    if (before === after) continue;
    if (before !== undefined) yield `  -   ${name}: ${short(before)}`;
    if (after !== undefined) yield `  +   ${name}: ${short(after)}`;
  }
}

function* childChanges(
  expected: readonly StoredNode[],
  actual: readonly StoredNode[],
  parent: string,
): Iterable<string> {
  const before = numbered(expected);
  const after = numbered(actual);
  for (const [key, node] of before) if (!after.has(key)) yield `  - ${parent} > ${keyOf(node)}`;
  for (const [key, node] of after) {
    const same = before.get(key);
    if (same === undefined) yield `  + ${parent} > ${keyOf(node)}`;
    else yield* changes(same, node, `${parent} > `);
  }
  const order = (these: Iterable<string>, those: ReadonlyMap<string, StoredNode>): string =>
    [...these].filter((key) => those.has(key)).join(', ');
  const [was, is] = [order(before.keys(), after), order(after.keys(), before)];
  if (was !== is) yield* [`    ${parent}: the order of its children`, `  -   ${short(was)}`, `  +   ${short(is)}`];
}

/** By what they are and which of those: two children may have the same id. */
function numbered(nodes: readonly StoredNode[]): Map<string, StoredNode> {
  const keyed = new Map<string, StoredNode>();
  for (const node of nodes) {
    const key = keyOf(node);
    let unique = key;
    for (let number = 2; keyed.has(unique); number += 1) unique = `${key} ${number}`;
    keyed.set(unique, node);
  }
  return keyed;
}

function keyOf({ type, id }: StoredNode): string {
  return `${type}#${id}`;
}

/** Keys in the order of the alphabet: MessagePack keeps any. */
function words(value: Value | undefined): string {
  return JSON.stringify(value, (_key, inner: Value) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

function short(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}

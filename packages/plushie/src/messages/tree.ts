/** The tree that a session shows, and what points into it. */

/**
 * What JSON can hold, and bytes: native in MessagePack, base64 in JSON. A key may be `undefined` in type: TypeScript says so
 * of nodes in an imported JSON file whose keys differ.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

/** A node of the tree. Seen: `interact` finds a widget only below a node of type `window`. */
export interface TreeNode {
  readonly id: string;
  readonly type: string;
  readonly props?: { readonly [prop: string]: Value | undefined };
  readonly children?: readonly TreeNode[];
}

/** A node as the renderer returns it: complete, with its keys in alphabetical order (seen). */
export interface StoredNode extends TreeNode {
  readonly props: { readonly [prop: string]: Value | undefined };
  readonly children: readonly StoredNode[];
}

/** Names a widget. Seen: a selector is an object; a string matches nothing. */
export type Selector =
  | { readonly by: 'id'; readonly value: string; readonly window_id?: string }
  | { readonly by: 'text' | 'role' | 'label'; readonly value: string }
  | { readonly by: 'focused' };

/** Child indices from the root; `[]` is the root. */
export type Path = readonly number[];

/**
 * One change of the tree.
 *
 * Seen: for one parent, removals come first, from the last child to the first; then changes; then insertions, from the
 * first to the last. A patch in another order is refused as a whole, with an `error` event of the id `patch_order`. An
 * operation whose path does not exist is skipped.
 */
export type PatchOp =
  | { readonly op: 'replace_node'; readonly path: Path; readonly node: TreeNode }
  /** A prop with the value `null` is removed. */
  | { readonly op: 'update_props'; readonly path: Path; readonly props: { readonly [prop: string]: Value | undefined } }
  | { readonly op: 'insert_child'; readonly path: Path; readonly index: number; readonly node: TreeNode }
  | { readonly op: 'remove_child'; readonly path: Path; readonly index: number };

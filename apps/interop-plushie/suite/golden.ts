/** The same trees, hashes and pictures on every pool: the first run, on the SDK's own pool, writes them; the others compare. */
import type { TestSession } from 'plushie/testing';
import { expect } from 'vitest';
import { format, mode } from './variables.ts';

/** What every test of the suite passes to the SDK. */
export const options = { mode, format } as const;

/** The renderer has the tree that the app has, and it hashes and looks as on the SDK's own pool. */
export async function sameAsGolden(session: TestSession, name: string): Promise<void> {
  const tree = await session.queryTree();
  expect(idsOf(tree)).toEqual(idsOf(session.tree()));
  // The renderer reads some fractions from JSON with another last digit, and hashes the tree with it.
  await session.assertTreeHash(`${name}-${format}`);
  await session.assertScreenshot(`${name}-${format}`);
}

interface Node {
  readonly id: string;
  readonly children: readonly Node[];
}

function idsOf(node: Node | null): readonly string[] {
  if (node === null) return [];
  // The SDK numbers widgets without an id anew each time it renders.
  const id = node.id.startsWith('auto:') ? 'auto' : node.id;
  return [id, ...node.children.flatMap(idsOf)];
}

/** The hash of a tree, compared with its golden file. */
import type { QueryResponse, StoredNode, TreeHashResponse } from '../messages.ts';
import { invalid, type GoldenCall, type GoldenKind } from './call.ts';
import { mismatch, missing, type FailureFile } from './failure.ts';
import { GoldenFile } from './golden-file.ts';
import { treeDifference } from './tree-difference.ts';

/** Its golden files have the name and the content of those of plushie-typescript. */
const kind: GoldenKind = { what: 'tree', extension: 'sha256', variable: 'PLUSHIE_UPDATE_SNAPSHOTS' };
/** The tree stands beside its hash, which says nothing to a reader. */
const beside = 'tree.json';

/** @throws CarpoolError as `assertTreeHash` */
export async function compareTreeHash(call: GoldenCall, { hash }: TreeHashResponse): Promise<void> {
  const golden = await GoldenFile.of(kind, call);
  if (hash === '') throw invalid(call, kind, 'the session has no tree yet; send a snapshot first');
  const expected = golden.read()?.toString('utf8').trim();
  if (expected === hash) {
    golden.passed(hash);
    // A golden file that an SDK has written has none.
    if (golden.update !== 'none' && golden.readBeside(beside) === undefined) {
      golden.writeBeside(beside, textOf(await treeOf(call)));
    }
    return;
  }
  const tree = await treeOf(call);
  if (golden.update === 'all' || (golden.update === 'missing' && expected === undefined)) {
    golden.write(hash, `${hash}\n`);
    golden.writeBeside(beside, textOf(tree));
    return;
  }
  if (expected === undefined) throw await missing(golden, textOf(tree));
  throw await mismatch(golden, { ...differenceOf(golden.readBeside(beside), tree), context: { expected, hash } });
}

async function treeOf({ session, options }: GoldenCall): Promise<StoredNode | null> {
  const { timeout } = options;
  const reply = await session.request({ type: 'query', target: 'tree' }, timeout === undefined ? {} : { timeout });
  return (reply as QueryResponse).data;
}

function textOf(tree: StoredNode | null): string {
  return `${JSON.stringify(tree, null, 2)}\n`;
}

interface TreeDifference {
  readonly summary: string;
  readonly details?: readonly string[];
  readonly files: readonly FailureFile[];
}

function differenceOf(before: string | undefined, tree: StoredNode | null): TreeDifference {
  const actual: FailureFile = { part: 'actual', content: textOf(tree) };
  if (before === undefined)
    return { summary: 'another hash, and no tree stands beside it to compare with', files: [actual] };
  const files: readonly FailureFile[] = [{ part: 'expected', content: before }, actual];
  let expected: StoredNode | null;
  try {
    expected = JSON.parse(before) as StoredNode | null;
  } catch (thrown) {
    return { summary: `another hash, and the tree beside it cannot be read: ${String(thrown)}`, files };
  }
  const details = treeDifference(expected, tree);
  if (details.length > 0) return { summary: 'these nodes have changed', details, files };
  return { summary: 'another hash, but the tree beside it is the same; the two are not of one run', files };
}

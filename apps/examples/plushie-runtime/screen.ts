/** What one renderer has: the tree that it shows, and the subscriptions that it knows. It gets what is new. */
import type { PlushieSend, TreeNode } from '@carpool/plushie';
import { diff } from './diff.ts';
import type { Program } from './program.ts';
import { changes, type Subscription } from './subscriptions.ts';

export interface Screen<Model> {
  show(model: Model): void;
  /** The same, for a renderer that waits for it even if nothing has changed. */
  answer(model: Model): void;
}

export function screen<Model>(program: Program<Model>, send: (message: PlushieSend) => void): Screen<Model> {
  let shown: TreeNode | undefined;
  let subscribed: readonly Subscription[] = [];

  function show(model: Model, awaited: boolean): void {
    const tree = program.view(model);
    if (shown === undefined) {
      send({ type: 'snapshot', tree });
    } else {
      const ops = diff(shown, tree);
      if (awaited || ops.length > 0) send({ type: 'patch', ops });
    }
    shown = tree;
    const wanted = program.subscriptions?.(model) ?? [];
    for (const change of changes(subscribed, wanted)) send(change);
    subscribed = wanted;
  }

  return { show: (model) => show(model, false), answer: (model) => show(model, true) };
}

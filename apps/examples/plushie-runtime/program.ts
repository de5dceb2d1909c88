/** What an app is: a model, how events change it, and what it looks like. */
import type { PlushieEvent, Settings, TreeNode } from '@carpool/plushie';
import type { Subscription } from './subscriptions.ts';

/** Why the renderer is gone: for example the type `crash`, and "The child of pool "renderer" exited with status 3". */
export interface Exit {
  readonly type: string;
  readonly message: string;
}

export interface Program<Model> {
  readonly init: Model;
  readonly settings?: Settings;
  update(model: Model, event: PlushieEvent): Model;
  view(model: Model): TreeNode;
  /** The events of no widget that the app wants now. Default: none. */
  subscriptions?(model: Model): readonly Subscription[];
  /** Called once when the renderer is gone, before the runtime starts another one. Default: the model stays as it is. */
  onExit?(model: Model, exit: Exit): Model;
}

/** Infers the type of the model. */
export function program<Model>(app: Program<Model>): Program<Model> {
  return app;
}

/** The reason that a transport gives, in its two parts. */
export function exitOf(reason: string): Exit {
  const [, type = 'crash', message = reason] = /^([a-z_]+): (.*)$/s.exec(reason) ?? [];
  return { type, message };
}

/** A view that changes by actions, for what draws it. */
import { begun, reduce, type Action, type View } from './view.ts';

export class Store {
  #view: View = begun;
  readonly #listeners = new Set<() => void>();

  readonly view = (): View => this.#view;

  /** @returns ends it */
  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly dispatch = (action: Action): void => {
    const next = reduce(this.#view, action);
    if (next === this.#view) return;
    this.#view = next;
    for (const listener of this.#listeners) listener();
  };
}

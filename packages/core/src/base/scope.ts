/**
 * Everything held has an owner. A scope is all that one owner holds: when it ends, all is released, each once. Releases
 * begin with the scopes inside of it, then newest first, and none waits for another: what comes after the end of a test must
 * find all of them on their way. After a release that fails the others still run.
 */
export type Release = () => void | Promise<void>;

export interface Held {
  /** Removes it from the scope without releasing it, because it has ended by itself. */
  forget(): void;
}

export class Scope {
  readonly name: string;
  readonly #held = new Set<Release>();
  readonly #inner = new Set<Scope>();
  #ending: Promise<unknown[]> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get size(): number {
    return this.#held.size + this.#inner.size;
  }

  /** Without the scopes inside of it. */
  get held(): number {
    return this.#held.size;
  }

  get ended(): boolean {
    return this.#ending !== undefined;
  }

  /** From now on the scope owns it. If the scope has ended, it is released at once. */
  hold(release: Release): Held {
    if (this.#ending !== undefined) {
      void this.#ending.then(release).catch(() => {});
      return { forget: () => {} };
    }
    // A fresh function, so that holding the same release twice runs it twice.
    const entry: Release = () => release();
    this.#held.add(entry);
    return { forget: () => void this.#held.delete(entry) };
  }

  /** A scope inside this one, which ends with it or before it. */
  inner(name: string): Scope {
    const scope = new Scope(name);
    if (this.#ending !== undefined) void this.#ending.then(() => scope.end());
    else {
      this.#inner.add(scope);
      scope.#outer = this;
    }
    return scope;
  }

  #outer: Scope | undefined;

  /** Resolves with the failures. A second call joins the first. */
  end(): Promise<unknown[]> {
    this.#ending ??= this.#releaseAll();
    return this.#ending;
  }

  async #releaseAll(): Promise<unknown[]> {
    const inner = [...this.#inner].reverse().map(
      (scope): Release =>
        async () =>
          void (await scope.end()),
    );
    const newestFirst = [...inner, ...[...this.#held].reverse()];
    this.#held.clear();
    const outcomes = await Promise.allSettled(newestFirst.map(async (release) => release()));
    // Not before: the end of the scope around it waits for this one.
    const outer = this.#outer;
    if (outer !== undefined) outer.#inner.delete(this);
    return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  }
}

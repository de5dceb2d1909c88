/** Keeps a store told of what a host says: its status now and then, and the messages of the session whose detail is shown. */
import { setTimeout } from 'node:timers/promises';
import { isCarpoolError } from '../../base/errors.ts';
import { messageOf } from '../../base/thrown.ts';
import type { Store } from './model/store.ts';
import { ObservedHost, type HostEnd } from './observed-host.ts';

/** Milliseconds between an answer and the next question. */
const interval = 500;
/** Entries of each list of the status. */
const mostNamed = 200;

export class Watching {
  readonly #store: Store;
  readonly #failed = Promise.withResolvers<never>();
  #host!: ObservedHost;
  #over = false;
  #shown: string | undefined;

  private constructor(store: Store) {
    this.#store = store;
    this.#failed.promise.catch(() => {}); // `ended` reports it, where that is asked for
  }

  /** @throws CarpoolError HUB_UNREACHABLE, HUB_LOST, HUB_REJECTED */
  static async begin(address: string, store: Store): Promise<Watching> {
    const watching = new Watching(store);
    watching.#host = await ObservedHost.connect(address, 'carpool watch', (body) =>
      watching.#guarded(() => store.dispatch({ type: 'messages', body })),
    );
    store.listen(() => watching.#follow());
    return watching;
  }

  /** Asks until the host has ended. @throws what goes wrong here */
  async ended(): Promise<HostEnd> {
    return await Promise.race([this.#host.ended, this.#ask(), this.#failed.promise]);
  }

  close(): void {
    this.#over = true;
    this.#host.close();
  }

  async #ask(): Promise<HostEnd> {
    for (;;) {
      const status = await this.#host.status(mostNamed).catch((thrown: unknown) => this.#unanswered(thrown));
      if (this.#over || status === 'ended') return await this.#host.ended;
      if (status !== undefined) this.#store.dispatch({ type: 'status', status, at: performance.now() });
      await setTimeout(interval);
    }
  }

  #unanswered(thrown: unknown, of?: 'messages'): 'ended' | undefined {
    if (isEnd(thrown)) return 'ended';
    this.#store.dispatch({ type: 'fault', text: messageOf(thrown), of });
    return undefined;
  }

  /** The messages of the session that is shown, and of no other one. */
  #follow(): void {
    const { detail } = this.#store.view();
    const shown = detail === undefined ? undefined : JSON.stringify([detail.pool, detail.id]);
    if (shown === this.#shown || this.#over) return;
    this.#shown = shown;
    const filter = detail && { pool: detail.pool, session: detail.id };
    this.#host.observe({ filter, characters: 2_000 }).then(
      ({ sessions }) => this.#guarded(() => this.#store.dispatch({ type: 'said', sessions })),
      (thrown: unknown) => void (shown === this.#shown && this.#unanswered(thrown, 'messages')),
    );
  }

  /** Nothing that calls it could report what goes wrong in it. */
  #guarded(body: () => void): void {
    try {
      body();
    } catch (thrown) {
      this.#failed.reject(thrown);
    }
  }
}

/** Then the connection says why. */
function isEnd(thrown: unknown): boolean {
  return isCarpoolError(thrown, 'HUB_LOST') || isCarpoolError(thrown, 'SESSION_CLOSED');
}

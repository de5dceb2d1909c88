/** The sessions of other hosts, as this one sees them: which are over, and which may be ended because nothing came of them. */
import type { Clock } from './clock.ts';
import { sessionIn, sessionKey, type SessionValue } from './session.ts';
import { Conflict, type Store } from './store.ts';
import { Observation, type Timing } from './validity.ts';

export interface OtherHostsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly epoch: string;
}

export class OtherHosts {
  readonly #options: OtherHostsOptions;
  readonly #seen = new Map<string, Observation>();
  readonly #over = new Set<string>();
  readonly #looking = new Map<string, Promise<void>>();

  constructor(options: OtherHostsOptions) {
    this.#options = options;
  }

  isOver(host: string): boolean {
    return this.#over.has(host);
  }

  /** Looks at them, and ends those that may be ended. @throws what the store says */
  async look(hosts: Iterable<string>): Promise<void> {
    await Promise.all([...new Set(hosts)].map((host) => this.#lookOnce(host)));
  }

  /** Several names may wait for the same host. */
  #lookOnce(host: string): Promise<void> {
    const known = this.#looking.get(host);
    if (known !== undefined) return known;
    const looking = this.#look(host).finally(() => this.#looking.delete(host));
    this.#looking.set(host, looking);
    return looking;
  }

  async #look(host: string): Promise<void> {
    if (this.#over.has(host)) return;
    const { store, clock, timing, epoch } = this.#options;
    const key = sessionKey(epoch, host);
    const found = await store.get(key);
    const { beat, label } = sessionIn(found) ?? { beat: undefined, label: '' };
    if (beat === 0) {
      this.#settle(host);
      return;
    }
    const seen = this.#seen.get(host) ?? new Observation(timing);
    this.#seen.set(host, seen);
    seen.seen(found?.revision ?? 0, clock.now());
    const endable = seen.endable(clock.now());
    if (endable === undefined) return;
    try {
      // It fails where the host has renewed its session, whatever this one was told before.
      await store.set(key, { beat: 0, label } satisfies SessionValue, endable);
      this.#settle(host);
    } catch (thrown) {
      if (!(thrown instanceof Conflict)) throw thrown;
      this.#seen.delete(host);
    }
  }

  #settle(host: string): void {
    this.#over.add(host);
    this.#seen.delete(host);
  }
}

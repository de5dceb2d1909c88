/** The hosts of a run that this one has heard of, and for how long it believes what they said. Pure: no clock, no I/O. */
import { placeOf, type HostLoad, type PoolWanted } from './placement.ts';

interface Heard {
  readonly load: HostLoad;
  /** Rises with each announcement of the host. */
  readonly number: number;
  readonly at: number;
}

export class HostDirectory {
  readonly #silence: number;
  readonly #heard = new Map<string, Heard>();
  #sent = new Map<string, number>();

  /** @param silence milliseconds after which a host is not believed in */
  constructor(silence: number) {
    this.#silence = silence;
  }

  /** An older announcement that comes later is left alone. */
  hear(load: HostLoad, number: number, now: number): void {
    const known = this.#heard.get(load.host);
    if (known !== undefined && known.number >= number) return;
    this.#heard.set(load.host, { load, number, at: now });
    this.#sent.delete(load.host);
  }

  /** It has ended, or a registration has found that it is not there. */
  forget(host: string): void {
    this.#heard.delete(host);
    this.#sent.delete(host);
  }

  /** @returns those from which something was heard in time */
  hosts(now: number): HostLoad[] {
    for (const [host, { at }] of this.#heard) if (now - at >= this.#silence) this.forget(host);
    return [...this.#heard.values()].map(({ load }) => load);
  }

  /** Chooses a host, and counts the registration as on its way there. @param not hosts that were tried */
  place(wanted: PoolWanted, now: number, not: ReadonlySet<string> = new Set()): HostLoad | undefined {
    const chosen = placeOf(
      wanted,
      this.hosts(now).filter(({ host }) => !not.has(host)),
      this.#sent,
    );
    if (chosen !== undefined) this.#sent.set(chosen.host, (this.#sent.get(chosen.host) ?? 0) + 1);
    return chosen;
  }
}

/** The hosts that this one has heard of, and for how long it believes what they said. Pure: no clock, no I/O. */
import type { HostOffer, OtherVersion } from './offer.ts';
import { placeOf, type Candidate, type PoolWanted } from './placement.ts';

interface Heard {
  readonly offer: HostOffer;
  /** Rises with each announcement of the host. */
  readonly number: number;
  readonly at: number;
}

/** Hosts that are known at a time. Those that come then are known when others have gone. */
export const mostHosts = 256;

export class HeardHosts {
  readonly #silence: number;
  readonly #heard = new Map<string, Heard>();
  readonly #sent = new Map<string, number>();

  /** @param silence milliseconds after which a host is not believed in */
  constructor(silence: number) {
    this.#silence = silence;
  }

  /** An older announcement that comes later is left alone. */
  hear(offer: HostOffer, number: number, now: number): void {
    const known = this.#heard.get(offer.host);
    if (known !== undefined && known.number >= number) return;
    if (known === undefined && this.#heard.size >= mostHosts && this.hosts(now).length >= mostHosts) return;
    this.#heard.set(offer.host, { offer, number, at: now });
    this.#sent.delete(offer.host);
  }

  /** It has ended. */
  forget(host: string): void {
    this.#heard.delete(host);
    this.#sent.delete(host);
  }

  /** @returns those from which something was heard in time */
  hosts(now: number): HostOffer[] {
    for (const [host, { at }] of this.#heard) if (now - at >= this.#silence) this.forget(host);
    return [...this.#heard.values()].map(({ offer }) => offer);
  }

  /** Chooses one of these, and counts the registration as on its way there. */
  place<C extends Candidate>(wanted: PoolWanted, candidates: Iterable<C>): C | undefined {
    const chosen = placeOf(wanted, candidates, this.#sent);
    if (chosen !== undefined) this.#sent.set(chosen.host, (this.#sent.get(chosen.host) ?? 0) + 1);
    return chosen;
  }

  /** Registrations on their way there, of which it has not heard as far as is known. */
  sent(host: string): number {
    return this.#sent.get(host) ?? 0;
  }

  /** What `place` has counted has not come there. */
  returned(host: string): void {
    const sent = this.#sent.get(host);
    if (sent !== undefined && sent > 0) this.#sent.set(host, sent - 1);
  }
}

/** Hosts with other versions, of which no more is known. */
export class OtherVersions {
  readonly #silence: number;
  readonly #heard = new Map<string, { readonly version: string; readonly at: number }>();

  /** @param silence as of `HeardHosts` */
  constructor(silence: number) {
    this.#silence = silence;
  }

  hear({ host, version }: OtherVersion, now: number): void {
    if (!this.#heard.has(host) && this.versions(now).length >= mostHosts) return;
    this.#heard.set(host, { version, at: now });
  }

  /** Of each that was heard in time. */
  versions(now: number): string[] {
    for (const [host, { at }] of this.#heard) if (now - at >= this.#silence) this.#heard.delete(host);
    return [...this.#heard.values()].map(({ version }) => version);
  }
}

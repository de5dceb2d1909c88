/**
 * This run on the hosts of other machines: one on each. Where the files of a host were edited since, it is opened there once
 * more; the one of before is kept while something uses it.
 *
 *   opening ─▶ current ─▶ former ─nothing uses it─▶ closed
 *      └─ fails, or is what the current one is ──▶ closed
 */
import type { Clock, Timer } from '../../base/clock.ts';
import type { HostOffer } from '../../reach/offer.ts';
import { has, type PoolWanted } from '../../reach/placement.ts';
import type { OtherHostStatus } from '../../wire/status.ts';

/** As much of a `RunElsewhere` as is needed here. */
export interface OtherRun {
  readonly host: string;
  readonly name: string;
  /** HOST:PORT, for people. Undefined: it is announced at none. */
  readonly place: string | undefined;
  /** What its workers connect to. Undefined: it is not open. */
  readonly address: string | undefined;
  readonly isOpening: boolean;
  readonly isOver: boolean;
  /** Of its pools, for other machines: what it was opened with, whatever is announced. */
  readonly identities: ReadonlyMap<string, string>;
  /** Something of this run, or of others with the same pools, is there. Does not reject. */
  inUse(): Promise<boolean>;
  /** The tests of a new run begin there, too. */
  renew(): void;
  close(): void;
}

export interface OtherRunsOptions {
  readonly clock: Clock;
  /** One is open, or over. */
  readonly changed: () => void;
}

interface Opening {
  readonly run: OtherRun;
  readonly offer: HostOffer;
  readonly since: number;
}

/** Runs on other hosts at a time. */
export const mostRuns = 64;
/** Milliseconds between two looks whether former ones are used. A worker that was sent there has come within one. */
const formerLook = 30_000;

export class OtherRuns {
  readonly #options: OtherRunsOptions;
  /** By the host. */
  readonly #current = new Map<string, OtherRun>();
  readonly #opening = new Map<string, Opening>();
  /** True: at the last look nothing used it. */
  readonly #former = new Map<OtherRun, boolean>();
  /** Sessions that were opened there. */
  readonly #sessions = new Map<OtherRun, number>();
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: OtherRunsOptions) {
    this.#options = options;
  }

  /** That on which sessions of the pool can be registered now. */
  on(host: string, { name, identity }: PoolWanted): (OtherRun & { readonly address: string }) | undefined {
    const run = this.#current.get(host);
    return run !== undefined && isOpen(run) && run.identities.get(name) === identity ? run : undefined;
  }

  isOpening(host: string): boolean {
    return this.#opening.has(host);
  }

  /** When the last opening began on a host that offers the pool; `-Infinity`: there is none. */
  openingSince(wanted: PoolWanted): number {
    const begun = [...this.#opening.values()].filter(({ offer }) => has(wanted, offer));
    return Math.max(-Infinity, ...begun.map(({ since }) => since));
  }

  /**
   * @param begin takes what is to be called when the run is open, or over, and not before it has returned
   * @returns false: no more can be open
   */
  open(offer: HostOffer, begin: (changed: () => void) => OtherRun): boolean {
    if (this.#current.size + this.#opening.size + this.#former.size >= mostRuns) return false;
    const { clock, changed } = this.#options;
    const run = begin(() => {
      this.#settle(offer.host);
      changed();
    });
    this.#opening.set(offer.host, { run, offer, since: clock.now() });
    return true;
  }

  /** A session was opened there. */
  openedOn(host: string): void {
    const run = this.#current.get(host);
    if (run !== undefined) this.#sessions.set(run, this.#sessionsOf(run) + 1);
  }

  renew(): void {
    for (const run of [...this.#current.values(), ...this.#former.keys()]) run.renew();
  }

  status(): { readonly host: string; readonly status: OtherHostStatus }[] {
    return this.#all().map((run) => {
      const { host, name, place: address, isOpening } = run;
      const state = isOpening ? 'connecting' : 'connected';
      return { host, status: { name, address, sessions: this.#sessionsOf(run), state } };
    });
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const run of this.#all()) run.close();
  }

  #all(): OtherRun[] {
    const opening = [...this.#opening.values()].map(({ run }) => run);
    return [...this.#current.values(), ...opening, ...this.#former.keys()];
  }

  #sessionsOf(run: OtherRun): number {
    return this.#sessions.get(run) ?? 0;
  }

  /** What has opened takes its place; what is over leaves it. */
  #settle(host: string): void {
    const opened = this.#opening.get(host)?.run;
    if (opened?.isOpening === false) {
      this.#opening.delete(host);
      const before = this.#current.get(host);
      if (before === undefined || before.isOver) this.#current.set(host, opened);
      else if (opened.isOver || hasSame(opened, before)) opened.close();
      else {
        this.#former.set(before, false);
        this.#current.set(host, opened);
        this.#watchFormer();
      }
    }
    const current = this.#current.get(host);
    if (current?.isOver === true) {
      this.#current.delete(host);
      this.#sessions.delete(current);
    }
    for (const run of this.#former.keys()) if (run.isOver) this.#forget(run);
  }

  #watchFormer(): void {
    this.#timer ??= this.#options.clock.after(formerLook, () => {
      this.#timer = undefined;
      void this.#leaveFormer();
    });
    this.#timer.unref();
  }

  async #leaveFormer(): Promise<void> {
    const looked = [...this.#former].map(async ([run, wasUnused]) => {
      const isUnused = !(await run.inUse());
      if (isUnused && wasUnused) {
        this.#forget(run);
        run.close();
      } else if (this.#former.has(run)) this.#former.set(run, isUnused);
    });
    await Promise.all(looked);
    if (this.#former.size > 0 && !this.#closed) this.#watchFormer();
  }

  #forget(run: OtherRun): void {
    this.#former.delete(run);
    this.#sessions.delete(run);
  }
}

function isOpen(run: OtherRun): run is OtherRun & { readonly address: string } {
  return run.address !== undefined;
}

/** The files there are as they were: it was announced otherwise for a moment. */
function hasSame({ identities }: OtherRun, { identities: others }: OtherRun): boolean {
  return identities.size === others.size && [...identities].every(([pool, identity]) => others.get(pool) === identity);
}

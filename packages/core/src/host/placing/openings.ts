/**
 * On which hosts of other machines this run is opened: on those that have a pool of which its own host was full. One on which
 * it cannot be opened, or does not stay open, is left alone for a while, which is told.
 */
import { hostname } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import { listed } from '../../definitions/pool-difference.ts';
import { printable, printableLines } from '../../base/printable.ts';
import type { HostOffer } from '../../reach/offer.ts';
import { has, type PoolWanted } from '../../reach/placement.ts';
import { machineName } from '../../wire/elsewhere.ts';
import type { RunInfo } from '../../wire/machine-messages.ts';
import { leftAlone } from './avoided-hosts.ts';
import { mostRuns, type OtherRun, type OtherRuns } from './other-runs.ts';
import { placeOffered, RunElsewhere, type RunElsewhereOptions } from './run-elsewhere.ts';
import type { ToldOnce } from './told-once.ts';

export interface OpeningsOptions {
  readonly clock: Clock;
  readonly runs: OtherRuns;
  readonly told: ToldOnce;
  /** Takes a sentence about what is wrong and fails no call. */
  readonly warn: (message: string) => void;
  /** Takes what pools print. */
  readonly printed: (text: string) => void;
  /** Begins to open the run on another host. Default: `RunElsewhere`. */
  readonly open?: ((options: RunElsewhereOptions) => OtherRun) | undefined;
}

/** What is wanted on other hosts. */
export interface WantedElsewhere {
  readonly run: RunInfo;
  /** Pools of which this host was full. */
  readonly pools: readonly PoolWanted[];
}

/** A host that is left alone. */
interface Pause {
  readonly until: number;
  /** Half a sentence. Absent: it was told. */
  why?: string | undefined;
}

const seconds = leftAlone / 1_000;

export class Openings {
  readonly #options: OpeningsOptions;
  readonly #pauses = new Map<string, Pause>();

  constructor(options: OpeningsOptions) {
    this.#options = options;
  }

  look(wanted: WantedElsewhere, offers: readonly HostOffer[]): void {
    const { clock, runs, warn } = this.#options;
    const now = clock.now();
    for (const [host, { until }] of this.#pauses) if (until <= now) this.#pauses.delete(host);
    for (const offer of offers) {
      const { host, name } = offer;
      const lacks = (pool: PoolWanted): boolean => has(pool, offer) && runs.on(host, pool) === undefined;
      const lacking = runs.isOpening(host) ? [] : wanted.pools.filter(lacks);
      if (lacking.length === 0) continue;
      const pause = this.#pauses.get(host);
      if (pause === undefined) this.#open(wanted, offer);
      else if (pause.why !== undefined) {
        // Not before it is wanted again: it may have ended in order.
        const machine = machineName(printable(name), placeOffered(offer));
        const pools = listed(lacking.map((pool) => JSON.stringify(pool.name)));
        warn(printableLines(`no session of ${pools} goes to ${machine} for ${seconds} s: ${pause.why}`));
        pause.why = undefined;
      }
    }
  }

  /** All may be tried again. */
  clear(): void {
    this.#pauses.clear();
  }

  #open(wanted: WantedElsewhere, offer: HostOffer): void {
    const { runs, told, warn } = this.#options;
    if (runs.open(offer, (changed) => this.#begin(wanted, offer, changed))) return;
    if (told.isNews('most runs'))
      warn(`this run is open on ${mostRuns} other hosts, and that is the limit: it goes to no more`);
  }

  #begin({ run, pools }: WantedElsewhere, offer: HostOffer, changed: () => void): OtherRun {
    const { clock, told, warn, printed, open = (options) => new RunElsewhere(options) } = this.#options;
    const { host } = offer;
    let openedAt: number | undefined;
    const other = open({
      offer: { ...offer, name: printable(offer.name) },
      run: { ...run, folder: `${hostname()}:${run.folder}` },
      runner: run.runner,
      printed,
      changed: () => {
        if (openedAt === undefined && other.address !== undefined) {
          openedAt = clock.now();
          told.forget(host);
          const isOther = (pool: PoolWanted): boolean =>
            has(pool, offer) && other.identities.get(pool.name) !== pool.identity;
          if (pools.some(isOther)) this.#pause(host, 'its pools are others than it has announced');
        } else if (openedAt !== undefined && other.isOver) {
          const lived = clock.now() - openedAt;
          if (lived < leftAlone)
            this.#pause(host, `the connection to it has ended ${Math.round(lived / 1_000)} s after it was opened`);
        }
        changed();
      },
      failed: (message) => {
        this.#pause(host);
        if (told.isNews(host)) warn(printableLines(`${message}; no session of this run goes there for ${seconds} s`));
      },
    });
    return other;
  }

  #pause(host: string, why?: string): void {
    if (!this.#pauses.has(host)) this.#pauses.set(host, { until: this.#options.clock.now() + leftAlone, why });
  }
}

/**
 * What a host that listens offers to runs on other machines: the pools of its project, where the config has a way to tell. The
 * config is loaded for that; no child is started. Where its files are edited, it is loaded again; what cannot be offered is
 * tried again from time to time, because the reason may be elsewhere.
 *
 *   config loaded ─▶ topic connected: "offers" ─edit─▶ loaded again ─▶ … ─close, address revoked─▶ goodbye
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock, type Clock, type Timer } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { messageOf } from '../base/thrown.ts';
import { version } from '../base/version.ts';
import type { PoolDefinition } from '../definitions/pool-definition.ts';
import type { RunnerPlace } from '../definitions/project.ts';
import { fillOf, loadOfMachine } from '../host/placing/fill.ts';
import { limits, whyUnheard, type HostOffer, type PoolOffer } from '../reach/offer.ts';
import { Presence } from '../reach/presence.ts';
import type { Reach, Topic, TopicOptions } from '../reach/types.ts';
import type { PoolStats } from '../pool/types.ts';
import type { Listening } from '../wire/control.ts';
import { ConfigFiles, OfferedPools } from './offered-pools.ts';
import type { Projects } from './projects.ts';

export interface OfferingOptions {
  readonly project: Listening['project'];
  /** In which the children of its runs are started. */
  readonly place: RunnerPlace;
  /**
   * Those by which other machines reach this host. Called once.
   * @param revoked they were taken back: nobody comes by them any more
   */
  readonly addresses: (revoked: () => void) => readonly string[];
  readonly projects: Pick<Projects, 'load'>;
  /** Of a pool that is there. @param digest of its definition */
  readonly stats: (digest: string) => PoolStats | undefined;
  /** Takes a line for the log of the host. */
  readonly print: (line: string) => void;
  readonly clock?: Clock | undefined;
}

/** Milliseconds between two looks at the files. */
const interval = 2_000;
/** Milliseconds until what has failed is tried again, at first and at last: an evaluation of a config leaves its modules. */
const [firstRetry, lastRetry] = [10_000, 300_000];

/** Of what is said of all pools together: no pool has this name. */
const all = '';

export class Offering {
  /** Another one at each start. */
  readonly host: string = randomUUID();
  readonly #options: OfferingOptions;
  readonly #clock: Clock;
  #files: ConfigFiles | undefined;
  /** Undefined: the config could not be loaded, or has no way to tell of them. */
  #offered: { readonly pools: OfferedPools; readonly topic: NonNullable<Reach['topic']> } | undefined;
  #presence: Presence | undefined;
  #presences = 0;
  /** Others hear of this host. */
  #heard = false;
  #addresses: readonly string[] | undefined;
  /** Something has failed, and is tried again. */
  #retry: { readonly at: number; readonly wait: number } | undefined;
  #timer: Timer | undefined;
  /** What was printed last of each pool, and of all. */
  readonly #said = new Map<string, string>();
  #closing: Promise<void> | undefined;

  constructor(options: OfferingOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Loads the config. Does not reject: what is wrong is printed. */
  async start(): Promise<void> {
    await this.#load();
    this.#next();
  }

  /** A pool may be fuller, or less full. */
  filled(): void {
    this.#presence?.changed();
  }

  /** Says goodbye. Does not reject. */
  close(): Promise<void> {
    this.#timer?.cancel();
    return (this.#closing ??= this.#withdraw());
  }

  #next(): void {
    if (this.#closing !== undefined) return;
    this.#timer = this.#clock.after(interval, () => {
      // What cannot be looked at now may be at the next look.
      void this.#look()
        .catch(noop)
        .then(() => this.#next());
    });
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const pools = this.#offered?.pools;
    if (this.#files?.changed === true || (await pools?.changed()) === true) {
      this.#retry = undefined;
      await this.#load();
    } else if (this.#retry !== undefined && this.#clock.now() >= this.#retry.at) {
      if (pools === undefined) await this.#load();
      else await this.#define(pools);
    }
  }

  async #load(): Promise<void> {
    const { project, place, projects } = this.#options;
    const files = (this.#files = new ConfigFiles(project));
    try {
      const loaded = await projects.load(project, place, { begins: (modules) => files.loadedBy(modules) });
      const { reach } = loaded;
      if (reach?.topic !== undefined) {
        await this.#define(new OfferedPools(loaded, place), reach.topic.bind(reach));
        return;
      }
      this.#offered = undefined;
      this.#retry = undefined;
      await this.#withdraw();
    } catch (thrown) {
      this.#offered = undefined;
      await this.#fail(thrown);
    }
  }

  /** @param topic of a config that was loaded; absent: it is that of before. Does not reject */
  async #define(pools: OfferedPools, topic?: NonNullable<Reach['topic']>): Promise<void> {
    await pools.define();
    if (this.#closing !== undefined) return;
    if (topic !== undefined) this.#offered = { pools, topic };
    for (const name of this.#said.keys()) if (name !== all && !pools.faults.has(name)) this.#said.delete(name);
    for (const [name, fault] of pools.faults) this.#say(`does not offer ${name} to other hosts: ${fault}`, name);
    if (pools.faults.size > 0) this.#tryAgain();
    else this.#retry = undefined;
    try {
      if (pools.definitions.length > 0) await this.#present(topic !== undefined);
      else {
        await this.#withdraw();
        if (pools.faults.size === 0) this.#say('no pool that can be offered to other hosts');
      }
    } catch (thrown) {
      await this.#fail(thrown);
    }
  }

  /** @param anew where others hear of it may be elsewhere @throws CarpoolError HUB_REJECTED */
  async #present(anew: boolean): Promise<void> {
    const before = this.#presence;
    if (before !== undefined && !anew) {
      before.changed();
      if (this.#heard) this.#sayOffered(this.#own());
      return;
    }
    this.#addresses ??= this.#options.addresses(() => this.#revoked()).slice(0, limits.addresses);
    const number = ++this.#presences;
    this.#heard = false;
    this.#presence = new Presence({
      topic: (options) => this.#topic(options, () => number === this.#presences),
      host: `${hostname()}, pid ${process.pid}`,
      version,
      clock: this.#clock,
      own: () => {
        const offer = this.#own();
        // It grows and shrinks with what is told of its pools.
        if (this.#heard && number === this.#presences) this.#sayOffered(offer);
        return offer;
      },
      failed: ({ message }) => {
        if (number !== this.#presences) return;
        this.#heard = false;
        this.#say(`not heard of by other hosts: ${message}`);
      },
    });
    await before?.close(true);
  }

  /** @param current it is that of the presence that there is */
  #topic(options: TopicOptions, current: () => boolean): Topic {
    if (this.#offered === undefined) throw new Error('there is nothing to be offered');
    return this.#offered.topic({
      ...options,
      connected: () => {
        options.connected();
        if (!current() || this.#closing !== undefined) return;
        this.#heard = true;
        this.#sayOffered(this.#own());
      },
    });
  }

  async #withdraw(): Promise<void> {
    const before = this.#presence;
    this.#presence = undefined;
    this.#presences++;
    await before?.close();
  }

  /** Nobody can come any more: runs are told, and not by their refusal. */
  #revoked(): void {
    if (this.#closing !== undefined) return;
    this.#say(
      'offers nothing to other hosts any more: its address was revoked. Start this host again to offer its pools',
    );
    void this.close();
  }

  async #fail(thrown: unknown): Promise<void> {
    if (this.#closing !== undefined) return;
    this.#tryAgain();
    await this.#withdraw();
    this.#say(`offers nothing to other hosts: ${messageOf(thrown)}`);
  }

  #tryAgain(): void {
    const { wait } = this.#retry ?? {};
    const next = wait === undefined ? firstRetry : Math.min(2 * wait, lastRetry);
    this.#retry = { at: this.#clock.now() + next, wait: next };
  }

  #sayOffered(offer: HostOffer): void {
    const why = whyUnheard(offer, version);
    const names = Object.keys(offer.pools).join(', ');
    this.#say(why === undefined ? `offers to other hosts: ${names}` : `offers nothing to other hosts: ${why}`);
  }

  /** Once, until something else is said of it. @param about a pool */
  #say(text: string, about: string = all): void {
    if (this.#said.get(about) === text) return;
    this.#said.set(about, text);
    this.#options.print(text);
  }

  #own(): HostOffer {
    const pools = (this.#offered?.pools.definitions ?? []).map(
      (definition) => [definition.settings.name, this.#poolOf(definition)] as const,
    );
    return {
      host: this.host,
      name: hostname(),
      addresses: this.#addresses ?? [],
      pools: Object.fromEntries(pools),
      load: loadOfMachine(),
    };
  }

  #poolOf({ portable, digest, settings }: PoolDefinition): PoolOffer {
    const { open = 0, queued = 0, quarantined = 0 } = this.#options.stats(digest) ?? {};
    return { ...portable, ...fillOf({ maxSessions: settings.maxSessions, open, queued, quarantined }) };
  }
}

/**
 * What a host that listens offers to runs on other machines: the pools of its project, where the config has a way to tell. The
 * config is loaded for that; no child is started. Where its files are edited, it is loaded again.
 */
import { randomUUID } from 'node:crypto';
import { availableParallelism, hostname, loadavg } from 'node:os';
import { systemClock, type Clock, type Timer } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { messageOf } from '../base/thrown.ts';
import { version } from '../base/version.ts';
import { findConfig } from '../config/find.ts';
import { PoolDefinition } from '../definitions/pool-definition.ts';
import type { RunnerPlace } from '../definitions/project.ts';
import { poolsOf } from '../host/configure.ts';
import { fingerprint, sameFingerprint, type Fingerprint } from '../process/files.ts';
import type { HostOffer, PoolOffer } from '../reach/offer.ts';
import { Presence } from '../reach/presence.ts';
import type { PoolStats } from '../pool/types.ts';
import type { Listening } from '../wire/control.ts';
import type { Projects } from './projects.ts';

export interface OfferingOptions {
  readonly project: Listening['project'];
  /** In which the children of its runs are started. */
  readonly place: RunnerPlace;
  /** Those by which other machines reach this host. Called once. */
  readonly addresses: () => readonly string[];
  readonly projects: Pick<Projects, 'load'>;
  /** Of a pool that is there. @param digest of its definition */
  readonly stats: (digest: string) => PoolStats | undefined;
  /** Takes a line for the log of the host. */
  readonly print: (line: string) => void;
  readonly clock?: Clock | undefined;
}

/** Milliseconds between two looks at the files. */
const interval = 2_000;

export class Offering {
  /** Another one at each start. */
  readonly host: string = randomUUID();
  readonly #options: OfferingOptions;
  readonly #clock: Clock;
  #definitions: readonly PoolDefinition[] = [];
  #presence: Presence | undefined;
  #addresses: readonly string[] | undefined;
  /** The config, where it could not be used: it is loaded again when it is edited. */
  #faulty: Fingerprint | undefined;
  #timer: Timer | undefined;
  #said = '';
  #closed = false;

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
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#presence?.close();
  }

  #next(): void {
    this.#timer = this.#clock.after(interval, () => {
      // What cannot be looked at now may be at the next look.
      void this.#look()
        .catch(noop)
        .then(() => {
          if (!this.#closed) this.#next();
        });
    });
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    if (await this.#isEdited()) await this.#load();
  }

  async #isEdited(): Promise<boolean> {
    if (this.#faulty !== undefined && !sameFingerprint(this.#faulty, this.#config)) return true;
    for (const definition of this.#definitions) if (await definition.changed()) return true;
    return false;
  }

  get #config(): Fingerprint | undefined {
    const { root, configFile = findConfig(root) } = this.#options.project;
    return configFile === undefined ? undefined : fingerprint(configFile);
  }

  async #load(): Promise<void> {
    const { project, place, projects } = this.#options;
    const before = this.#presence;
    this.#faulty = undefined;
    try {
      const loaded = await projects.load(project, place);
      const { reach } = loaded;
      if (reach?.topic === undefined) {
        this.#definitions = [];
        this.#presence = undefined;
        await before?.close();
        return;
      }
      // What a test gets of a server is an address on its own machine.
      const offered = poolsOf(loaded).filter(([, { server }]) => server === undefined);
      const made = offered.map(([, settings, options]) =>
        PoolDefinition.of({ settings, options, project: loaded, place }),
      );
      this.#definitions = await Promise.all(made);
      this.#addresses ??= this.#options.addresses();
      if (this.#closed) return;
      const topic = reach.topic.bind(reach);
      this.#presence = new Presence({
        topic,
        host: `${hostname()}, pid ${process.pid}`,
        version,
        clock: this.#clock,
        own: () => this.#offer(),
        failed: ({ message }) => this.#say(`not heard of by other hosts: ${message}`),
      });
      await before?.close(true);
      const names = offered.map(([name]) => name).join(', ');
      this.#say(names === '' ? `no pool that can be offered to other hosts` : `offers to other hosts: ${names}`);
    } catch (thrown) {
      this.#faulty = this.#config;
      this.#definitions = [];
      this.#presence = undefined;
      await before?.close();
      this.#say(`offers nothing to other hosts: ${messageOf(thrown)}`);
    }
  }

  #say(text: string): void {
    if (text === this.#said) return;
    this.#said = text;
    this.#options.print(text);
  }

  #offer(): HostOffer {
    const pools = this.#definitions.map((definition) => [definition.settings.name, this.#poolOf(definition)] as const);
    const load = (loadavg()[0] ?? 0) / availableParallelism();
    return {
      host: this.host,
      name: hostname(),
      addresses: this.#addresses ?? [],
      pools: Object.fromEntries(pools),
      load,
    };
  }

  #poolOf({ portable: identity, digest, settings }: PoolDefinition): PoolOffer {
    const { open = 0, queued = 0, quarantined = 0 } = this.#options.stats(digest) ?? {};
    const slots = Math.max(settings.maxSessions - quarantined, 0);
    return { identity, slots, free: Math.max(slots - open - queued, 0), queued };
  }
}

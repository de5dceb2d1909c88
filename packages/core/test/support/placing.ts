/** Hosts of other machines for tests of what goes there: a topic, a clock, pools and runs of this process. */
import { Cancellation, type CancelSignal } from '../../src/base/cancellation.ts';
import { CarpoolError } from '../../src/base/errors.ts';
import { version } from '../../src/base/version.ts';
import type { HubOpenOptions, HubPool } from '../../src/host/hub/hub-pool.ts';
import type { OtherRun } from '../../src/host/placing/other-runs.ts';
import { Placing, type PlacingOptions } from '../../src/host/placing/placing.ts';
import type { RunElsewhereOptions } from '../../src/host/placing/run-elsewhere.ts';
import type { Registration } from '../../src/pool/registration.ts';
import { writeAnnouncement, type PoolOffer } from '../../src/reach/offer.ts';
import { formatAddress } from '../../src/wire/address.ts';
import { Elsewhere } from '../../src/wire/elsewhere.ts';
import { FakeClock } from './clock.ts';
import { FakeTopic } from './fake-topic.ts';

const listener = { event: () => {}, ask: () => {}, closed: () => {} };

/** That of another machine, at which nothing listens. */
export function addressOf(host: string): string {
  return formatAddress({ host, port: 7_000, token: '0'.repeat(64), fingerprint: 'A'.repeat(43) });
}

/** What is due in this turn, and what follows from it. */
export async function turn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** A pool that opens sessions at once while it has slots, and lets others wait in their order. */
export class FakePool {
  readonly name: string;
  slots: number;
  open = 0;
  readonly asked: HubOpenOptions[] = [];
  readonly #queue: (() => void)[] = [];

  constructor(name: string, slots: number) {
    this.name = name;
    this.slots = slots;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** As the hub has it. */
  get hub(): HubPool {
    return {
      settings: { name: this.name },
      stats: () => ({ maxSessions: this.slots, quarantined: 0, open: this.open, queued: this.queued }),
      statsOfRun: () => ({ sessions: 0 }),
      countAnew: () => {},
      resetFailures: () => {},
      replaceIfChanged: async () => {},
      open: (options: HubOpenOptions) => this.#open(options),
    } as unknown as HubPool;
  }

  async #open(options: HubOpenOptions): Promise<Registration> {
    this.asked.push(options);
    const { signal, wait = true } = options;
    if (this.open >= this.slots) {
      if (!wait) throw new CarpoolError('POOL_FULL', 'Cannot register a session: all are busy');
      await new Promise<void>((resolve, reject) => {
        this.#queue.push(resolve);
        options.queued?.();
        signal?.addEventListener('abort', () => {
          this.#queue.splice(this.#queue.indexOf(resolve), 1);
          reject(signal.reason as Error);
        });
      });
      options.granted?.();
    }
    this.open++;
    const released = Promise.withResolvers<unknown>();
    const end = (): void => {
      this.open--;
      this.#queue.shift()?.();
      released.resolve(undefined);
    };
    return { conversation: { released: released.promise, end } } as unknown as Registration;
  }
}

/** The run on another host, which the test opens. */
export class FakeRun implements OtherRun {
  readonly host: string;
  readonly name: string;
  readonly place: string;
  identities: ReadonlyMap<string, string> = new Map();
  address: string | undefined;
  isOver = false;
  used = false;
  renewed = 0;
  readonly #options: RunElsewhereOptions;

  constructor(options: RunElsewhereOptions) {
    this.host = options.offer.host;
    this.name = options.offer.name;
    this.place = `${options.offer.host}:7000`;
    this.#options = options;
  }

  get isOpening(): boolean {
    return this.address === undefined && !this.isOver;
  }

  opens(identities: Readonly<Record<string, string>> = { db: 'x' }): void {
    this.identities = new Map(Object.entries(identities));
    this.address = `carpool+tls://${this.host}`;
    this.#options.changed();
  }

  /** @throws Error if it is over: a test that ends it twice takes it for another one */
  fails(message: string): void {
    this.#end();
    this.#options.failed(message);
    this.#options.changed();
  }

  /** Its connection ends. */
  ends(): void {
    this.#end();
    this.#options.changed();
  }

  async inUse(): Promise<boolean> {
    return this.used;
  }

  renew(): void {
    this.renewed++;
  }

  close(): void {
    this.isOver = true;
    this.address = undefined;
  }

  #end(): void {
    if (this.isOver) throw new Error(`the run on ${this.host} is over`);
    this.close();
  }
}

/** The host of a run with pools that others may have, too. */
export class PlacingWorld {
  readonly clock: FakeClock = new FakeClock();
  readonly topic: FakeTopic = new FakeTopic();
  readonly warnings: string[] = [];
  /** In the order in which they were begun. */
  readonly runs: FakeRun[] = [];
  readonly pools: ReadonlyMap<string, FakePool>;
  readonly placing: Placing;
  readonly #placed: ReadonlyMap<string, HubPool>;
  #number = 0;

  constructor(slots: Readonly<Record<string, number>> = { db: 1 }, options: Partial<PlacingOptions> = {}) {
    this.pools = new Map(Object.entries(slots).map(([name, count]) => [name, new FakePool(name, count)]));
    this.placing = new Placing({
      topic: this.topic.open,
      made: async () =>
        new Map(Object.keys(slots).map((name) => [name, { identity: 'x', parts: { 'engine.mjs': '00000001' } }])),
      run: async () => ({ id: 'r', folder: '/code', runner: 'a test', pid: 1 }),
      warn: (message) => this.warnings.push(message),
      printed: () => {},
      clock: this.clock,
      open: (of) => {
        const run = new FakeRun(of);
        this.runs.push(run);
        return run;
      },
      ...options,
    });
    this.#placed = this.placing.pools(new Map([...this.pools].map(([name, pool]) => [name, pool.hub])));
  }

  placed(pool = 'db'): HubPool {
    return this.#placed.get(pool)!;
  }

  /** Another host says what it offers. @param pool one, or several that are alike */
  offers(
    host: string,
    free: number,
    { pool = 'db', ...more }: { pool?: string | readonly string[] } & Partial<PoolOffer> = {},
  ): void {
    const offered = { identity: 'x', slots: 4, free, queued: 0, ...more };
    const pools = Object.fromEntries([pool].flat().map((name) => [name, offered]));
    const offer = { host, name: `ci-${host}`, addresses: [addressOf(host)], pools, load: 0 };
    this.topic.publish(writeAnnouncement({ says: 'offers', number: ++this.#number, offer }, version));
  }

  /** Takes the slots of this host, and begins to hear of others. */
  async full(pool: string = 'db'): Promise<Registering[]> {
    const all = Array.from({ length: this.pools.get(pool)!.slots }, () => this.register({ pool }));
    for (const one of all) await one.outcome();
    await turn();
    return all;
  }

  /** This host is full, and the run is open on another one, which has free slots. */
  async connected(host: string, free: number): Promise<FakeRun> {
    await this.full();
    const first = this.register();
    this.offers(host, free);
    const run = this.runs.at(-1)!;
    run.opens();
    const outcome = await first.outcome();
    if (outcome !== `sent to ${host}`) throw new Error(`the registration was ${outcome}`);
    await this.pass(2_000);
    this.offers(host, free);
    return run;
  }

  register(options: Partial<HubOpenOptions> & { pool?: string } = {}): Registering {
    return new Registering(this.placed(options.pool), { tried: [], ...options });
  }

  /** Time passes, in steps in which what waits looks again. */
  async pass(milliseconds: number): Promise<void> {
    await turn();
    for (let left = milliseconds; left > 0; left -= 50) {
      this.clock.pass(Math.min(left, 50));
      await turn();
    }
  }
}

/** A call that registers, as a worker makes it. */
export class Registering {
  readonly #cancelled = new Cancellation();
  readonly #registration: Promise<Registration>;
  #outcome: string | undefined;

  constructor(pool: HubPool, options: HubOpenOptions) {
    const signal: CancelSignal = this.#cancelled;
    this.#registration = pool.open({ ...options, signal } as HubOpenOptions, listener, { stack: '' });
    this.#registration.then(
      () => (this.#outcome = 'here'),
      (thrown: unknown) =>
        (this.#outcome =
          thrown instanceof Elsewhere
            ? `sent to ${thrown.destination.host}`
            : `failed: ${thrown instanceof CarpoolError ? thrown.code : String(thrown)}`),
    );
  }

  /** "here", "sent to HOST", "failed: …"; undefined: it waits. */
  get now(): string | undefined {
    return this.#outcome;
  }

  cancel(): void {
    this.#cancelled.abort(() => new Error('cancelled'));
  }

  /** Where it went, once it is known. */
  async outcome(): Promise<string> {
    await this.#registration.catch(() => {}); // in the outcome
    return this.#outcome!;
  }

  /** Ends the session that it has here. */
  async end(): Promise<void> {
    const { conversation } = await this.#registration;
    (conversation as unknown as { end(): void }).end();
    await turn();
  }
}

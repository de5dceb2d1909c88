/**
 * Runs the shards, so many at a time, and passes on what they print.
 *
 *   waiting ─ a place is free ─▶ running ─▶ ended ─▶ its output is printed
 *      └─ interrupted, or another has failed and `bail` ─▶ not started
 */
import { noop } from '../../base/noop.ts';
import type { ProcessIdentity } from '../../process/identity.ts';
import { failed, howEnded, type ShardEnd, type ShardOutcome } from './outcome.ts';
import type { ShardOutput } from './output.ts';
import type { Shard } from './plan.ts';
import { pump } from './pump.ts';
import { ShardProcess, type StopTimes } from './shard-process.ts';

export interface ShardsOptions {
  /** How many run at a time. */
  readonly concurrency: number;
  /** The first that fails ends the others. */
  readonly bail: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly output: (shard: Shard) => ShardOutput;
  /** Takes the groups of those that run, whenever that changes. */
  readonly running: (groups: readonly ProcessIdentity[]) => void;
  /** As in `ShardProcess`. */
  readonly stopTimes?: StopTimes | undefined;
}

export class Shards {
  readonly #shards: readonly Shard[];
  readonly #options: ShardsOptions;
  readonly #running = new Set<ShardProcess>();
  readonly #ends = new Map<Shard, ShardEnd>();
  #interrupted: NodeJS.Signals | undefined;
  /** No other one is started. */
  #over = false;

  constructor(shards: readonly Shard[], options: ShardsOptions) {
    this.#shards = shards;
    this.#options = options;
  }

  /** The first signal that was passed on. */
  get interrupted(): NodeJS.Signals | undefined {
    return this.#interrupted;
  }

  /** Passes it on to all that run; no other one is started. */
  signal(name: NodeJS.Signals): void {
    this.#interrupted ??= name;
    this.#over = true;
    for (const one of this.#running) one.signal(name);
  }

  /** Resolves when all have ended, in the order of their numbers. @throws what the system says of a command that cannot be run */
  async run(): Promise<ShardOutcome[]> {
    const waiting = [...this.#shards];
    const places = Array.from({ length: Math.min(this.#options.concurrency, waiting.length) }, async () => {
      for (let next = waiting.shift(); next !== undefined && !this.#over; next = waiting.shift())
        await this.#runOne(next);
    });
    const settled = await Promise.allSettled(places);
    for (const place of settled) if (place.status === 'rejected') throw place.reason;
    return this.#shards.map((shard) => ({ name: shard.name, end: this.#ends.get(shard) }));
  }

  async #runOne(shard: Shard): Promise<void> {
    const { bail, env, output } = this.#options;
    const since = performance.now();
    try {
      const shown = output(shard);
      const end = await this.#ended(new ShardProcess(shard, env, this.#options.stopTimes), shown);
      this.#ends.set(shard, end);
      if (bail && failed({ name: shard.name, end })) this.#stopAll();
      const seconds = Math.round((performance.now() - since) / 1_000);
      await shown.end(
        `carpool: shard ${shard.name}, ${howEnded(end)} after ${seconds} s: ${shard.command.join(' ')}\n`,
      );
    } catch (thrown) {
      this.#stopAll();
      throw thrown;
    }
  }

  /** Resolves when it has ended, and all that it has printed is passed on. */
  async #ended(one: ShardProcess, shown: ShardOutput): Promise<ShardEnd> {
    const { ended } = one;
    this.#running.add(one);
    this.#tell();
    try {
      const pumps = (['stdout', 'stderr'] as const).map((name) =>
        pump(one[name], (chunk) => shown.write(name, chunk), { exited: ended }),
      );
      const [end] = await Promise.all([ended, ...pumps]);
      return end;
    } catch (thrown) {
      void one.stop();
      throw thrown;
    } finally {
      await ended.catch(noop); // which is what was thrown
      this.#running.delete(one);
      this.#tell();
    }
  }

  #tell(): void {
    this.#options.running([...this.#running].flatMap(({ group }) => group ?? []));
  }

  #stopAll(): void {
    this.#over = true;
    for (const one of this.#running) void one.stop();
  }
}

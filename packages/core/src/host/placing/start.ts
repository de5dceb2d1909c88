/** From the config of a run to what sends its registrations to other hosts. Loaded where the config has hosts to look for. */
import { printableLines } from '../../base/printable.ts';
import { messageOf } from '../../base/thrown.ts';
import { PoolDefinition } from '../../definitions/pool-definition.ts';
import { ownEnvironment } from '../../hosts/own-environment.ts';
import type { LoadedProject } from '../../definitions/project.ts';
import type { PoolMade } from '../../reach/offer.ts';
import type { RunInfo, RunInfoResult } from '../../wire/machine-messages.ts';
import type { HubPool } from '../hub/hub-pool.ts';
import type { MadePoolsOptions, Remade } from './made-pools.ts';
import { Placing, type PlacingOptions } from './placing.ts';

/** Milliseconds for what the option `identity` of a pool finds out. */
const configTimeout = 60_000;

export interface StartPlacing extends Pick<PlacingOptions, 'topic' | 'self'> {
  readonly runInfo: () => Promise<RunInfoResult>;
  readonly runner: string | undefined;
  readonly warn?: PlacingOptions['warn'];
  readonly printed?: PlacingOptions['printed'];
}

/** @param pools what its pools are made from, for other machines */
export function placingFor(
  { runInfo, runner = 'a runner', warn = warned, printed = shown, ...options }: StartPlacing,
  pools: MadePoolsOptions,
): Placing {
  const run = async (): Promise<RunInfo> => {
    const { run: known } = await runInfo();
    if (known === undefined) throw new Error('it is not known which run this is');
    return { ...known, runner };
  };
  return new Placing({ ...options, ...pools, run, warn, printed });
}

/** What the pools of this process are made from, which are started as it is. */
export class PortablePools implements Remade {
  readonly #pools: ReadonlyMap<string, HubPool>;
  readonly #project: LoadedProject;
  readonly #warn: PlacingOptions['warn'];
  readonly #definitions = new Map<string, PoolDefinition>();
  /** By the pool: why it is not known. */
  readonly #faults = new Map<string, string>();

  constructor(pools: ReadonlyMap<string, HubPool>, project: LoadedProject, warn: PlacingOptions['warn'] = warned) {
    this.#pools = pools;
    this.#project = project;
    this.#warn = warn;
  }

  /** Those that other machines may have. Does not reject: what is wrong with one is told, and it is left out. */
  async all(): Promise<ReadonlyMap<string, PoolMade>> {
    const found = [...this.#pools.keys()].map(async (name) => [name, await this.made(name)] as const);
    const made = await Promise.all(found);
    return new Map(made.flatMap(([name, portable]) => (portable === undefined ? [] : [[name, portable]])));
  }

  /** One of which it was not known may be known now. */
  async changed(pool: string): Promise<boolean> {
    return this.#faults.has(pool) || (await this.#definitions.get(pool)?.changed()) === true;
  }

  async made(pool: string): Promise<PoolMade | undefined> {
    const settings = this.#pools.get(pool)?.settings;
    const options = this.#project.pools[pool];
    if (settings === undefined || options === undefined || settings.server !== undefined) return undefined;
    const place = { env: ownEnvironment(), cwd: process.cwd(), configTimeout };
    try {
      const definition = await PoolDefinition.of({ settings, options, project: this.#project, place });
      this.#definitions.set(pool, definition);
      this.#faults.delete(pool);
      return definition.portable;
    } catch (thrown) {
      const fault = messageOf(thrown);
      if (this.#faults.get(pool) !== fault)
        this.#warn(printableLines(`no session of ${JSON.stringify(pool)} goes to other hosts: ${fault}`));
      this.#faults.set(pool, fault);
      return undefined;
    }
  }
}

function warned(message: string): void {
  process.stderr.write(`carpool: ${message}\n`);
}

function shown(text: string): void {
  process.stderr.write(text);
}

/** What the pools of a run are made from, for other machines: as it is now, also where files are edited between two runs. */
import type { PoolMade } from '../../reach/offer.ts';

export interface MadePoolsOptions {
  /** What the pools are made from, for other machines; those of which it is not known stay here. Called once. */
  readonly made: () => Promise<ReadonlyMap<string, PoolMade>>;
  /** Of pools whose files may be edited while this host lives. Default: they stay what they are. */
  readonly remade?: Remade | undefined;
}

/** Tells what a pool is made from after an edit. */
export interface Remade {
  /** It is another one than was told last. */
  changed(pool: string): Promise<boolean>;
  /** Undefined: it is not known, which has been told. Does not reject. */
  made(pool: string): Promise<PoolMade | undefined>;
}

export class MadePools {
  readonly #options: MadePoolsOptions;
  readonly #changed: () => void;
  #known: Map<string, PoolMade> | undefined;
  /** By the pool: how often it was asked again. The last answer counts. */
  readonly #asked = new Map<string, number>();

  /** @param changed a pool is known again */
  constructor({ made, remade }: MadePoolsOptions, changed: () => void) {
    this.#options = { made, remade };
    this.#changed = changed;
  }

  /** Undefined: not yet. */
  get known(): ReadonlyMap<string, PoolMade> | undefined {
    return this.#known;
  }

  /** @throws what `made` throws */
  async find(): Promise<void> {
    this.#known = new Map(await this.#options.made());
  }

  /** Other hosts are of no use: there is nothing to wait for. */
  none(): void {
    this.#known = new Map();
  }

  /** Looks whether the pool is another one now. Until it is known which, it is none that other hosts may have: theirs are of before. */
  async edited(pool: string): Promise<void> {
    const known = this.#known;
    const { remade } = this.#options;
    if (known === undefined || remade === undefined || !(await remade.changed(pool))) return;
    known.delete(pool);
    const number = (this.#asked.get(pool) ?? 0) + 1;
    this.#asked.set(pool, number);
    void remade.made(pool).then((made) => {
      if (made === undefined || this.#asked.get(pool) !== number) return;
      known.set(pool, made);
      this.#changed();
    });
  }
}

/** Messages of all children of a host as they pass, for what looks at them. While nothing looks, a message costs one check. */
import type { HolderLabel } from '../base/holder-label.ts';
import type { SessionName } from './errors.ts';
import type { Direction, KeptFrame } from './kept-frame.ts';

/** A message that has passed. Nothing of it may be changed. */
export interface Passed {
  /** The name of the pool. */
  readonly pool: string;
  /** Tells it from others of its name. Absent: there are none. */
  readonly poolId?: string | undefined;
  readonly direction: Direction;
  readonly speaker: Readonly<SessionName> & { readonly holder?: HolderLabel | undefined };
  readonly frame: KeptFrame;
}

/** Called in the turn of the message, before the session has it: must be short, and must not throw. */
export type Look = (passed: Passed) => void;

/** What a journal tells. */
export type Told = Pick<Passing, 'idle' | 'tell'>;

/** Says of which pool a message is, where several have one name. */
export class PassingOf implements Told {
  readonly #passing: Told;
  readonly #poolId: string;

  constructor(passing: Told, poolId: string) {
    this.#passing = passing;
    this.#poolId = poolId;
  }

  get idle(): boolean {
    return this.#passing.idle;
  }

  tell(passed: Passed): void {
    this.#passing.tell({ ...passed, poolId: this.#poolId });
  }
}

export class Passing {
  readonly #looks = new Set<Look>();
  /** Nothing looks: there is nothing to tell. */
  idle = true;

  /** What looks. */
  get size(): number {
    return this.#looks.size;
  }

  /** @returns ends it */
  add(look: Look): () => void {
    this.#looks.add(look);
    this.idle = false;
    return () => {
      this.#looks.delete(look);
      this.idle = this.#looks.size === 0;
    };
  }

  tell(passed: Passed): void {
    for (const look of this.#looks) look(passed);
  }
}

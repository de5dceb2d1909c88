/**
 * Bounds the children of all pools of a host together. A child that may not start yet waits for its turn, fair between runs;
 * meanwhile children that no session uses are stopped. Pure.
 */
import { FairQueue } from '../base/fair-queue.ts';

/** A pool whose children count. */
export interface CappedPool {
  /** Children that are there, or about to be. */
  readonly places: number;
  /** Of these, children that were stopped because no session used them, and will be gone. */
  readonly stopping: number;
  /** Stops a child that no session uses. False: there is none. */
  stopIdle(): boolean;
}

/** A pool that wants to start one more child. */
export interface StartWish {
  /** Of the call that wants it. */
  readonly run: string | undefined;
  /** Its turn: it starts one child, or none, if no call waits any more. */
  readonly turn: () => void;
}

export interface ChildCapOptions {
  /** Children at once. Default: no bound. */
  readonly maxChildren?: number | undefined;
  /** What those that are there take is too much for one more. */
  readonly full?: (() => boolean) | undefined;
}

export class ChildCap {
  readonly maxChildren: number;
  readonly #full: () => boolean;
  readonly #pools = new Set<CappedPool>();
  readonly #wishes = new FairQueue<StartWish>();
  #turn = false;

  constructor({ maxChildren = Infinity, full = () => false }: ChildCapOptions) {
    this.maxChildren = maxChildren;
    this.#full = full;
  }

  /** @returns leaves */
  join(pool: CappedPool): () => void {
    this.#pools.add(pool);
    return () => {
      this.#pools.delete(pool);
      this.freed();
    };
  }

  /** A child waits for its start. */
  get isWanted(): boolean {
    return this.#wishes.size > 0;
  }

  /** One more child may start now. None overtakes those that wait. */
  get available(): boolean {
    return (this.#turn || this.#wishes.size === 0) && this.#hasRoom;
  }

  /** A child starts: with it, the turn is over. */
  started(): void {
    this.#turn = false;
  }

  wait(wish: StartWish): void {
    this.#wishes.add(wish);
    this.#makeRoom();
  }

  /** No call waits for it any more. */
  withdraw(wish: StartWish): void {
    this.#wishes.delete(wish);
  }

  /** A child has become idle. */
  idled(): void {
    this.#makeRoom();
  }

  /** A child has gone, or will not start after all. */
  freed(): void {
    while (!this.#turn && this.#hasRoom) {
      const wish = this.#wishes.shift();
      if (wish === undefined) return;
      this.#turn = true;
      wish.turn();
      this.#turn = false;
    }
    // What has gone may not have been enough, and what was in use then may be idle now.
    this.#makeRoom();
  }

  /** Stops an idle child for each that waits, less those that are about to go: what their end makes room for is seen then. */
  #makeRoom(): void {
    const stopOne = (): boolean => [...this.#pools].some((pool) => pool.stopIdle());
    while (this.#wishes.size > this.#stopping && !this.#hasRoom && stopOne()) continue;
  }

  get #stopping(): number {
    let stopping = 0;
    for (const pool of this.#pools) stopping += pool.stopping;
    return stopping;
  }

  /** One child may run in any case: nothing else would make room for it. */
  get #hasRoom(): boolean {
    let places = 0;
    for (const pool of this.#pools) places += pool.places;
    return places === 0 || (places < this.maxChildren && !this.#full());
  }
}

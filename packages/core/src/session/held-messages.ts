/**
 * What a gate holds back of one session: a queue for each kind of message. Messages of one kind are admitted alike, so that
 * the gate is asked about the oldest of each kind alone, however many wait.
 */
import { Fifo } from '../base/fifo.ts';
import type { Gate } from '../protocol/gate.ts';
import type { Outgoing } from '../protocol/protocol.ts';
import type { PendingCall } from './pending.ts';

/** One message, with the call that a request is. */
export interface HeldMessage {
  readonly outgoing: Outgoing;
  readonly call: PendingCall | undefined;
}

interface Entry extends HeldMessage {
  /** The order over all kinds. */
  readonly place: number;
  readonly bytes: number;
  /** It was given up. Its place in the queue goes when its turn comes, or with the next clean-up. */
  givenUp: boolean;
}

/** Messages that were given up, at which a clean-up is worth its while. */
const cleanUpFrom = 1_000;

export class HeldMessages {
  readonly #queues = new Map<string, Fifo<Entry>>();
  /** Those of requests. */
  readonly #byCall = new Map<PendingCall, Entry>();
  #places = 0;
  #size = 0;
  #bytes = 0;
  #givenUp = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes of those that are encoded. */
  get bytes(): number {
    return this.#bytes;
  }

  add(kind: string, outgoing: Outgoing, call: PendingCall | undefined): void {
    const bytes = outgoing.frame.encodedBytes;
    const entry: Entry = { outgoing, call, bytes, place: this.#places++, givenUp: false };
    let queue = this.#queues.get(kind);
    if (queue === undefined) this.#queues.set(kind, (queue = new Fifo()));
    queue.push(entry);
    if (call !== undefined) this.#byCall.set(call, entry);
    this.#size++;
    this.#bytes += bytes;
  }

  /** A request is no longer wanted. */
  giveUp(call: PendingCall): void {
    const entry = this.#byCall.get(call);
    if (entry === undefined) return;
    entry.givenUp = true;
    this.#forget(entry);
    if (++this.#givenUp > this.#size + cleanUpFrom) this.#cleanUp();
  }

  /** Takes the oldest of the messages that `gate` admits. Absent: it admits all. */
  takeAdmitted(gate: Gate | undefined): HeldMessage | undefined {
    let oldest: Entry | undefined;
    let from: string | undefined;
    for (const kind of this.#queues.keys()) {
      const head = this.#head(kind);
      if (head === undefined || (oldest !== undefined && oldest.place < head.place)) continue;
      if (gate?.admits(head.outgoing.frame) === false) continue;
      oldest = head;
      from = kind;
    }
    if (oldest === undefined || from === undefined) return undefined;
    this.#queues.get(from)?.shift();
    this.#forget(oldest);
    return oldest;
  }

  /** Takes all, the oldest first. */
  drain(): HeldMessage[] {
    const all = [...this.#queues.values()].flatMap((queue) => queue.drain());
    this.#queues.clear();
    this.#byCall.clear();
    this.#size = 0;
    this.#bytes = 0;
    this.#givenUp = 0;
    return all.filter(({ givenUp }) => !givenUp).sort((a, b) => a.place - b.place);
  }

  #head(kind: string): Entry | undefined {
    const queue = this.#queues.get(kind);
    while (queue?.first?.givenUp === true) {
      queue.shift();
      this.#givenUp--;
    }
    if (queue?.size === 0) this.#queues.delete(kind);
    return queue?.first;
  }

  #forget({ call, bytes }: Entry): void {
    if (call !== undefined) this.#byCall.delete(call);
    this.#size--;
    this.#bytes -= bytes;
  }

  #cleanUp(): void {
    for (const queue of this.#queues.values()) {
      for (const entry of queue.drain()) if (!entry.givenUp) queue.push(entry);
    }
    this.#givenUp = 0;
  }
}

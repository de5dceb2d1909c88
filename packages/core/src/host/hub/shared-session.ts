/** A session of a worker that other processes may join, from the first `address` to its end. */
import type { CarpoolError, Evidence } from '../../base/errors.ts';
import type { Frame } from '../../codec/frame.ts';
import type { WireId } from '../../protocol/protocol.ts';
import type { Conversation } from '../../session/conversation.ts';
import { closedError } from '../../session/errors.ts';
import type { CloseReason } from '../../session/state.ts';
import type { JoinResult } from '../../wire/messages.ts';

/** What a joined process needs of the relay. */
export interface Shareable {
  readonly conversation: Conversation;
  readonly maxFrameBytes: number;
  /** What the process must know of the session. */
  describe(): Promise<JoinResult>;
  inbound(body: Uint8Array): Frame;
  outbound(frame: Frame): Uint8Array;
  evidence(): Evidence;
}

/** A process that has joined. */
export interface Member {
  event(frame: Frame): void;
  adopted(wireId: WireId): void;
  closed(reason: CloseReason): void;
}

export class SharedSession {
  readonly id: string;
  readonly #members = new Set<Member>();
  #relay: Shareable | undefined;
  #closed: CloseReason | undefined;

  constructor(relay: Shareable) {
    this.#relay = relay;
    this.id = relay.conversation.id;
  }

  /** What has ended it: "because its test has ended". */
  get over(): string | undefined {
    return this.#closed?.reason;
  }

  /** Absent: it has ended. */
  get relay(): Shareable | undefined {
    return this.#relay;
  }

  /** For a call of a process that comes after the end. */
  closedError(call: string, now: number): CarpoolError {
    const reason = this.#closed ?? { by: 'hub', at: now, reason: 'for no known reason' };
    return closedError(call, { id: this.id, label: `session ${this.id}` }, reason, now);
  }

  /** From now on it gets what the worker gets, but for questions. */
  add(member: Member): void {
    this.#members.add(member);
  }

  remove(member: Member): void {
    this.#members.delete(member);
  }

  event(frame: Frame): void {
    for (const member of this.#members) member.event(frame);
  }

  adopted(wireId: WireId): void {
    for (const member of this.#members) member.adopted(wireId);
  }

  closed(reason: CloseReason): void {
    this.#closed = reason;
    for (const member of this.#members) member.closed(reason);
    this.#members.clear();
    this.#relay = undefined;
  }
}

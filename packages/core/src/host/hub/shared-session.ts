/** A session of a worker that other processes may join, from the first `address` to its end. */
import type { CarpoolError, Evidence } from '../../base/errors.ts';
import type { Frame } from '../../codec/frame.ts';
import type { WireId } from '../../protocol/protocol.ts';
import type { Conversation } from '../../session/conversation.ts';
import { closedError } from '../../session/errors.ts';
import type { CloseReason } from '../../session/state.ts';
import type { Format } from '../../codec/codec.ts';
import type { Registration } from '../../pool/registration.ts';
import { carryOpened } from '../../wire/carried.ts';
import type { JoinResult } from '../../wire/messages.ts';
import { registerResult } from './register-result.ts';

/** What passes between processes and the session. */
export interface Carrying {
  inbound(body: Uint8Array): Frame;
  outbound(frame: Frame): Uint8Array;
  evidence(): Promise<Evidence>;
}

/** What there is of it until it ends. */
export interface OpenShared {
  readonly conversation: Conversation;
  readonly carrying: Carrying;
  readonly maxFrameBytes: number;
  /** What a process that joins must know of the session. */
  describe(): Promise<JoinResult>;
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
  #open: OpenShared | undefined;
  #closed: CloseReason | undefined;

  /** @param translation what the bodies are written in where a process cannot read the child's own format */
  constructor(registration: Registration, carrying: Carrying, translation: Format | undefined) {
    const { conversation, settings, opened, protocol } = registration;
    this.id = conversation.id;
    this.#open = {
      conversation,
      carrying,
      maxFrameBytes: settings.maxFrameBytes,
      describe: async () => {
        const found = await carryOpened(opened, protocol.name);
        return { ...registerResult(registration, translation, found), pool: settings.name };
      },
    };
  }

  /** What has ended it: "because its test has ended". */
  get over(): string | undefined {
    return this.#closed?.reason;
  }

  /** Absent: it has ended. */
  get open(): OpenShared | undefined {
    return this.#open;
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
    this.#open = undefined;
  }
}

/**
 * What a transcript has of one session: the messages that its user, or its protocol, sends to the child and gets from it.
 * The line that opens it is written with the first of them, when it is known whose it is.
 */
import { messageOf } from '../base/thrown.ts';
import { Unrecorded, type Recorded } from '../base/transcript-value.ts';
import type { OwnEvent, RecordedPool } from '../base/transcript-keeper.ts';
import type { TranscriptHolder, TranscriptRefusal } from '../base/transcript.ts';
import type { Frame } from '../codec/frame.ts';
import type { HolderLabel } from '../base/holder-label.ts';
import type { Key, Opened, Outgoing, Refusal, Route } from '../protocol/protocol.ts';
import type { Speaker } from './journal.ts';
import type { CloseReason, SessionState } from './state.ts';

/** The child on which the session is. */
export interface RecordedChild extends RecordedPool {
  readonly protocol: {
    readonly name: string;
    readonly sessionField?: string | undefined;
    readonly idField?: string | undefined;
  };
  readonly pid: number | undefined;
  readonly hello: unknown;
}

/** Bytes: a larger message is only counted, because to write it would hold up all sessions. */
const largest = 16 * 1024 * 1024;

type Kind = Extract<OwnEvent, { readonly m: unknown }>['e'];

/** What is known of a message before it is read. */
interface Numbered {
  readonly e: Kind;
  readonly n?: number | undefined;
  /** That of the request or question. */
  readonly key?: Key | undefined;
  /** Why the child refuses it. */
  readonly refusal?: Refusal | undefined;
}

export class SessionRecord {
  readonly #child: RecordedChild;
  readonly #speaker: Speaker;
  readonly #params: unknown;
  readonly #session: string;
  #holder: TranscriptHolder = {};
  /** Its first line is written; its end has begun; its last line is written. */
  #begun = false;
  #ending = false;
  #over = false;
  #failed = false;
  /** Whose messages they are now: those of the protocol's `open`, the user's, those of its `close`. */
  #in: 'open' | 'close' | undefined = 'open';
  /** Questions that wait for their answer, by their keys. */
  readonly #asked = new Map<Key, number>();
  #questions = 0;
  /**
   * Messages that came before the session was open: `open` may leave them for the user. They are as many as wait there, for
   * `open` or for the user: one that was taken, or has made room, is held by nothing.
   */
  #early: WeakMap<Frame, Numbered> | undefined;
  #dropped = 0;

  /** @param params what `register` was given for the protocol */
  constructor(child: RecordedChild, speaker: Speaker, params: unknown) {
    this.#child = child;
    this.#speaker = speaker;
    this.#params = params;
    this.#session = `${child.pool}/${speaker.id}`;
  }

  /** Whose it is, from now on. @param takenAt `file:line:column` of its call */
  heldBy({ test, file, shard }: HolderLabel = {}, takenAt?: string): void {
    this.#holder = { test, file, shard, takenAt };
    if (this.#begun) this.#add({ e: 'taken', ...this.#holder, ...this.#run });
  }

  /** Its test has failed. */
  ownTestFailed(): void {
    this.#failed = true;
  }

  /** For when its end is over: writes that its test has failed. It holds nothing of the session. */
  get lateFailure(): () => void {
    const { transcript } = this.#child;
    const session = this.#session;
    return () => transcript.add(session, { e: 'failed' });
  }

  /**
   * @param call the number of a request
   * @param addressed the message as the child got it
   */
  sent({ kind, frame, key }: Outgoing, call: number | undefined, addressed: Frame): void {
    const n = kind === 'answer' && key !== undefined ? this.#answered(key) : call;
    // One of this process is read as the child reads it: what its format leaves out is missing.
    const asSent = frame === addressed || frame.encodedBytes === 0;
    this.#message({ e: kind, n }, addressed.encodedBytes, () =>
      asSent ? frame.format.decode(frame.bytes) : frame.message,
    );
  }

  /** @param call the number of the request that it belongs to. Absent: none waits for it */
  received(route: Exclude<Route, { as: 'unknown' | 'broadcast' }>, frame: Frame, call: number | undefined): void {
    const numbered = this.#numbered(route, call);
    if (this.#in === 'open') (this.#early ??= new WeakMap()).set(frame, numbered);
    this.#incoming(numbered, frame);
  }

  /** The reply to a request is no longer awaited. */
  cancelled(call: number): void {
    this.#add({ e: 'cancel', n: call });
  }

  /** A question gets no answer. @param reason half a sentence */
  refused(key: Key, reason: string): void {
    const n = this.#answered(key);
    if (n !== undefined) this.#add({ e: 'refuse', n, reason: this.#child.transcript.text(reason) });
  }

  /** @param left messages that came before, and that `open` has left for the user, who gets them now */
  opened({ opened }: Opened, left: readonly Frame[]): void {
    const found = opened === undefined ? {} : { opened: this.#child.transcript.record(opened) };
    this.#in = undefined;
    this.#add({ e: 'opened', id: this.#speaker.id, ...found });
    for (const frame of left) {
      const early = this.#early?.get(frame);
      if (early !== undefined) this.#incoming(early, frame);
    }
    this.#early = undefined;
  }

  /** Its end begins, or it was not opened. Only the first call counts. */
  closing({ by, reason, error }: CloseReason): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#in = 'close';
    this.#early = undefined;
    const failure = error && { code: error.code, message: this.#child.transcript.text(error.message) };
    this.#add({ e: 'close', by, reason, ...failure });
  }

  /** Its end begins, or is over. */
  ends(state: Extract<SessionState, { reason: CloseReason }>): void {
    this.closing(state.reason);
    if (state.name === 'closing') return;
    this.#add({
      e: 'closed',
      ...(!state.confirmed && { unconfirmed: true }),
      ...(this.#failed && { failed: true }),
      ...(this.#dropped > 0 && { dropped: this.#dropped }),
    });
    this.#over = true;
  }

  #numbered(route: Exclude<Route, { as: 'unknown' | 'broadcast' }>, call: number | undefined): Numbered {
    switch (route.as) {
      case 'reply':
      case 'step':
        return { e: route.as, n: call, key: route.key };
      case 'refusal':
        return { e: route.as, n: call, key: route.key, refusal: route.refusal };
      case 'ask':
        this.#asked.set(route.key, ++this.#questions);
        return { e: 'ask', n: this.#questions, key: route.key };
      case 'event':
      case 'diagnostic':
        return { e: 'event' };
      case 'lost':
        return { e: 'lost' };
    }
  }

  #incoming(numbered: Numbered, frame: Frame): void {
    this.#message(numbered, frame.encodedBytes, () => this.#withoutStamps(frame.message, numbered.key));
  }

  /** @param bytes of it on its way @param read gives it */
  #message({ e, n, refusal }: Numbered, bytes: number, read: () => unknown): void {
    const { transcript } = this.#child;
    if (this.#over) return;
    if (!transcript.takes(bytes)) {
      this.#dropped++;
      return;
    }
    const m = bytes > largest ? this.#lost(`a message of ${bytes} bytes`) : this.#recorded(read);
    this.#add({
      e,
      ...(n !== undefined && { n }),
      ...(this.#in !== undefined && { in: this.#in }),
      ...(refusal !== undefined && this.#reasonOf(refusal)),
      m,
    } as OwnEvent);
  }

  /** To find it in the message may need the request, and the protocol that has sent that. */
  #reasonOf(refusal: Refusal): Pick<TranscriptRefusal, 'code' | 'message'> {
    const { transcript } = this.#child;
    try {
      // A protocol that is written without types may have put anything there.
      const { code, message } = refusal;
      const known = code === undefined ? {} : { code: transcript.text(String(code)) };
      return { ...known, message: transcript.text(String(message)) };
    } catch (thrown) {
      return { message: transcript.text(`a refusal that cannot be read: ${messageOf(thrown)}`) };
    }
  }

  #recorded(read: () => unknown): Recorded {
    try {
      return this.#child.transcript.record(read());
    } catch (thrown) {
      return this.#lost(`a message that cannot be read: ${messageOf(thrown)}`);
    }
  }

  #lost(what: string): Recorded {
    const { transcript } = this.#child;
    return transcript.record(new Unrecorded(transcript.text(what)));
  }

  /** The session and the request that the protocol has put into it: they are others in each run. */
  #withoutStamps(message: unknown, key: Key | undefined): unknown {
    if (typeof message !== 'object' || message === null || Array.isArray(message)) return message;
    const { sessionField, idField } = this.#child.protocol;
    const fields = message as Readonly<Record<string, unknown>>;
    const isStamp = (name: string): boolean =>
      name === sessionField || (name === idField && key !== undefined && String(fields[name]) === key);
    const names = Object.keys(fields);
    if (!names.some(isStamp)) return message;
    return Object.fromEntries(names.filter((name) => !isStamp(name)).map((name) => [name, fields[name]]));
  }

  #answered(key: Key): number | undefined {
    const number = this.#asked.get(key);
    this.#asked.delete(key);
    return number;
  }

  #add(event: OwnEvent): void {
    if (this.#over) return;
    const { transcript } = this.#child;
    if (!this.#begun) {
      this.#begun = true;
      transcript.add(this.#session, this.#open());
    }
    transcript.add(this.#session, event);
  }

  get #run(): { readonly run?: number } {
    const { run = 1 } = this.#child.transcript;
    return run > 1 ? { run } : {};
  }

  #open(): OwnEvent {
    const { transcript, pool, protocol, pid, hello } = this.#child;
    return {
      e: 'open',
      pool,
      protocol: protocol.name,
      ...this.#holder,
      ...this.#run,
      ...(this.#speaker.isWarm === true && { warm: true }),
      child: pid,
      ...(this.#params !== undefined && { params: transcript.record(this.#params) }),
      ...(hello !== undefined && { hello: transcript.record(hello) }),
    };
  }
}

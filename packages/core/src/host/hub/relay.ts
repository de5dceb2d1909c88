/**
 * One session of a worker: what the worker sends goes to the conversation, what the conversation says goes to the
 * worker. Bodies pass as bytes; only their routing fields are looked at, on the pool's side.
 */
import {
  CarpoolError,
  asCarpoolError,
  toRecord,
  type CarpoolError as Failure,
  type Evidence,
} from '../../base/errors.ts';
import type { Held } from '../../base/scope.ts';
import { Frame } from '../../codec/frame.ts';
import type { Codec, Format } from '../../codec/codec.ts';
import { json } from '../../codec/json.ts';
import type { Key } from '../../protocol/protocol.ts';
import type { Registration } from '../../pool/types.ts';
import type { Conversation, Listener } from '../../session/conversation.ts';
import type { CloseReason } from '../../session/state.ts';
import { op, type Op } from '../../wire/frames.ts';
import type { ClosedBody, RegisterRequest, RegisterResult } from '../../wire/messages.ts';
import type { Peer } from './peer.ts';

export class Relay {
  readonly #peer: Peer;
  readonly #session: number;
  readonly #abandon = new Map<number, () => void>();
  readonly #questions = new Map<number, Key>();
  #registration: Registration | undefined;
  #held: Held | undefined;
  #asked = 0;
  /** What the worker's bodies are written in where it cannot read the child's own format. */
  #translation: Format | undefined;

  constructor(peer: Peer, session: number) {
    this.#peer = peer;
    this.#session = session;
  }

  async register(request: RegisterRequest, signal: AbortSignal): Promise<RegisterResult> {
    const { pool: name, under = [], holder, stack } = request;
    const { owner, wait, timeout, params } = request;
    this.#peer.owners.check(under);
    const pool = await this.#peer.hub.pool(name);
    this.#translation = await translationFor(pool.settings.codec);
    const registration = await pool.open(
      {
        id: `w${this.#peer.number}s${this.#session}`,
        signal,
        ...(owner === undefined ? {} : { owner }),
        ...(wait === undefined ? {} : { wait }),
        ...(timeout === undefined ? {} : { timeout }),
        ...(holder === undefined ? {} : { holder }),
        ...(params === undefined ? {} : { params }),
      },
      this.#listener,
      { stack: typeof stack === 'string' ? stack : '' },
    );
    const { conversation, settings, hello, codec } = registration;
    this.#registration = registration;
    void conversation.released.then(() => this.#forget());
    try {
      this.#held = this.#peer.owners.hold(under, async (message) => {
        const { confirmed } = await conversation.close(this.#reason('owner', message), settings.closeTimeout);
        return confirmed;
      });
    } catch (thrown) {
      await conversation.close(this.#reason('owner', 'because its owner has ended'), settings.closeTimeout);
      throw thrown;
    }
    const { sessionField } = settings.protocol;
    return {
      format: (this.#translation ?? codec.format).name,
      hello,
      requestTimeout: settings.requestTimeout,
      closeTimeout: settings.closeTimeout,
      maxUnreadEvents: settings.maxUnreadEvents,
      maxFrameBytes: settings.maxFrameBytes,
      ...(sessionField === undefined ? {} : { sessionField }),
    };
  }

  send(body: Uint8Array): void {
    const { conversation } = this.#registration ?? {};
    if (conversation?.state.name !== 'open') return; // it has been told, or is being told, that the session is closed
    try {
      conversation.send(this.#inbound(body));
    } catch (thrown) {
      this.#refuse(conversation, thrown);
    }
  }

  request(call: number, body: Uint8Array): void {
    const conversation = this.#open(call);
    if (conversation === undefined) return;
    const failed = (error: Failure): void => {
      this.#abandon.delete(call);
      this.#peer.fail(this.#session, call, error);
    };
    try {
      const abandon = conversation.request(this.#inbound(body), {
        reply: (frame) => {
          this.#abandon.delete(call);
          this.#deliver(op.REPLY, call, frame);
        },
        step: (frame) => this.#deliver(op.STEP, call, frame),
        failed,
      });
      this.#abandon.set(call, abandon);
    } catch (thrown) {
      failed(asCarpoolError(thrown, 'SESSION_REFUSED', 'Cannot send the request'));
    }
  }

  answer(question: number, body: Uint8Array): void {
    const key = this.#questions.get(question);
    const { conversation } = this.#registration ?? {};
    if (key === undefined || conversation?.state.name !== 'open') return;
    this.#questions.delete(question);
    try {
      conversation.answer(key, this.#inbound(body));
    } catch (thrown) {
      this.#refuse(conversation, thrown);
    }
  }

  cancel(call: number): void {
    this.#abandon.get(call)?.();
    this.#abandon.delete(call);
  }

  /** @throws CarpoolError REQUEST_TIMEOUT if the child did not confirm */
  async unregister(): Promise<void> {
    const registration = this.#registration;
    if (registration === undefined) return;
    const { conversation, settings } = registration;
    const { confirmed } = await conversation.close(
      this.#reason('unregister', 'by `unregister`'),
      settings.closeTimeout,
    );
    if (confirmed) return;
    throw new CarpoolError(
      'REQUEST_TIMEOUT',
      `The child did not confirm the end of session ${conversation.id} within ${settings.closeTimeout} ms`,
    );
  }

  evidence(): Evidence {
    return this.#registration?.evidence() ?? {};
  }

  readonly #listener: Listener = {
    event: (frame) => this.#deliver(op.EVENT, 0, frame),
    ask: (frame, key) => {
      const question = ++this.#asked;
      this.#questions.set(question, key);
      this.#deliver(op.ASK, question, frame);
    },
    closed: ({ by, reason: message, error }) => {
      if (by === 'unregister') return; // the worker asked for it, and is answered
      const record = error === undefined ? {} : { error: toRecord(error) };
      this.#peer.writeJson(op.CLOSED, this.#session, 0, { by, reason: message, ...record } satisfies ClosedBody);
    },
  };

  #open(call: number): Conversation | undefined {
    const conversation = this.#registration?.conversation;
    if (conversation !== undefined) return conversation;
    this.#peer.fail(this.#session, call, new CarpoolError('SESSION_REFUSED', 'Cannot send: there is no such session'));
    return undefined;
  }

  #inbound(body: Uint8Array): Frame {
    const { format } = this.#registration?.codec ?? { format: json };
    if (this.#translation === undefined) return Frame.encoded(body, format);
    return Frame.of(this.#translation.decode(body), format);
  }

  /** A worker that does not read must not fill the host's memory: the session that wanted to write is ended instead. */
  #deliver(kind: Op, call: number, frame: Frame): void {
    const { hub, backlog } = this.#peer;
    if (backlog <= hub.limits.maxBacklogBytes) {
      this.#peer.write(kind, this.#session, call, this.#outbound(frame));
      return;
    }
    const registration = this.#registration;
    if (registration === undefined) return;
    const { conversation, settings } = registration;
    const limit = hub.limits.maxBacklogBytes;
    const message = `Session ${conversation.id} was ended: ${backlog} bytes wait for its worker, and the limit is ${limit}`;
    const error = new CarpoolError('SESSION_OVERFLOW', message, { context: { backlog, limit } });
    const reason: CloseReason = { ...this.#reason('overflow', 'because its worker does not read'), error };
    void conversation.close(reason, settings.closeTimeout);
  }

  #outbound(frame: Frame): Uint8Array {
    return this.#translation === undefined ? frame.bytes : this.#translation.encode(frame.message);
  }

  #forget(): void {
    this.#held?.forget();
    this.#peer.forget(this.#session);
  }

  /** No call can fail with it. The worker's own client refuses such a message before it is sent. */
  #refuse(conversation: Conversation, thrown: unknown): void {
    const error = asCarpoolError(thrown, 'SESSION_REFUSED', 'Cannot send');
    const reason: CloseReason = { ...this.#reason('hub', 'because of what it sent'), error };
    void conversation.close(reason, this.#registration?.settings.closeTimeout ?? 0);
  }

  #reason(by: CloseReason['by'], message: string): CloseReason {
    return { by, at: this.#peer.hub.clock.now(), reason: message };
  }
}

/** Workers know two formats; whatever a custom codec speaks is translated to MessagePack. */
async function translationFor(codec: string | Codec): Promise<Format | undefined> {
  if (typeof codec === 'string' || codec.format === json) return undefined;
  const { msgpack } = await import('../../codec/msgpack.ts');
  return codec.format === msgpack ? undefined : msgpack;
}

/**
 * One session of a worker: what the worker sends goes to the conversation, what the conversation says goes to the
 * worker. Bodies pass as bytes; only their routing fields are looked at, on the pool's side.
 */
import type { CancelSignal } from '../../base/cancellation.ts';
import { CarpoolError, asCarpoolError, toRecord, type Evidence } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { nextTurn } from '../../base/natives.ts';
import type { Held } from '../../base/scope.ts';
import { Frame } from '../../codec/frame.ts';
import type { Format } from '../../codec/codec.ts';
import { json } from '../../codec/json.ts';
import type { Key } from '../../protocol/protocol.ts';
import type { Registration } from '../../pool/registration.ts';
import type { Conversation } from '../../session/conversation.ts';
import type { Listener } from '../../session/listener.ts';
import { closedError, lateEndError } from '../../session/errors.ts';
import type { CloseReason } from '../../session/state.ts';
import type { AcceptedConnection } from '../../wire/accepted-connection.ts';
import { carryOpened, uncarried } from '../../wire/carried.ts';
import { frameTooLarge } from '../../wire/frame-too-large.ts';
import { op, type Op } from '../../wire/frames.ts';
import { decodeJsonBody } from '../../wire/json-body.ts';
import type { AdoptedBody, ClosedBody, RefuseBody } from '../../wire/frame-bodies.ts';
import type { RegisterRequest, RegisterResult } from '../../wire/messages.ts';
import type { HubPool } from './hub-pool.ts';
import { labelIn, scopeOf, stackIn, type WorkerNames } from './holder-names.ts';
import type { Owners, ReleaseHeld } from './owners.ts';
import { noSessionToJoin } from './refusals.ts';
import { registerResult } from './register-result.ts';
import { Requests, type Requesting } from './requests.ts';
import type { SessionTokens } from './session-tokens.ts';
import { SharedSession, type Carrying } from './shared-session.ts';
import { translationFor } from './translation.ts';
import { reportEnd } from './unconfirmed-leak.ts';

export interface RelayOptions extends WorkerNames {
  /** The worker's number for the session. */
  readonly session: number;
  /** The number of the worker. */
  readonly peer: number;
  readonly owners: Owners;
  readonly connection: AcceptedConnection;
  /** Bytes that may wait for the worker to read. */
  readonly maxBacklogBytes: number;
  readonly clock: Clock;
  /** For processes that join the session. */
  readonly tokens: SessionTokens;
  /** @throws CarpoolError CONFIG_INVALID */
  readonly pool: (name: string) => Promise<HubPool>;
  /** Nothing of the session is left. */
  readonly over: () => void;
}

export class Relay implements Requesting, Carrying {
  readonly #options: RelayOptions;
  readonly #connection: AcceptedConnection;
  readonly #session: number;
  readonly #requests: Requests;
  /** The child's questions, by the numbers that they have here. */
  readonly #questions = new Map<number, Key>();
  #registration: Registration | undefined;
  #held: Held | undefined;
  #asked = 0;
  /** Its owner is a test or a file, whose end reports what the child found wrong, whatever has ended the session. */
  #reported = false;
  /** What the worker's bodies are written in where it cannot read the child's own format. */
  #translation: Format | undefined;
  /** Since other processes may join it. */
  #shared: SharedSession | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#connection = options.connection;
    this.#session = options.session;
    this.#requests = new Requests(this);
  }

  get conversation(): Conversation | undefined {
    return this.#registration?.conversation;
  }

  /** Of its pool, as soon as that is known. */
  get maxFrameBytes(): number | undefined {
    return this.#registration?.settings.maxFrameBytes;
  }

  async register(request: RegisterRequest, signal: CancelSignal): Promise<RegisterResult> {
    const { pool: name, under = [], stack, owner, holder, wait, timeout, timeLeft, spent, tried } = request;
    const { owners, peer, run, shard, worker, pool: find, clock } = this.#options;
    const since = clock.now();
    owners.check(under);
    this.#reported = under.length > 0;
    const pool = await find(name);
    this.#translation = await translationFor(pool.settings.codec);
    const params = await uncarried({ plain: request.params, cloned: request.clonedParams });
    // The config of the pool may take some of it to load.
    const left = timeLeft && Math.max(timeLeft - (clock.now() - since), 1);
    const ownerPath = [String(peer), ...under];
    const asked = { wait, timeout, timeLeft: left, spent, tried, holder: labelIn(holder, shard), ownerPath, worker };
    const registration = await pool.open(
      { ...asked, signal, owner, ownerScope: scopeOf(owner, peer, under), run, params },
      this.#listener,
      { stack: stackIn(stack) },
    );
    const { conversation, settings, opened, protocol } = registration;
    this.#registration = registration;
    void conversation.released.then(({ diagnosed }) => this.#over(registration, under, diagnosed !== undefined));
    const found = await carryOpened(opened, protocol.name).catch(async (thrown: unknown) => {
      await conversation.close(this.#reason('hub', 'because of what `open` returned'), settings.closeTimeout);
      throw thrown;
    });
    try {
      const release: ReleaseHeld = async ({ reason: message, failed, later }, report) => {
        if (failed) registration.ownTestFailed();
        // Others may be connected to a server: what was registered later ends first.
        if (settings.server !== undefined && later !== undefined) {
          if (failed) void registration.testFailed();
          await later;
        }
        const reason = this.#reason('owner', message);
        const released = await conversation.close(reason, settings.closeTimeout, failed);
        reportEnd(registration, released, { failed, stack, report });
        return released.confirmed;
      };
      this.#held = owners.hold(under, release, name);
    } catch (thrown) {
      await conversation.close(this.#reason('owner', 'because its owner has ended'), settings.closeTimeout);
      throw thrown;
    }
    return registerResult(registration, this.#translation, found);
  }

  send(body: Uint8Array): void {
    const { conversation } = this.#registration ?? {};
    if (conversation?.state.name !== 'open') return; // CLOSED is on its way to the worker
    try {
      conversation.send(this.inbound(body));
    } catch (thrown) {
      this.#refuse(conversation, thrown);
    }
  }

  request(call: number, body: Uint8Array): void {
    this.#requests.send(call, body);
  }

  answer(question: number, body: Uint8Array): void {
    const key = this.#questions.get(question);
    const { conversation } = this.#registration ?? {};
    if (key === undefined || conversation?.state.name !== 'open') return;
    this.#questions.delete(question);
    try {
      conversation.answer(key, this.inbound(body));
    } catch (thrown) {
      this.#refuse(conversation, thrown);
    }
  }

  /** The worker answers no such question. */
  refuse(question: number, body: Uint8Array): void {
    const key = this.#questions.get(question);
    const { conversation } = this.#registration ?? {};
    if (key === undefined || conversation?.state.name !== 'open') return;
    this.#questions.delete(question);
    const { reason } = decodeJsonBody(body) as RefuseBody;
    try {
      conversation.refuse(key, reason);
    } catch (thrown) {
      this.#refuse(conversation, thrown);
    }
  }

  cancel(call: number): void {
    this.#requests.cancel(call);
  }

  /**
   * A token with which one process may join the session.
   * @throws CarpoolError SESSION_CLOSED, or what has ended it; SESSION_OVERFLOW
   */
  invite(): string {
    const { tokens, clock } = this.#options;
    const registration = this.#registration;
    if (registration === undefined) throw noSessionToJoin();
    const { conversation } = registration;
    const { state } = conversation;
    if (state.name === 'opening') throw noSessionToJoin();
    if (state.name !== 'open') throw closedError('make an address', conversation, state.reason, clock.now());
    this.#shared ??= new SharedSession(registration, this, this.#translation);
    return tokens.make(this.#shared);
  }

  /**
   * @throws CarpoolError REQUEST_TIMEOUT if the child did not confirm; SESSION_DIAGNOSTICS where no end of a test or a file
   * reports it
   */
  async unregister(): Promise<void> {
    const registration = this.#registration;
    if (registration === undefined) return;
    const { conversation, settings } = registration;
    const reason = this.#reason('unregister', 'by `unregister`');
    const { confirmed, failure, diagnosed } = await conversation.close(reason, settings.closeTimeout);
    if (diagnosed !== undefined && confirmed && !this.#reported) throw diagnosed;
    if (confirmed) return;
    throw failure ?? lateEndError(conversation.id, settings.closeTimeout, conversation.evidence());
  }

  async evidence(failed = false): Promise<Evidence> {
    const activity = this.#registration?.activity(); // at once: its call is cancelled next, which may be answered
    if (failed) await this.#registration?.testFailed();
    // The child may have printed before it answered, and the pipes are read in any order.
    await nextTurn();
    if (this.#registration === undefined) return {};
    const { strays, silence, logged } = this.#registration.conversation.evidence();
    return { ...this.#registration.evidence(), strays, silence, activity: await activity, logged };
  }

  readonly #listener: Listener = {
    event: (frame) => {
      this.deliver(op.EVENT, 0, frame);
      this.#shared?.event(frame);
    },
    ask: (frame, key) => {
      const question = ++this.#asked;
      this.#questions.set(question, key);
      this.deliver(op.ASK, question, frame);
    },
    adopted: (wireId) => {
      // Those of before are in the answer to `register`; without a session field the worker checks none.
      if (this.#registration?.protocol.sessionField === undefined) return;
      this.#connection.writeJson(op.ADOPTED, this.#session, 0, { wireId } satisfies AdoptedBody);
      this.#shared?.adopted(wireId);
    },
    closed: (ending) => {
      const { by, reason, error } = ending;
      if (this.#shared !== undefined) {
        this.#shared.closed(ending);
        this.#options.tokens.end(this.#shared);
      }
      // The worker itself has ended it: by `unregister`, whose result is the answer, or with its owner.
      if (by === 'unregister' || by === 'owner') return;
      const body: ClosedBody = { by, reason, error: error && toRecord(error) };
      this.#connection.writeJson(op.CLOSED, this.#session, 0, body);
    },
  };

  inbound(body: Uint8Array): Frame {
    const { format } = this.#registration?.codec ?? { format: json };
    const limit = this.maxFrameBytes ?? Infinity;
    // Before anything is decoded.
    if (body.length > limit) throw frameTooLarge(body.length, limit);
    if (this.#translation === undefined) return Frame.encoded(body, format);
    return Frame.of(this.#translation.decode(body), format);
  }

  /** A worker that does not read must not fill the host's memory: the session that wanted to write is ended instead. */
  deliver(kind: Op, call: number, frame: Frame): void {
    if (!this.#connection.isFull) {
      this.#connection.write(kind, this.#session, call, this.outbound(frame));
      return;
    }
    const { backlog } = this.#connection;
    const { maxBacklogBytes: limit } = this.#options;
    const registration = this.#registration;
    if (registration === undefined) return;
    const { conversation, settings } = registration;
    const message = `Session ${conversation.id} was ended: ${backlog} bytes wait for its worker, and the limit is ${limit}`;
    const error = new CarpoolError('SESSION_OVERFLOW', message, { context: { backlog, limit } });
    const reason: CloseReason = { ...this.#reason('overflow', 'because its worker does not read'), error };
    void conversation.close(reason, settings.closeTimeout);
  }

  outbound(frame: Frame): Uint8Array {
    return this.#translation === undefined ? frame.bytes : this.#translation.encode(frame.message);
  }

  /** @param diagnosed the child found something wrong: the end of its owner reports that, or `unregister` of a worker */
  #over({ conversation: { state }, lateFailure }: Registration, under: readonly string[], diagnosed: boolean): void {
    const told = !this.#reported && state.name === 'closed' && state.reason.by === 'unregister';
    if (!diagnosed || told) this.#held?.forget();
    this.#options.over();
    this.#options.owners.tellIfFails(under, lateFailure());
  }

  failed(call: number, error: CarpoolError): void {
    this.#connection.fail(this.#session, call, error);
  }

  /** No call can fail with it. The worker's own client refuses such a message before it is sent. */
  #refuse(conversation: Conversation, thrown: unknown): void {
    const error = asCarpoolError(thrown, 'SESSION_REFUSED', 'Cannot send');
    const reason: CloseReason = { ...this.#reason('hub', 'because of what it sent'), error };
    void conversation.close(reason, this.#registration?.settings.closeTimeout ?? 0);
  }

  #reason(by: CloseReason['by'], message: string): CloseReason {
    return { by, at: this.#options.clock.now(), reason: message };
  }
}

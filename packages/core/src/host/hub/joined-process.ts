/**
 * A process to which a test has handed its session: it sends and asks in that session as the test does, and reaches
 * nothing else of the host. What it must not send, and its own end, end its connection alone.
 */
import { asCarpoolError, CarpoolError, toRecord } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { Frame } from '../../codec/frame.ts';
import { json } from '../../codec/json.ts';
import type { WireId } from '../../protocol/protocol.ts';
import type { Conversation } from '../../session/conversation.ts';
import type { CloseReason } from '../../session/state.ts';
import type { AcceptedConnection } from '../../wire/accepted-connection.ts';
import { op, type Op, type WireHead } from '../../wire/frames.ts';
import type { AdoptedBody, ClosedBody } from '../../wire/frame-bodies.ts';
import type { AddressResult, CallRequest, JoinRequest } from '../../wire/messages.ts';
import { checkSessionNumber, noSession, noSessionToJoin } from './refusals.ts';
import { Requests, type Requesting } from './requests.ts';
import type { SessionToken } from './session-tokens.ts';
import type { Member, OpenShared } from './shared-session.ts';

/** For one process. @throws CarpoolError SESSION_CLOSED, or what has ended the session; SESSION_OVERFLOW */
export function inviteTo(session: { invite(): string } | undefined): AddressResult {
  if (session === undefined) throw noSessionToJoin();
  return { token: session.invite() };
}

export interface JoinedProcessOptions {
  readonly token: SessionToken;
  readonly connection: AcceptedConnection;
  readonly clock: Clock;
}

/** Bytes of one call, and of any frame before it has joined. */
const maxCallBytes = 64 * 1024;

export class JoinedProcess implements Member, Requesting {
  readonly #options: JoinedProcessOptions;
  readonly #connection: AcceptedConnection;
  readonly #requests: Requests;
  /** Its number for the session; 0: it has not joined yet. */
  #number = 0;
  #left = false;

  constructor(options: JoinedProcessOptions) {
    this.#options = options;
    this.#connection = options.connection;
    this.#requests = new Requests(this);
  }

  get conversation(): Conversation | undefined {
    return this.#options.token.session.open?.conversation;
  }

  /** The most bytes of a frame under this head. */
  limitOf({ op: kind }: WireHead): number {
    const own = this.#options.token.session.open?.maxFrameBytes ?? 0;
    return kind === op.CALL ? maxCallBytes : Math.max(own * 2, maxCallBytes);
  }

  /** @throws CarpoolError FRAME_MALFORMED: its connection ends */
  onFrame({ op: kind, session, call }: WireHead, body: Uint8Array): void {
    switch (kind) {
      case op.CALL:
        void this.#call(call, json.decode(body) as CallRequest);
        break;
      case op.SEND:
        if (this.#isOwn(session)) this.#send(body);
        break;
      case op.REQUEST:
        if (this.#isOwn(session)) this.#requests.send(call, body);
        else this.#connection.fail(session, call, noSession(session));
        break;
      case op.CANCEL:
        if (this.#isOwn(session)) this.#requests.cancel(call);
        break;
      default:
        throw new CarpoolError(
          'FRAME_MALFORMED',
          `A joined process sent a frame of kind ${kind}, which is none of its`,
        );
    }
  }

  /** The session goes on without it. */
  leave(): void {
    this.#left = true;
    this.#options.token.session.remove(this);
    this.#requests.abandon();
  }

  inbound(body: Uint8Array): Frame {
    return this.#open('send').carrying.inbound(body);
  }

  /** One that does not read is disconnected: the session is the test's. */
  deliver(kind: Op, call: number, frame: Frame): void {
    if (this.#left) return;
    if (!this.#connection.isFull) {
      this.#connection.write(kind, this.#number, call, this.#open('pass on a message').carrying.outbound(frame));
      return;
    }
    const { backlog } = this.#connection;
    const { id } = this.#options.token.session;
    const message = `A process that has joined session ${id} was disconnected: ${backlog} bytes wait for it, and it does not read`;
    const error = new CarpoolError('SESSION_OVERFLOW', message, { context: { backlog } });
    this.#end({ by: 'overflow', reason: 'because its process does not read', error: toRecord(error) });
  }

  failed(call: number, error: CarpoolError): void {
    this.#connection.fail(this.#number, call, error);
  }

  event(frame: Frame): void {
    this.deliver(op.EVENT, 0, frame);
  }

  adopted(wireId: WireId): void {
    this.#connection.writeJson(op.ADOPTED, this.#number, 0, { wireId } satisfies AdoptedBody);
  }

  closed({ by, reason, error }: CloseReason): void {
    this.#end({ by, reason, error: error && toRecord(error) });
  }

  #isOwn(session: number): boolean {
    return session === this.#number && session !== 0;
  }

  #send(body: Uint8Array): void {
    const { conversation } = this;
    if (conversation?.state.name !== 'open') return; // CLOSED is on its way to it
    try {
      conversation.send(this.inbound(body));
    } catch (thrown) {
      const error = toRecord(asCarpoolError(thrown, 'SESSION_REFUSED', 'Cannot send'));
      this.#end({ by: 'hub', reason: 'because of what its process sent', error });
    }
  }

  /** For it the session is over. */
  #end(body: ClosedBody): void {
    this.leave();
    this.#connection.writeJson(op.CLOSED, this.#number, 0, body);
    this.#connection.hangUp();
  }

  #open(call: string): OpenShared {
    const { token, clock } = this.#options;
    const { open } = token.session;
    if (open === undefined) throw token.session.closedError(call, clock.now());
    return open;
  }

  async #call(call: number, request: CallRequest): Promise<void> {
    try {
      this.#connection.writeJson(op.RESULT, 0, call, await this.#answer(request));
    } catch (thrown) {
      this.#connection.fail(0, call, thrown);
    }
  }

  async #answer(request: CallRequest): Promise<unknown> {
    switch (request.method) {
      case 'join':
        return await this.#join(request);
      case 'unregister':
        this.leave();
        return {};
      case 'evidence':
        return await this.#open('ask for evidence').carrying.evidence();
      case 'ping':
        return {};
      default: {
        const { method } = request;
        const message = `A process that has joined a session can do nothing at the host but speak in it: "${method}" is for test workers`;
        throw new CarpoolError('HUB_REJECTED', message, { scope: 'call', blame: 'test' });
      }
    }
  }

  async #join({ session, pid }: JoinRequest): Promise<unknown> {
    checkSessionNumber(session, this.#number !== 0);
    const { token, clock } = this.#options;
    // Another process may have greeted with it meanwhile.
    if (token.fault !== undefined) {
      throw new CarpoolError('HUB_REJECTED', `The host refused this connection: ${token.fault}`, { blame: 'test' });
    }
    token.use(Number(pid));
    this.#number = session;
    const result = await this.#open('join').describe();
    if (token.session.over !== undefined) throw token.session.closedError('join', clock.now());
    if (!this.#left) token.session.add(this);
    return result;
  }
}

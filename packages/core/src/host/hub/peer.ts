/**
 * One connected worker, and all it holds.
 *
 *   greeting ──version, token──▶ joined ──socket gone, or the hub closes──▶ leaving (release by owner) ─▶ left
 *      └── not in time, not the token, too much said before it ─▶ left
 *
 * Whatever a peer sends that it must not send ends that peer, and nobody else.
 */
import type { Socket } from 'node:net';
import { CarpoolError, asCarpoolError, toRecord, type Evidence } from '../../base/errors.ts';
import type { Timer } from '../../base/clock.ts';
import { json } from '../../codec/json.ts';
import { lengthPrefixed } from '../../codec/length-prefixed.ts';
import { BatchWriter } from '../../transport/batch.ts';
import { bodyOf, op, readHead, writeHead, type Op } from '../../wire/frames.ts';
import { greetingBytes, greetingFault, workerFrameBytes } from '../../wire/greeting.ts';
import type {
  CallRequest,
  GreetResult,
  PoolsResult,
  RegisterRequest,
  StatsResult,
  SharedWorkerResult,
  SharedWorkerStateResult,
} from '../../wire/messages.ts';
import { version } from '../../base/version.ts';
import type { Hub } from './hub.ts';
import { Leases, type LeaseCall } from './leases.ts';
import { Owners } from './owners.ts';
import { Relay } from './relay.ts';

/** Milliseconds for a worker to take the last that was written to it. */
const flushTimeout = 1_000;

export class Peer {
  /** Resolves when everything it held has been released. */
  readonly left: Promise<void>;
  readonly owners: Owners;
  readonly hub: Hub;
  readonly #socket: Socket;
  readonly #writer: BatchWriter;
  readonly #relays = new Map<number, Relay>();
  readonly #calls = new Map<number, AbortController>();
  readonly #leases: Leases = new Leases(this);
  readonly #greeting: Timer;
  readonly #refusal: string | undefined;
  #number: number | undefined;
  #unframer = lengthPrefixed.unframer({ maxFrameBytes: greetingBytes });
  #leaving: Promise<void> | undefined;
  #resolveLeft!: () => void;

  /** @param refusal why a worker is not admitted even with the token */
  constructor(hub: Hub, socket: Socket, refusal?: string) {
    this.hub = hub;
    this.#refusal = refusal;
    this.#socket = socket;
    this.#writer = new BatchWriter(socket);
    this.owners = new Owners('the worker');
    this.left = new Promise((resolve) => (this.#resolveLeft = resolve));
    this.#greeting = hub.clock.after(hub.limits.greetTimeout, () => this.#end());
    socket.on('data', (chunk: Uint8Array) => this.#read(chunk));
    socket.on('error', () => {}); // `close` follows
    socket.once('close', () => void this.leave('because its worker has ended'));
  }

  /** Releases all it holds, newest first, and disconnects. */
  leave(message: string): Promise<void> {
    this.#leaving ??= this.#release(message);
    return this.#leaving;
  }

  /** Bytes that the worker has not taken yet. */
  get backlog(): number {
    return this.#writer.backlog;
  }

  get number(): number {
    return this.#number ?? 0;
  }

  write(kind: Op, session: number, call: number, body: Uint8Array): void {
    this.#writer.write(writeHead(kind, session, call, body.length), body);
  }

  writeJson(kind: Op, session: number, call: number, body: unknown): void {
    this.write(kind, session, call, encoded(body));
  }

  fail(session: number, call: number, thrown: unknown): void {
    const error = asCarpoolError(thrown, 'HUB_LOST', 'The host failed to carry out a call');
    this.writeJson(op.FAILED, session, call, toRecord(error));
  }

  forget(session: number): void {
    this.#relays.delete(session);
  }

  async #release(message: string): Promise<void> {
    this.#greeting.cancel();
    for (const call of this.#calls.values()) call.abort(new Error('its worker is gone'));
    await this.owners.endAll(message);
    this.#hangUp();
    this.#resolveLeft();
  }

  #end(): void {
    this.#socket.destroy();
  }

  /** As `#end`, after what is written; a worker that does not read is not waited for. */
  #hangUp(): void {
    if (this.#socket.destroyed) return;
    this.#writer.end();
    this.#socket.destroySoon();
    const deadline = this.hub.clock.after(flushTimeout, () => this.#end());
    this.#socket.once('close', () => deadline.cancel());
  }

  #read(chunk: Uint8Array): void {
    this.hub.busyPoll.hit();
    try {
      this.#unframer.push(chunk, this.#onPayload);
    } catch {
      // Its stream cannot be followed any further. Its sessions are released with its socket.
      this.#end();
    }
  }

  readonly #onPayload = (payload: Uint8Array): void => {
    const { op: kind, session, call } = readHead(payload);
    const body = bodyOf(payload);
    if (this.#number === undefined) {
      this.#greet(kind, call, body);
      return;
    }
    switch (kind) {
      case op.CALL:
        this.hub.busyPoll.start();
        this.#answerCall(call, json.decode(body) as CallRequest);
        break;
      case op.SEND:
        this.#relays.get(session)?.send(body);
        break;
      case op.REQUEST:
        this.#relays.get(session)?.request(call, body);
        break;
      case op.ANSWER:
        this.#relays.get(session)?.answer(call, body);
        break;
      case op.CANCEL:
        if (session === 0) this.#cancel(call);
        else this.#relays.get(session)?.cancel(call);
        break;
      case op.RELEASE:
        this.hub.busyPoll.start();
        this.#leases.release(call, body);
        break;
      case op.LOCATE:
        this.#leases.locate(call, body);
        break;
      default:
        throw new CarpoolError(
          'FRAME_MALFORMED',
          `The worker sent a frame of kind ${kind}, which is no kind of a worker`,
        );
    }
  };

  #greet(kind: number, call: number, body: Uint8Array): void {
    const fault = greetingFault(kind, body, (token) => this.hub.admits(token));
    if (fault !== undefined) {
      this.#refuse(call, fault);
      return;
    }
    if (this.#refusal !== undefined) {
      this.#refuse(call, this.#refusal);
      return;
    }
    this.#greeting.cancel();
    this.#number = this.hub.nextPeerNumber();
    // The limit grows with the trust; the pool's own is checked per session. What follows the greeting in this chunk is still under the small one.
    const trusted = lengthPrefixed.unframer({ maxFrameBytes: workerFrameBytes });
    this.#unframer = trusted;
    this.writeJson(op.RESULT, 0, call, { peer: this.#number, version } satisfies GreetResult);
  }

  #refuse(call: number, why: string): void {
    this.fail(0, call, new CarpoolError('HUB_REJECTED', `The host refused this worker: ${why}`));
    this.#hangUp();
  }

  /** A lease that is free is given without a detour. */
  #answerCall(call: number, request: CallRequest): void {
    if (!this.#leases.answers(call, request)) void this.#call(call, request);
  }

  #cancel(call: number): void {
    this.#leases.cancel(call);
    this.#calls.get(call)?.abort(new Error('cancelled by its caller'));
  }

  async #call(call: number, request: Exclude<CallRequest, LeaseCall>): Promise<void> {
    const cancelled = new AbortController();
    this.#calls.set(call, cancelled);
    try {
      this.writeJson(op.RESULT, 0, call, await this.#answer(request, cancelled.signal));
    } catch (thrown) {
      this.fail(0, call, thrown);
    } finally {
      this.#calls.delete(call);
    }
  }

  async #answer(request: Exclude<CallRequest, LeaseCall>, signal: AbortSignal): Promise<unknown> {
    switch (request.method) {
      case 'greet':
        throw new CarpoolError('HUB_REJECTED', 'This worker has greeted already');
      case 'pools':
        return {
          pools: [...(await this.hub.pools).keys()],
          sharedWorkers: this.hub.sharedWorkers.names,
        } satisfies PoolsResult;
      case 'stats':
        return { pools: await this.hub.stats() } satisfies StatsResult;
      case 'register':
        return await this.#register(request, signal);
      case 'unregister':
        await this.#relays.get(request.session)?.unregister();
        return {};
      case 'release':
        return { unconfirmed: await this.owners.end(request.owner) };
      case 'start':
        await (await this.hub.pool(request.pool)).start();
        return {};
      case 'runStarted':
        await this.hub.run();
        return {};
      case 'runEnded':
        this.hub.sharedWorkers.ran();
        return {};
      case 'sharedWorker':
        return (await this.hub.sharedWorkers.start(request)) satisfies SharedWorkerResult;
      case 'sharedWorkerState':
        return (await this.hub.sharedWorkers.state(request.path, request.ended)) satisfies SharedWorkerStateResult;
      case 'evidence':
        return (this.#relays.get(request.session)?.evidence() ?? {}) satisfies Evidence;
    }
  }

  async #register(request: RegisterRequest, signal: AbortSignal): Promise<unknown> {
    const { session } = request;
    if (!Number.isSafeInteger(session) || session <= 0 || this.#relays.has(session)) {
      throw new CarpoolError('SESSION_REFUSED', `The worker has a session ${session} already`);
    }
    const relay = new Relay(this, session);
    this.#relays.set(session, relay);
    try {
      return await relay.register(request, signal);
    } catch (thrown) {
      this.#relays.delete(session);
      throw thrown;
    }
  }
}

/** MessagePack has larger numbers than JSON, and what a child says of itself, or is wrong with it, may hold them. */
function encoded(body: unknown): Uint8Array {
  try {
    return json.encode(body);
  } catch {
    return json.encode(largeNumbersAsText(body));
  }
}

function largeNumbersAsText(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(largeNumbersAsText);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, largeNumbersAsText(inner)]));
}

/**
 * What a test worker holds of the host: one connection, and the sessions on it. It never loads `child_process`, and loads
 * a codec only when a session speaks it, because every isolated test file pays for what is imported here.
 */
import type { Socket } from 'node:net';
import {
  CarpoolError,
  asCarpoolError,
  callSite,
  errorAt,
  isCarpoolError,
  type CallSite,
  type Evidence,
} from '../base/errors.ts';
import { systemClock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import type { Format } from '../codec/codec.ts';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import type { PoolStats } from '../pool/types.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import { Mux } from '../session/mux.ts';
import { Session } from '../session/session.ts';
import { SharedWorkerConnections } from './shared-worker/connections.ts';
import { BusyPoll } from '../transport/busy-poll.ts';
import { StreamTransport } from '../transport/stream.ts';
import { parseAddress } from '../wire/address.ts';
import { op, wireVersion, writePayload } from '../wire/frames.ts';
import type { CallRequest, GreetResult, MethodTable, OwnerPath, PoolsResult } from '../wire/messages.ts';
import { WireProtocol, wireCodec, type WireParams } from '../wire/protocol.ts';
import { version } from '../base/version.ts';
import { connectTo } from './connect.ts';
import { Leases } from './leases.ts';

export interface ClientOptions {
  /** As the adapter's global setup got it from the host. */
  readonly address: string;
  /** The runner, for people: "vitest", "jest", "playwright". */
  readonly runner: string;
  /** The host is known to have run: where nobody listens now, it has ended. Default false. */
  readonly known?: boolean;
  /** Milliseconds to connect and be greeted. Default 10,000. */
  readonly timeout?: number;
}

export interface RegisterOptions {
  /** A key that may hold one session of the pool at a time. */
  readonly owner?: string;
  /** False: fail with POOL_FULL instead of waiting for a slot. Default true. */
  readonly wait?: boolean;
  /** Milliseconds to wait for a slot. Default: `registerTimeout` of the pool, 60,000. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Who registers, for the errors of others. */
  readonly holder?: { readonly test?: string; readonly file?: string };
  /** Where errors of this call, and those of others that name it as a holder, point. Default: the caller. */
  readonly site?: CallSite;
  /** Whose end ends the session: `[file]` or `[file, test]`. Default: the worker's. */
  readonly under?: OwnerPath;
}

/** Starting a child, opening a session and waiting have deadlines of their own in the host; this one is for its death. */
const registerLimit = 24 * 60 * 60 * 1000;
/** What the host's own deadline may lag behind. */
const grace = 2_000;
const releaseTimeout = 30_000;
/** A frame of the host holds a message of the child and a head. */
const maxFrameBytes = 1024 * 1024 * 1024;

interface Connected {
  readonly socket: Socket;
  readonly transport: StreamTransport;
  readonly mux: Mux;
  readonly peer: number;
  readonly token: string;
  readonly runner: string;
  readonly closed: PromiseWithResolvers<CarpoolError | undefined>;
}

export class Client {
  /** Resolves when the connection has ended, with the reason unless `close` was it. */
  readonly closed: Promise<CarpoolError | undefined>;
  /** Its connections to shared workers. */
  readonly sharedWorkers: SharedWorkerConnections;
  /** What this worker holds of locks, semaphores, values and ports. */
  readonly leases: Leases;
  readonly #busyPoll: BusyPoll = new BusyPoll();
  #over = false;
  readonly #socket: Socket;
  readonly #transport: StreamTransport;
  readonly #mux: Mux;
  readonly #peer: number;
  readonly #resolveClosed: (error: CarpoolError | undefined) => void;
  #sessions = 0;
  #busy = 0;

  private constructor({ socket, transport, mux, peer, closed, token, runner }: Connected) {
    this.#socket = socket;
    this.#transport = transport;
    this.#mux = mux;
    this.#peer = peer;
    this.closed = closed.promise;
    void this.closed.then(() => (this.#over = true));
    this.#resolveClosed = closed.resolve;
    this.sharedWorkers = new SharedWorkerConnections({
      token,
      runner,
      peer,
      worker: (request) => this.#call(request, registerLimit),
      state: (request) => this.#call(request, releaseTimeout),
    });
    this.leases = new Leases({
      call: (request, timeout, signal) => this.#call(request, timeout, signal),
      release: (lease, body) => transport.send(Frame.encoded(writePayload(op.RELEASE, 0, lease, body), json)),
      locate: (lease, body) => transport.send(Frame.encoded(writePayload(op.LOCATE, 0, lease, body), json)),
    });
    void closed.promise.then(() => this.leases.end([]));
  }

  /** @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED; HUB_LOST instead of the first if the host is known to have run */
  static async connect(options: ClientOptions): Promise<Client> {
    const { path, token } = parseAddress(options.address);
    const timeout = options.timeout ?? 10_000;
    const socket = await connectTo(path, timeout, options.known ?? false);
    const closed = Promise.withResolvers<CarpoolError | undefined>();
    const transport = new StreamTransport(socket, socket, { codec: wireCodec, limits: { maxFrameBytes } });
    const mux = new Mux({
      transport,
      protocol: new WireProtocol(),
      format: json,
      clock: systemClock,
      closed: (reason) => {
        const error = new CarpoolError('HUB_LOST', 'The connection to the host has ended', { cause: reason });
        mux.fail({ by: 'hub', at: systemClock.now(), reason: 'because the connection to the host ended', error });
        closed.resolve(error);
      },
    });
    const { runner } = options;
    const greeting = { method: 'greet', token, wire: wireVersion, version, runner, pid: process.pid } as const;
    const expired = (): Error => new CarpoolError('HUB_UNREACHABLE', `The host did not greet within ${timeout} ms`);
    try {
      const answer = (await within(mux.root.port.request(greeting), {
        clock: systemClock,
        timeout,
        expired,
      })) as GreetResult;
      // A worker that only waits for its tests to end must be able to end.
      socket.unref();
      return new Client({ socket, transport, mux, peer: answer.peer, closed, token, runner });
    } catch (thrown) {
      socket.destroy();
      if (!isCarpoolError(thrown, 'HUB_LOST')) throw thrown;
      const message = `The host at ${path} ended the connection before it had greeted`;
      throw new CarpoolError('HUB_UNREACHABLE', message, { context: { path }, cause: thrown });
    }
  }

  /** The connection has ended. */
  get over(): boolean {
    return this.#over;
  }

  /** The names of the pools. @throws CarpoolError CONFIG_INVALID */
  async pools(): Promise<readonly string[]> {
    return (await this.names()).pools;
  }

  /** The names of the pools and of the shared workers. @throws CarpoolError CONFIG_INVALID */
  async names(): Promise<PoolsResult> {
    return await this.#call({ method: 'pools' }, releaseTimeout);
  }

  /**
   * Takes a slot of a pool and opens a session.
   * @throws CarpoolError as `Pool.register`, and HUB_LOST
   */
  async register<M extends Messages = AnyMessages>(pool: string, options: RegisterOptions = {}): Promise<Session<M>> {
    const { signal, site = callSite(this.register), ...request } = options;
    const number = ++this.#sessions;
    const { session, listener, bind } = Session.nascent<M>(pool, systemClock);
    const params: WireParams = {
      request: { ...request, pool, stack: site.stack },
      registered: async (result) => {
        const format = await formatNamed(result.format);
        const { hello, requestTimeout, maxUnreadEvents } = result;
        const closeTimeout = result.closeTimeout + grace;
        const { conversation } = opening;
        const diagnose = (): Promise<Evidence> => this.#evidence(number);
        bind({ conversation, format, hello, requestTimeout, closeTimeout, maxUnreadEvents, diagnose });
        return format;
      },
    };
    this.#hold(1);
    const opening = this.#mux.open({
      id: `w${this.#peer}s${number}`,
      listener,
      timeout: registerLimit,
      params,
      ...(signal === undefined ? {} : { signal }),
    });
    try {
      await opening.opened;
      return session;
    } catch (thrown) {
      if (signal?.aborted === true) throw signal.reason;
      throw errorAt(asCarpoolError(thrown, 'HUB_LOST', `Cannot register a session of "${pool}"`), site);
    } finally {
      this.#hold(-1);
    }
  }

  /**
   * Ends an owner: all it holds is released, newest first. Bounded.
   * @returns how many sessions the child did not confirm
   */
  async release(owner: OwnerPath): Promise<number> {
    this.leases.end(owner);
    return (await this.#call({ method: 'release', owner }, releaseTimeout)).unconfirmed;
  }

  /**
   * Has the child of a pool started, if it is not there, and waits for its hello: its first session need not.
   * @throws CarpoolError as `Pool.start`, and CONFIG_INVALID, HUB_LOST
   */
  async start(pool: string): Promise<void> {
    const site = callSite(this.start);
    try {
      await this.#call({ method: 'start', pool }, registerLimit);
    } catch (thrown) {
      throw errorAt(asCarpoolError(thrown, 'HUB_LOST', `Cannot start the child of "${pool}"`), site);
    }
  }

  /** Tells the host that a new run begins on it: pools that gave up try again. */
  async runStarted(): Promise<void> {
    await this.#call({ method: 'runStarted' }, releaseTimeout);
  }

  /** Tells the host that a run has ended. */
  async runEnded(): Promise<void> {
    await this.#call({ method: 'runEnded' }, releaseTimeout);
  }

  /** What the pools have done so far. */
  async stats(): Promise<readonly PoolStats[]> {
    return (await this.#call({ method: 'stats' }, releaseTimeout)).pools;
  }

  /** Disconnects; the host releases whatever this worker still holds. */
  close(): void {
    this.#resolveClosed(undefined);
    this.#mux.fail({ by: 'hub', at: systemClock.now(), reason: 'because its worker has disconnected' });
    this.sharedWorkers.close();
    this.#transport.close();
    this.#socket.destroySoon();
  }

  async #evidence(session: number): Promise<Evidence> {
    return await this.#call({ method: 'evidence', session }, releaseTimeout).catch(() => ({}));
  }

  async #call<R extends CallRequest>(
    request: R,
    timeout: number,
    signal?: AbortSignal,
  ): Promise<MethodTable[R['method']]['result']> {
    const expired = (): Error =>
      new CarpoolError('HUB_LOST', `The host did not answer "${request.method}" within ${timeout} ms`);
    this.#hold(1);
    try {
      const asked = this.#mux.root.port.request(request);
      this.#busyPoll.start();
      const answer = await within(asked, { clock: systemClock, timeout, expired, signal });
      return answer as MethodTable[R['method']]['result'];
    } finally {
      this.#hold(-1);
      if (this.#busy === 0) this.#busyPoll.hit();
    }
  }

  /** A pending call keeps the worker alive; an idle connection does not. */
  #hold(by: 1 | -1): void {
    this.#busy += by;
    if (this.#busy > 0) this.#socket.ref();
    else this.#socket.unref();
  }
}

async function formatNamed(name: string): Promise<Format> {
  if (name === 'json') return json;
  const { msgpack } = await import('../codec/msgpack.ts');
  return msgpack;
}

/**
 * What a test process holds of the host: one connection, and the sessions on it. It never loads `child_process`, and loads
 * a codec only when a session speaks it, because every isolated test file pays for what is imported here.
 */
import { asCarpoolError, callSite, errorAt, type CarpoolError, type Evidence } from '../base/errors.ts';
import { systemClock } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { Frame } from '../codec/frame.ts';
import { noMessages } from '../codec/no-messages.ts';
import { json } from '../codec/json.ts';
import type { PoolStats } from '../pool/types.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { Conversation } from '../session/conversation.ts';
import { UserSession } from '../session/session.ts';
import type { CloseReason } from '../session/state.ts';
import { op, writePayload } from '../wire/frames.ts';
import { Elsewhere } from '../wire/elsewhere.ts';
import type { EndBody } from '../wire/frame-bodies.ts';
import type { CallRequest, ResultOf, PoolsResult, StartResult } from '../wire/messages.ts';
import { endReason, isUnder, type OwnerPath } from '../wire/owner-path.ts';
import { formatSessionAddress } from '../wire/session-address.ts';
import type { WireOpened, WireRegister } from '../wire/protocol.ts';
import { connectToHost, type HostConnection } from './connect.ts';
import { dialSharedWorker } from './dial.ts';
import { EndReports } from './end-reports.ts';
import { HostCalls } from './host-calls.ts';
import { giveUpOnSilence, hostError, silenceOf, watchHost, type HostHeartbeat } from './silent-host.ts';
import { Leases } from './leases.ts';
import { MachineLink } from './machine-link.ts';
import type { OtherHosts, SentElsewhere } from './other-hosts.ts';
import { Ports } from './ports.ts';
import { SharedWorkerConnections } from './shared-worker/connections.ts';
import type { Client, ClientOptions, InternalRegisterOptions } from './types.ts';

/** The host enforces the deadlines of a start, an opening and a queue; this one only bounds the wait if the host hangs. */
const registerLimit = 24 * 60 * 60 * 1000;
const releaseTimeout = 30_000;

/** What adapters may call is described in `types.ts`; owners call the rest. */
export class HostClient implements Client {
  readonly closed: Promise<CarpoolError | undefined>;
  /** Its connections to shared workers. */
  readonly sharedWorkers: SharedWorkerConnections;
  /** What this worker holds of locks, semaphores and values. */
  readonly leases: Leases;
  /** Ports that this worker may give to its tests. */
  readonly ports: Ports;
  /** The connection for what all runs of the machine share. */
  readonly machine: MachineLink<HostClient>;
  readonly #connection: HostConnection;
  /** As in `ClientOptions`. */
  readonly #machine: string | undefined;
  readonly #heartbeat: HostHeartbeat;
  readonly #calls: HostCalls;
  /** What is open, by its owner. */
  readonly #open = new Map<Conversation, OwnerPath>();
  readonly #endReports = new EndReports();
  readonly #connect: (to: ClientOptions) => Promise<HostClient>;
  /** Hosts of other machines that have sessions of its tests. */
  #others: OtherHosts<HostClient> | undefined;
  #over = false;
  #sessions = 0;

  private constructor(connection: HostConnection, { heartbeat, run, hosted, machine }: ClientOptions) {
    this.#machine = machine;
    const { transport, peer, closed, token, runner, place } = connection;
    this.#connection = connection;
    this.#calls = new HostCalls(connection, () => this.#heartbeat);
    this.closed = closed.promise;
    const own = { token, runner, peer, dial: dialSharedWorker(place) };
    this.sharedWorkers = new SharedWorkerConnections({
      ...own,
      worker: (request) => this.#calls.call(request, registerLimit),
      state: (request) => this.#calls.call(request, releaseTimeout),
    });
    this.leases = new Leases({
      call: (request, timeout, signal) => this.#calls.due(request, timeout, signal),
      machine: run && (hosted === true ? 'with the run' : 'alone'),
      release: (lease, body) => transport.send(Frame.encoded(writePayload(op.RELEASE, 0, lease, body), json)),
      locate: (lease, body) => transport.send(Frame.encoded(writePayload(op.LOCATE, 0, lease, body), json)),
    });
    connection.wire.whenLost = (lease, error) => this.leases.lost(lease, error);
    this.ports = new Ports(this.leases);
    const connect = (this.#connect = (to) => HostClient.connect({ heartbeat, ...to }));
    this.machine = new MachineLink({ runner, own: this, place, connect });
    const wanted = (): boolean => this.#calls.pending + this.#open.size + this.sharedWorkers.size > 0;
    this.#heartbeat = watchHost(connection, wanted, heartbeat);
    void this.closed.then((reason) => {
      // Its threads may be stopped too, and their sockets stay open.
      if (silenceOf(reason) !== undefined) this.sharedWorkers.close();
      this.#over = true;
      this.leases.lose(reason);
      this.machine.close(reason);
      this.#others?.close(reason);
    });
  }

  /** @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED; HUB_LOST instead of the first if the host is known to have run */
  static async connect(options: ClientOptions): Promise<HostClient> {
    return new HostClient(await connectToHost(options), options);
  }

  get over(): boolean {
    return this.#over;
  }

  /** Nothing of this process is open on the host, or on its way there. */
  get isIdle(): boolean {
    return this.#calls.pending + this.#open.size === 0;
  }

  async pools(): Promise<readonly string[]> {
    return (await this.names()).pools;
  }

  async names(): Promise<PoolsResult> {
    return await this.#calls.call({ method: 'pools' }, releaseTimeout);
  }

  async register<M extends Messages = AnyMessages>(
    pool: string,
    options: InternalRegisterOptions = {},
  ): Promise<UserSession<M>> {
    const { signal, timeLeft, calls, waited, site = callSite(this.register), stays = false, ...request } = options;
    const { tried = [], spent = 0 } = request;
    const since = systemClock.now() - spent;
    const number = ++this.#sessions;
    const session = new UserSession<M>(pool, systemClock, this.#machine);
    const what = `Cannot register a session of "${pool}" in the time of this test or hook`;
    const due = timeLeft?.() ?? Infinity;
    const wait = giveUpOnSilence(this.#heartbeat, { due, signal, tried: what });
    const ended = this.#calls.begin();
    const { conversation, opened } = this.#connection.mux.open({
      id: `w${this.#connection.peer}s${number}`,
      listener: session.listener,
      timeout: registerLimit,
      params: {
        ...request,
        tried: stays ? undefined : tried,
        timeLeft: due + spent,
        pool,
        stack: site.stack,
      } satisfies WireRegister,
      signal: wait.signal,
    });
    try {
      const { result, opened: found, format } = (await opened) as WireOpened;
      conversation.rename(result.id);
      if (result.slotWait !== undefined) waited?.(result.slotWait);
      const { hello, requestTimeout, closeTimeout, maxUnreadEvents } = result;
      const diagnose = (failed: boolean): Promise<Evidence> => this.#evidence(number, failed);
      const address = async (): Promise<string> => {
        const { token } = await this.#calls.call({ method: 'address', session: number }, releaseTimeout);
        return formatSessionAddress({ ...this.#connection.place, token });
      };
      const hostSilence = (): string | undefined => this.#heartbeat.describeSilence();
      const under = request.under ?? [];
      this.#open.set(conversation, under);
      if (result.diagnostics === 'fail') this.#endReports.diagnose(under);
      const silent = format === noMessages;
      if (silent)
        void session.closed.then(({ by, error }) => by === 'child' && error && this.#endReports.lose(under, error));
      void conversation.released.then(() => this.#open.delete(conversation));
      const limits = { requestTimeout, closeTimeout, maxUnreadEvents, timeLeft };
      session.bind({
        ...limits,
        conversation,
        format,
        hello,
        opened: found,
        silent,
        naming: result,
        diagnose,
        address,
        hostSilence,
        calls,
        leaks: result.leaks,
        hasOwner: true,
      });
      return session;
    } catch (thrown) {
      if (signal?.aborted === true) throw signal.reason;
      if (thrown instanceof Elsewhere && !stays)
        return await this.#registerElsewhere<M>(pool, { options: { ...options, site }, since, to: thrown.destination });
      throw errorAt(asCarpoolError(thrown, 'HUB_LOST', `Cannot register a session of "${pool}"`), site);
    } finally {
      wait.stop();
      ended();
    }
  }

  async release(owner: OwnerPath, failed = false): Promise<number> {
    const lost = this.#forget(owner);
    const released = this.#calls.call({ method: 'release', owner, ...(failed && { failed }) }, releaseTimeout);
    const [{ unconfirmed }, elsewhere = 0] = await Promise.all([released, this.#others?.release(owner, failed)]);
    if (lost !== undefined) throw lost;
    return unconfirmed + elsewhere;
  }

  /** The end of the owner reports what children found wrong. */
  reports(owner: OwnerPath): boolean {
    return this.#endReports.areDue(owner) || this.#others?.reports(owner) === true;
  }

  end(owner: OwnerPath, failed = false): Promise<void> | undefined {
    if (this.reports(owner)) return this.release(owner, failed).then(() => {});
    const lost = this.#forget(owner);
    const body = json.encode({ owner, ...(failed && { failed }) } satisfies EndBody);
    this.#connection.transport.sendSoon(Frame.encoded(writePayload(op.END, 0, 0, body), json));
    const elsewhere = this.#others?.end(owner, failed);
    if (lost === undefined) return elsewhere;
    return Promise.allSettled([elsewhere]).then(() => Promise.reject(lost));
  }

  async start(pool: string): Promise<void> {
    const site = callSite(this.start);
    try {
      await this.#calls.call({ method: 'start', pool }, registerLimit);
    } catch (thrown) {
      throw errorAt(asCarpoolError(thrown, 'HUB_LOST', `Cannot start the child of "${pool}"`), site);
    }
  }

  /** What tests have left behind, for the summary. A host that is gone, or older, prints none of it. */
  leaked(found: readonly string[]): void {
    void this.#calls.call({ method: 'leaked', found }, releaseTimeout).catch(noop);
  }

  /** As `start`, and whether the child gives a sign of life within `probeTimeout`. For `carpool check`. */
  async probe(pool: string): Promise<StartResult> {
    return await this.#calls.call({ method: 'start', pool, probe: true }, registerLimit);
  }

  async runStarted(): Promise<void> {
    await this.#calls.call({ method: 'runStarted' }, releaseTimeout);
  }

  async runEnded(): Promise<void> {
    await this.#calls.call({ method: 'runEnded' }, releaseTimeout);
  }

  async stats(): Promise<readonly PoolStats[]> {
    return (await this.#calls.call({ method: 'stats' }, releaseTimeout)).pools;
  }

  /** @param reason what a host of the machine kept for the run is lost with that; absent: as `Client.close` */
  close(reason?: CarpoolError): void {
    const { closed, mux, transport, socket } = this.#connection;
    if (reason !== undefined) this.leases.endWithRun();
    closed.resolve(reason);
    mux.fail({ by: 'hub', at: systemClock.now(), reason: 'because its worker has disconnected', error: reason });
    this.sharedWorkers.close();
    transport.close();
    socket.destroySoon();
  }

  /** For what only the host of a machine is asked. @param timeout milliseconds */
  async ask<R extends CallRequest>(request: R, timeout: number): Promise<ResultOf<R>> {
    return await this.#calls.call(request, timeout);
  }

  async #registerElsewhere<M extends Messages>(pool: string, call: SentElsewhere): Promise<UserSession<M>> {
    const { OtherHosts: Others } = await import('./other-hosts.ts');
    // What is made then would be closed by nothing.
    if (this.#over)
      throw errorAt(
        (await this.closed) ?? hostError(`Cannot register a session of "${pool}": this process has disconnected`, {}),
        call.options.site ?? { stack: '' },
      );
    this.#others ??= new Others({
      runner: this.#connection.runner,
      connect: this.#connect,
      // For counts alone: one whose connection ends counts nothing more.
      opened: (of, host) =>
        void this.#calls.call({ method: 'openedElsewhere', pool: of, host }, releaseTimeout).catch(noop),
    });
    return await this.#others.register<M>(pool, call, (options) => this.register<M>(pool, options));
  }

  /** What an owner holds is gone for this worker: the host ends it now. @returns the failure of servers that were its own */
  #forget(owner: OwnerPath): CarpoolError | undefined {
    this.leases.end(owner);
    this.machine.end(owner);
    const reason: CloseReason = { by: 'owner', at: systemClock.now(), reason: endReason(owner) };
    for (const [conversation, under] of this.#open) {
      // One that is being unregistered has its answer on the way.
      if (isUnder(under, owner) && conversation.state.name === 'open') conversation.abort(reason);
    }
    return this.#endReports.take(owner);
  }

  async #evidence(session: number, failed: boolean): Promise<Evidence> {
    const request = { method: 'evidence', session, ...(failed && { failed }) } as const;
    return await this.#calls.call(request, releaseTimeout).catch(() => ({}));
  }
}

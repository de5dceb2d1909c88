/**
 * One connected worker, and all it holds.
 *
 *   greeting ──version, token──▶ joined ──socket gone, or the hub closes──▶ leaving (release by owner) ─▶ left
 *      └── not in time, not the token, too much before it (`wire/accepted-connection.ts`) ─▶ left
 *
 * What a peer must not send ends that peer alone.
 */
import type { CancelSignal } from '../../base/cancellation.ts';
import { CarpoolError, type Evidence } from '../../base/errors.ts';
import type { HolderRun } from '../../base/holder-label.ts';
import { json } from '../../codec/json.ts';
import { joinedDiagnostics } from '../../session/diagnostics.ts';
import { AcceptedConnection, type AcceptedSocket } from '../../wire/accepted-connection.ts';
import { op, type WireHead } from '../../wire/frames.ts';
import { wrongToken } from '../../wire/greeting.ts';
import type { EndBody } from '../../wire/frame-bodies.ts';
import type {
  CallRequest,
  ProblemShownResult,
  RegisterRequest,
  RegisterResult,
  ReleaseResult,
  StatsResult,
  SharedWorkerResult,
  SharedWorkerStateResult,
} from '../../wire/messages.ts';
import { Calls } from './calls.ts';
import { FrameLimits } from './frame-limits.ts';
import { startOf } from './hub-pool.ts';
import { poolsResult } from './pools-result.ts';
import { inviteTo, JoinedProcess } from './joined-process.ts';
import type { LeaseCall } from './leases.ts';
import { Owners } from './owners.ts';
import { shardNamed, workerNamed } from './holder-names.ts';
import { PeerLeases } from './peer-leases.ts';
import type { Holding, PeerHub, PeerKind } from './peer-hub.ts';
import { PeerRun } from './peer-run.ts';
import { Observing } from './observing.ts';
import { checkSessionNumber, noSession, notOfSession, unknownKind, unknownMethod } from './refusals.ts';
import { Relay } from './relay.ts';
import { remoteRefusal, type RemoteAccess } from './remote-access.ts';

export class Peer {
  /** Resolves when everything it held has been released. */
  readonly left: Promise<void>;
  readonly #hub: PeerHub;
  readonly #number: number;
  readonly #connection: AcceptedConnection;
  readonly #owners = new Owners('the worker');
  readonly #leases: PeerLeases;
  readonly #run: PeerRun;
  /** It has greeted, and only looks. */
  #observes = false;
  readonly #observing: Observing;
  /** Of its holders. */
  #label: HolderRun | undefined;
  #shard: string | undefined;
  #worker: string | undefined;
  readonly #relays = new Map<number, Relay>();
  readonly #calls: Calls;
  /** It is no worker: a test has handed its session to it. */
  #joined: JoinedProcess | undefined;
  readonly remote: RemoteAccess | undefined;
  #leaving: Promise<void> | undefined;
  #resolveLeft!: () => void;

  /** @param remote of one from another machine */
  constructor(hub: PeerHub, socket: AcceptedSocket, remote?: RemoteAccess) {
    this.#hub = hub;
    this.remote = remote;
    this.#number = hub.nextPeerNumber();
    this.left = new Promise((resolve) => (this.#resolveLeft = resolve));
    const limits = new FrameLimits(hub.limits, (session) => this.#relays.get(session)?.maxFrameBytes);
    this.#connection = new AcceptedConnection({
      socket,
      clock: hub.clock,
      greetTimeout: hub.limits.greetTimeout,
      name: 'The host',
      tokenFault: (token) => this.#tokenFault(token),
      refusal: ({ observer }) => (observer === true ? undefined : hub.fullFor(this.kind)),
      failure: { code: 'HUB_LOST', message: 'The host failed to carry out a call' },
      number: this.#number,
      maxBacklogBytes: hub.limits.maxBacklogBytes,
      greeted: ({ run, shard, observer, runner, pid }) => {
        this.#label = hub.runOf(run, remote);
        this.#shard = shardNamed(shard);
        this.#worker = workerNamed(runner, pid);
        this.#observes = observer === true;
        hub.greeted();
      },
      receiving: () => hub.busyPoll.hit(),
      limit: (head) => this.#joined?.limitOf(head) ?? limits.of(head),
      frame: (head, body) =>
        this.#joined === undefined ? this.#onFrame(head, body) : this.#joined.onFrame(head, body),
      closed: () => void this.leave('because its worker has ended'),
    });
    this.#calls = new Calls(this.#connection, hub.limits);
    this.#observing = new Observing(hub, this.#connection);
    const held = { owners: this.#owners, connection: this.#connection };
    this.#run = new PeerRun({ ...held, hub, remote });
    const { clock, coordination, valueFiles, reach, timelineOf } = hub;
    const names = { run: () => this.#label, shard: () => this.#shard, worker: () => this.#worker };
    const of = { peer: this.#number, ...names, remote: remote !== undefined };
    this.#leases = new PeerLeases({ ...held, ...of, clock, coordination, valueFiles, reach, timelineOf });
  }

  /** Until it has greeted it may be a worker. */
  get kind(): PeerKind {
    if (this.#joined !== undefined) return 'joined process';
    return this.#observes ? 'observer' : 'worker';
  }

  get holding(): Holding {
    return { sessions: this.#relays.size, untold: this.#calls.size + this.#owners.held };
  }

  /** Its waits for leases fail, saying why. */
  stopWaiting(message: string): void {
    this.#leases.stopWaiting(message);
  }

  /** It learns why its connection will end. What only looks may be what has asked for that. */
  tellEnd(error: CarpoolError): void {
    if (!this.#observes) this.#connection.tellEnd(error);
  }

  /** Releases all it holds, newest first, and disconnects. */
  leave(message: string): Promise<void> {
    this.#leaving ??= this.#release(message);
    return this.#leaving;
  }

  async #release(message: string): Promise<void> {
    this.#calls.cancelAll();
    this.#observing.end();
    this.#joined?.leave();
    const { diagnosed } = await this.#owners.endAll(message);
    // No test and no file has ended that could fail with them.
    for (const error of diagnosed) process.stderr.write(`carpool: ${error.message}\n`);
    this.#observing.hangUp();
    this.#resolveLeft();
  }

  #tokenFault(shown: string): string | undefined {
    const { sessionTokens, clock } = this.#hub;
    if (this.remote?.fault !== undefined) return this.remote.fault;
    if (this.remote?.admitted === true || this.#hub.admits(shown)) return undefined;
    const token = sessionTokens.find(shown);
    if (token === undefined) return wrongToken;
    this.#joined = new JoinedProcess({ token, clock, connection: this.#connection });
    return token.fault;
  }

  /** Each request has its answer, also in a session that is not there any more. */
  #request(session: number, call: number, body: Uint8Array): void {
    const relay = this.#relays.get(session);
    if (relay !== undefined) relay.request(call, body);
    else this.#connection.fail(session, call, noSession(session));
  }

  #onFrame({ op: kind, session, call }: WireHead, body: Uint8Array): void {
    switch (kind) {
      case op.CALL:
        if (!this.#calls.refuses(call, body.length)) this.#answerCall(call, json.decode(body) as CallRequest);
        break;
      case op.SEND:
        this.#relays.get(session)?.send(body);
        break;
      case op.REQUEST:
        this.#request(session, call, body);
        break;
      case op.ANSWER:
        this.#relays.get(session)?.answer(call, body);
        break;
      case op.REFUSE:
        this.#relays.get(session)?.refuse(call, body);
        break;
      case op.CANCEL:
        this.#relays.get(session)?.cancel(call);
        if (session !== 0) break;
        this.#leases.cancel(call);
        this.#calls.cancel(call);
        break;
      case op.RELEASE:
        this.#hub.busyPoll.start();
        this.#leases.release(call, body);
        break;
      case op.LOCATE:
        this.#leases.locate(call, body);
        break;
      case op.END: {
        const { owner, failed } = json.decode(body) as EndBody;
        // What is wrong with the path ends the connection; ends that are not confirmed are counted by their pools.
        this.#owners.end(owner, failed === true).catch(() => this.#connection.destroy());
        break;
      }
      default:
        throw unknownKind(kind);
    }
  }

  /** A lease that is free is given without a detour. */
  #answerCall(call: number, request: CallRequest): void {
    const refusal = this.remote && remoteRefusal(request, this.remote);
    if (refusal !== undefined) {
      this.#connection.fail(0, call, refusal);
      return;
    }
    // Whoever takes leases takes more of them soon; for the rest a wake-up costs less than polling.
    if (this.#leases.answers(call, request)) this.#hub.busyPoll.start();
    else void this.#calls.answer(call, (cancelled) => this.#answer(request, cancelled));
  }

  async #answer(request: Exclude<CallRequest, LeaseCall>, signal: CancelSignal): Promise<unknown> {
    switch (request.method) {
      case 'greet':
        throw new CarpoolError('HUB_REJECTED', 'This worker has greeted already');
      case 'ping':
        return {};
      case 'status':
        return await this.#hub.status(request);
      case 'observe':
        return this.#observing.observe(request, this.kind);
      case 'pools':
        return await poolsResult(this.#hub);
      case 'problemShown':
        return { before: this.#hub.problemShown() } satisfies ProblemShownResult;
      case 'stats':
        return { pools: await this.#hub.stats() } satisfies StatsResult;
      case 'register':
        return await this.#register(request, signal);
      case 'openedElsewhere':
        (await this.#hub.pool(request.pool)).openedElsewhere?.(request.host);
        return {};
      case 'leaked':
        return this.#hub.leaks.add(request.found);
      case 'unregister':
        await this.#relays.get(request.session)?.unregister();
        return {};
      case 'release': {
        const { unconfirmed, diagnosed } = await this.#owners.end(request.owner, request.failed === true);
        const failure = joinedDiagnostics(diagnosed);
        if (failure !== undefined) throw failure;
        return { unconfirmed } satisfies ReleaseResult;
      }
      case 'start':
        return await startOf(await this.#hub.pool(request.pool), request);
      case 'openRun':
      case 'invite':
      case 'revoke':
      case 'runInfo':
      case 'closeRun':
      case 'summary':
      case 'stop':
      case 'runStarted':
      case 'runEnded':
        return await this.#run.answer(request);
      case 'sharedWorker':
        return (await this.#hub.sharedWorkers.start(request)) satisfies SharedWorkerResult;
      case 'sharedWorkerState':
        return (await this.#hub.sharedWorkers.state(request.path, request.ended)) satisfies SharedWorkerStateResult;
      case 'join':
        throw notOfSession();
      case 'address':
        return inviteTo(this.#relays.get(request.session));
      case 'evidence':
        return ((await this.#relays.get(request.session)?.evidence(request.failed)) ?? {}) satisfies Evidence;
      default:
        throw unknownMethod(request);
    }
  }

  async #register(request: RegisterRequest, signal: CancelSignal): Promise<RegisterResult> {
    const { session } = request;
    checkSessionNumber(session, this.#relays.has(session));
    const relay = new Relay({
      session,
      peer: this.#number,
      run: this.#label,
      shard: this.#shard,
      worker: this.#worker,
      owners: this.#owners,
      connection: this.#connection,
      maxBacklogBytes: this.#hub.limits.maxBacklogBytes,
      clock: this.#hub.clock,
      tokens: this.#hub.sessionTokens,
      pool: (name) => this.#hub.pool(name),
      over: () => this.#relays.delete(session),
    });
    this.#relays.set(session, relay);
    try {
      return await relay.register(request, signal);
    } catch (thrown) {
      this.#relays.delete(session);
      throw thrown;
    }
  }
}

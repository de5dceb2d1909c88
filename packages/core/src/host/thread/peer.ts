/**
 * One connected test process, as the thread of a shared worker sees it. It greets as it greets the host; its test workers
 * join and leave; when its socket closes, for whatever reason, all of them have left.
 */
import { CarpoolError } from '../../base/errors.ts';
import { systemClock } from '../../base/clock.ts';
import { json } from '../../codec/json.ts';
import { BusyPoll } from '../../transport/busy-poll.ts';
import { TickQueue } from '../../transport/tick-queue.ts';
import { AcceptedConnection, type AcceptedSocket } from '../../wire/accepted-connection.ts';
import { op, readNumber, writeNumber, type WireHead } from '../../wire/frames.ts';
import { greetTimeout, wrongToken } from '../../wire/greeting.ts';
import type { GreetRequest } from '../../wire/messages.ts';
import type { JoinRequest, JoinResult, MemberRequest } from '../../wire/shared-worker-messages.ts';
import type { Broker } from './broker.ts';
import type { TestWorker } from './test-worker.ts';

/** Test workers of one connection. */
const maxMembers = 10_000;

export interface PeerOptions {
  readonly broker: Broker;
  /** As it was registered. */
  readonly file: string;
  /** The name of this worker in the ids of its messages. */
  readonly worker: string;
  /** Resolves when the worker has said that it is ready. */
  readonly ready: Promise<void>;
  admits(token: string): boolean;
  /** Test workers have come or gone. */
  members(): void;
  /** A teardown failed. */
  crash(thrown: unknown): void;
}

export class Peer {
  /** Resolves when all its test workers have left. */
  readonly left: Promise<void>;
  readonly #options: PeerOptions;
  readonly #connection: AcceptedConnection;
  readonly #tickQueue: TickQueue;
  /** Test workers by their numbers; `undefined` while one waits to join. */
  readonly #members = new Map<number, TestWorker | undefined>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: PeerOptions, socket: AcceptedSocket) {
    this.#options = options;
    const left = Promise.withResolvers<void>();
    this.left = left.promise;
    const busyPoll = new BusyPoll();
    this.#connection = new AcceptedConnection({
      socket,
      clock: systemClock,
      greetTimeout,
      name: 'The shared worker',
      tokenFault: (token) => (options.admits(token) ? undefined : wrongToken),
      failure: {
        code: 'SHARED_WORKER_FAILED',
        message: `The shared worker ${options.file} failed in a teardown`,
      },
      number: 0,
      receiving: () => busyPoll.hit(),
      frame: (head, body) => this.#onFrame(head, body),
      received: () => busyPoll.start(),
      // The queue still holds what it sent last.
      closed: () => this.#tickQueue.add(() => void this.#leaveAll().then(left.resolve)),
    });
    this.#tickQueue = new TickQueue(this.#connection.writer);
  }

  end(): void {
    this.#connection.hangUp();
  }

  /** To one of its test workers. */
  send(member: number, number: number, answers: number, body: Uint8Array): void {
    if (answers === 0) this.#connection.write(op.MESSAGE, member, number, body);
    else this.#connection.write(op.RESPONSE, member, number, body, writeNumber(answers));
  }

  #onFrame({ op: kind, session, call }: WireHead, body: Uint8Array): void {
    switch (kind) {
      case op.PUBLISH:
        this.#tickQueue.add(() => this.#deliver(session, call, 0, body));
        break;
      case op.RESPOND: {
        const answers = readNumber(body);
        this.#tickQueue.add(() => this.#deliver(session, call, answers, body.subarray(4)));
        break;
      }
      case op.CALL: {
        const request = json.decode(body) as MemberRequest | GreetRequest;
        this.#tickQueue.add(() => void this.#call(call, request));
        break;
      }
      default:
        throw new CarpoolError('FRAME_MALFORMED', `The test worker sent a frame of kind ${kind}`);
    }
  }

  #deliver(member: number, number: number, answers: number, body: Uint8Array): void {
    const testWorker = this.#members.get(member);
    if (testWorker !== undefined) this.#options.broker.deliver(testWorker, number, answers, body);
  }

  async #call(call: number, request: MemberRequest | GreetRequest): Promise<void> {
    try {
      this.#connection.writeJson(op.RESULT, 0, call, await this.#answer(request));
    } catch (thrown) {
      this.#connection.fail(0, call, thrown);
    }
  }

  async #answer(request: MemberRequest | GreetRequest): Promise<object> {
    switch (request.method) {
      case 'join':
        return await this.#join(request);
      case 'leave':
        await this.#leave(request.member);
        return {};
      default:
        throw new CarpoolError('FRAME_MALFORMED', `There is no method ${request.method} here`);
    }
  }

  async #join({ member, testWorker: id, file }: JoinRequest): Promise<JoinResult> {
    const { broker, ready, worker } = this.#options;
    if (!Number.isSafeInteger(member) || member <= 0 || this.#members.has(member) || this.#members.size >= maxMembers) {
      throw new CarpoolError('SESSION_REFUSED', `Cannot join: the number ${member} is taken, or there are too many`);
    }
    this.#members.set(member, undefined);
    await ready;
    if (!this.#members.has(member)) throw new CarpoolError('SESSION_CLOSED', 'Cannot join: the test file has ended');
    const joined = broker.join(id, file, (number, answers, body) => this.send(member, number, answers, body));
    this.#members.set(member, joined);
    this.#options.members();
    return { worker };
  }

  async #leave(member: number): Promise<void> {
    const testWorker = this.#members.get(member);
    this.#members.delete(member);
    if (testWorker === undefined) return;
    const leaving = this.#options.broker.leave(testWorker);
    this.#leaving.add(leaving);
    try {
      await leaving;
    } catch (thrown) {
      this.#options.crash(thrown);
      throw thrown;
    } finally {
      this.#leaving.delete(leaving);
      this.#options.members();
    }
  }

  async #leaveAll(): Promise<void> {
    const members = [...this.#members.keys()].toReversed();
    for (const member of members) await this.#leave(member).catch(() => {});
    // Test workers that asked to leave may not be gone yet.
    await Promise.allSettled(this.#leaving);
  }
}

/**
 * One connected test process, as the thread of a shared worker sees it. It greets as it greets the host; its test workers
 * join and leave; when its socket closes, however that came about, all of them have left.
 */
import type { Socket } from 'node:net';
import { CarpoolError, asCarpoolError, toRecord } from '../../base/errors.ts';
import { json } from '../../codec/json.ts';
import { lengthPrefixed } from '../../codec/length-prefixed.ts';
import { BusyPoll } from '../../transport/busy-poll.ts';
import { BatchWriter } from '../../transport/batch.ts';
import { TickQueue } from '../../transport/tick-queue.ts';
import { bodyOf, op, readHead, readNumber, writeHead, writeNumber, type Op } from '../../wire/frames.ts';
import { greetTimeout, greetingBytes, greetingFault, workerFrameBytes } from '../../wire/greeting.ts';
import type { GreetRequest, GreetResult } from '../../wire/messages.ts';
import { version } from '../../base/version.ts';
import type { Broker } from './broker.ts';
import type { JoinRequest, JoinResult, MemberRequest } from '../../wire/shared-worker-messages.ts';
import type { TestWorker } from './test-worker.ts';

/** Test workers of one connection. */
const maxMembers = 10_000;
/** Bytes that may wait for a process that does not read. */
const maxBacklogBytes = 256 * 1024 * 1024;

export interface PeerOptions {
  readonly broker: Broker;
  /** As it was registered. */
  readonly file: string;
  /** Of this worker in the ids of its messages. */
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
  readonly #socket: Socket;
  readonly #writer: BatchWriter;
  readonly #tickQueue: TickQueue;
  readonly #busyPoll = new BusyPoll();
  /** By their numbers; before a test worker has joined, what it waits for. */
  readonly #members = new Map<number, TestWorker | undefined>();
  readonly #leaving = new Set<Promise<void>>();
  #greeted = false;
  #unframer = lengthPrefixed.unframer({ maxFrameBytes: greetingBytes });

  constructor(options: PeerOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    this.#writer = new BatchWriter(socket);
    this.#tickQueue = new TickQueue(this.#writer);
    const greeting = setTimeout(() => this.#greeted || socket.destroy(), greetTimeout);
    socket.on('data', (chunk: Uint8Array) => this.#read(chunk));
    socket.on('error', () => {}); // `close` follows
    this.left = new Promise((resolve) => {
      socket.once('close', () => {
        clearTimeout(greeting);
        // After what it said last.
        this.#tickQueue.add(() => void this.#leaveAll().then(resolve));
      });
    });
  }

  end(): void {
    this.#writer.end();
    this.#socket.destroySoon();
  }

  /** To a test worker of it. */
  send(member: number, number: number, answers: number, body: Uint8Array): void {
    if (this.#writer.backlog > maxBacklogBytes) {
      this.#socket.destroy(); // it costs itself
      return;
    }
    if (answers === 0) this.#writer.write(writeHead(op.MESSAGE, member, number, body.length), body);
    else this.#writer.write(writeHead(op.RESPONSE, member, number, body.length + 4), writeNumber(answers), body);
  }

  #read(chunk: Uint8Array): void {
    this.#busyPoll.hit();
    try {
      this.#unframer.push(chunk, this.#onPayload);
    } catch {
      this.#socket.destroy(); // its stream cannot be followed any further
    }
    this.#busyPoll.start();
  }

  readonly #onPayload = (payload: Uint8Array): void => {
    const { op: kind, session, call } = readHead(payload);
    const body = bodyOf(payload);
    if (!this.#greeted) {
      this.#greet(kind, call, body);
      return;
    }
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
  };

  #deliver(member: number, number: number, answers: number, body: Uint8Array): void {
    const testWorker = this.#members.get(member);
    if (testWorker !== undefined) this.#options.broker.deliver(testWorker, number, answers, body);
  }

  #greet(kind: number, call: number, body: Uint8Array): void {
    const fault = greetingFault(kind, body, (token) => this.#options.admits(token));
    if (fault !== undefined) {
      this.#fail(call, new CarpoolError('HUB_REJECTED', `The shared worker refused this worker: ${fault}`));
      this.end();
      return;
    }
    this.#greeted = true;
    this.#unframer = lengthPrefixed.unframer({ maxFrameBytes: workerFrameBytes });
    this.#answer(op.RESULT, call, { peer: 0, version } satisfies GreetResult);
  }

  async #call(call: number, request: MemberRequest | GreetRequest): Promise<void> {
    try {
      this.#answer(op.RESULT, call, await this.#obey(request));
    } catch (thrown) {
      this.#fail(call, thrown);
    }
  }

  async #obey(request: MemberRequest | GreetRequest): Promise<object> {
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
    // Those who asked to leave, and did not wait for it.
    await Promise.allSettled(this.#leaving);
  }

  #answer(kind: Op, call: number, body: object): void {
    const bytes = json.encode(body);
    this.#writer.write(writeHead(kind, 0, call, bytes.length), bytes);
  }

  #fail(call: number, thrown: unknown): void {
    this.#answer(
      op.FAILED,
      call,
      toRecord(
        asCarpoolError(thrown, 'SHARED_WORKER_FAILED', `The shared worker ${this.#options.file} failed in a teardown`),
      ),
    );
  }
}

/**
 * A test process's connection to a shared worker: one for each, which the test files of the process share.
 *
 * Not a mux: messages are numbered by their sender and few of them have a reply, and the calls (greet, join, leave) are rare.
 */
import type { Socket } from 'node:net';
import { CarpoolError, fromRecord, type ErrorRecord } from '../../base/errors.ts';
import { systemClock } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import { json } from '../../codec/json.ts';
import { lengthPrefixed } from '../../codec/length-prefixed.ts';
import { BusyPoll } from '../../transport/busy-poll.ts';
import { BatchWriter } from '../../transport/batch.ts';
import { TickQueue } from '../../transport/tick-queue.ts';
import { bodyOf, op, readHead, readNumber, wireVersion, writeHead, writeNumber, type Op } from '../../wire/frames.ts';
import { workerFrameBytes } from '../../wire/greeting.ts';
import type { GreetRequest } from '../../wire/messages.ts';
import { version } from '../../base/version.ts';
import type { MemberMethodTable, MemberRequest } from '../../wire/shared-worker-messages.ts';

const connectTimeout = 10_000;
/** Unread bytes at which `publish` fails. */
const maxBacklogBytes = 256 * 1024 * 1024;

/** Receives the messages for one test worker. */
export interface MessageListener {
  /** Called in its own turn of the event loop. @param answers the number of the message that it is a reply to; 0: of none */
  message(number: number, answers: number, body: Uint8Array): void;
}

export interface SharedWorkerAddress {
  readonly path: string;
  readonly token: string;
  readonly runner: string;
  /** Milliseconds for the worker to answer: it may be busy until it is ready. */
  readonly timeout: number;
  /** A socket to it. @returns `through`: to its host on another machine, which passes everything on */
  readonly dial: (path: string) => {
    readonly socket: Socket;
    readonly connected: Promise<void>;
    readonly through?: boolean;
  };
}

interface PendingAnswer {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class SharedWorkerConnection {
  readonly path: string;
  /** Resolves when the connection has ended, in whatever way. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #writer: BatchWriter;
  readonly #tickQueue: TickQueue;
  readonly #busyPoll = new BusyPoll();
  readonly #calls = new Map<number, PendingAnswer>();
  readonly #members = new Map<number, { readonly listener: MessageListener; readonly gone: () => void }>();
  #numbers = 0;
  #memberNumbers = 0;
  #holds = 0;
  #over = false;

  private constructor(path: string, socket: Socket) {
    this.path = path;
    this.#socket = socket;
    this.#writer = new BatchWriter(socket);
    this.#tickQueue = new TickQueue(this.#writer);
    const unframer = lengthPrefixed().unframer({ maxFrameBytes: workerFrameBytes });
    socket.on('data', (chunk: Uint8Array) => {
      this.#busyPoll.hit();
      try {
        unframer.push(chunk, this.#onPayload);
      } catch {
        socket.destroy(); // the rest of its stream cannot be read
      }
    });
    socket.on('error', () => {}); // `close` follows
    this.closed = new Promise((resolve) => socket.once('close', () => this.#end(resolve)));
  }

  /** @throws Error if nothing listens there; CarpoolError HUB_REJECTED */
  static async connect({ path, token, runner, timeout, dial }: SharedWorkerAddress): Promise<SharedWorkerConnection> {
    const { socket, connected, through = false } = dial(path);
    try {
      await within(connected, { clock: systemClock, timeout: connectTimeout, expired: notInTime });
      const connection = new SharedWorkerConnection(path, socket);
      const sharedWorker = through ? path : undefined;
      const { pid } = process;
      const greeting = { method: 'greet', token, wire: wireVersion, version, runner, pid, sharedWorker } as const;
      await connection.#call(greeting, timeout);
      socket.unref();
      return connection;
    } catch (thrown) {
      socket.destroy();
      throw thrown;
    }
  }

  get over(): boolean {
    return this.#over;
  }

  /** @returns its number, never used before. @param gone called when the connection ends before `removeMember` */
  addMember(listener: MessageListener, gone: () => void): number {
    const member = ++this.#memberNumbers;
    this.#members.set(member, { listener, gone });
    return member;
  }

  /** No more messages are delivered to it. */
  removeMember(member: number): void {
    this.#members.delete(member);
  }

  /** @param timeout milliseconds. @throws NoAnswer after that */
  async call<R extends MemberRequest>(request: R, timeout: number): Promise<MemberMethodTable[R['method']]['result']> {
    return (await this.#call(request, timeout)) as MemberMethodTable[R['method']]['result'];
  }

  /** @throws CarpoolError SESSION_OVERFLOW if the worker does not read */
  publish(member: number, number: number, answers: number, body: Uint8Array): void {
    const { backlog } = this.#writer;
    if (backlog > maxBacklogBytes) {
      const message = `Cannot publish: ${backlog} bytes wait for the shared worker, and the limit is ${maxBacklogBytes}`;
      throw new CarpoolError('SESSION_OVERFLOW', message, {
        scope: 'call',
        context: { backlog, limit: maxBacklogBytes },
      });
    }
    if (answers === 0) this.#writer.write(writeHead(op.PUBLISH, member, number, body.length), body);
    else this.#writer.write(writeHead(op.RESPOND, member, number, body.length + 4), writeNumber(answers), body);
    this.#busyPoll.start();
  }

  /** Counts what keeps the process alive: calls, and readers that wait. An idle connection does not. */
  hold(by: number): void {
    this.#holds += by;
    if (this.#holds > 0) this.#socket.ref();
    else this.#socket.unref();
  }

  close(): void {
    this.#writer.end();
    this.#socket.destroySoon();
  }

  async #call(request: MemberRequest | GreetRequest, timeout: number): Promise<unknown> {
    if (this.#over) throw gone();
    const call = ++this.#numbers;
    this.hold(1);
    try {
      const answered = new Promise((resolve, reject) => {
        this.#calls.set(call, { resolve, reject });
        const body = json.encode(request);
        this.#writer.write(writeHead(op.CALL, 0, call, body.length), body);
      });
      return await within(answered, { clock: systemClock, timeout, expired: () => new NoAnswer(timeout) });
    } finally {
      this.#calls.delete(call);
      this.hold(-1);
    }
  }

  readonly #onPayload = (payload: Uint8Array): void => {
    const { op: kind, session, call } = readHead(payload);
    const body = bodyOf(payload);
    switch (kind as Op) {
      case op.MESSAGE:
        this.#tickQueue.add(() => this.#members.get(session)?.listener.message(call, 0, body));
        break;
      case op.RESPONSE: {
        const answers = readNumber(body);
        this.#tickQueue.add(() => this.#members.get(session)?.listener.message(call, answers, body.subarray(4)));
        break;
      }
      // After the messages that came before it.
      case op.RESULT:
        this.#tickQueue.add(() => this.#calls.get(call)?.resolve(json.decode(body)));
        break;
      case op.FAILED:
        this.#tickQueue.add(() => this.#calls.get(call)?.reject(fromRecord(json.decode(body) as ErrorRecord)));
        break;
      default:
        throw new CarpoolError('FRAME_MALFORMED', `The shared worker sent a frame of kind ${kind}`);
    }
  };

  #end(ended: () => void): void {
    this.#over = true;
    this.#writer.stop();
    // After the messages that came before it.
    this.#tickQueue.add(() => {
      ended();
      for (const { reject } of this.#calls.values()) reject(gone());
      for (const member of this.#members.values()) member.gone();
      this.#members.clear();
    });
  }
}

/** The worker runs, but does not answer: its thread is busy. */
export class NoAnswer extends Error {
  constructor(timeout: number) {
    super(`it did not answer within ${Math.round(timeout)} ms; something keeps its thread busy`);
  }
}

function gone(): Error {
  return new Error('the connection to the shared worker has ended');
}

function notInTime(): Error {
  return new Error(`no answer within ${Math.round(connectTimeout)} ms`);
}

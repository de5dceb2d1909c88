/**
 * The membership of one test file in one shared worker.
 *
 *   joining ──ready──▶ joined ──end of the file──▶ leaving (its teardowns run) ─▶ left
 *      └── cannot start, not ready in time ─▶ lost ◀── crashed, exited ──┘
 *
 * In Jest it lives in the worker's realm and its listener in the test's: bytes, numbers and plain calls pass between them.
 */
import { CarpoolError, asCarpoolError, isCarpoolError, type CallSite, type Evidence } from '../../base/errors.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import { deadlineGrace } from '../../wire/deadline-grace.ts';
import type { SharedWorkerRequest } from '../../wire/messages.ts';
import type { MessageListener } from './connection.ts';
import type { ConnectedWorker, SharedWorkerConnections } from './connections.ts';

/** Milliseconds for teardowns in the shared worker. */
const leaveTimeout = 10_000;
const evidenceTimeout = 2_000;

/** The test's side of a membership. */
export interface MembershipListener extends MessageListener {
  /** The worker is gone, or could not be started. Called at most once. */
  lost(error: CarpoolError): void;
  /** The file has ended. */
  left(): void;
  /** Runs the teardowns that were registered for the end of the file. */
  teardown(): Promise<void>;
}

export interface MembershipOptions {
  readonly request: Omit<SharedWorkerRequest, 'method'>;
  readonly listener: MembershipListener;
  /** Where it was registered. */
  readonly site: CallSite;
  /** The URL of the test file. */
  readonly file: string;
  /** The tests of the file fail without it. */
  readonly required: boolean;
  readonly connections: () => Promise<{ readonly connections: SharedWorkerConnections; readonly testWorker: string }>;
  /** Counts the messages of the file, over all its memberships. */
  readonly next: () => number;
}

/** A message without a reply so far. */
interface Unanswered {
  readonly since: number;
  readonly describe: () => string;
}

export class Membership {
  readonly clock: Clock = systemClock;
  readonly listener: MembershipListener;
  readonly site: CallSite;
  /** Resolves when messages can be published. */
  readonly joined: Promise<void>;
  required: boolean;
  readonly #options: MembershipOptions;
  readonly #unanswered = new Map<number, Unanswered>();
  #connections: SharedWorkerConnections | undefined;
  #connected: ConnectedWorker | undefined;
  #number = 0;
  #testWorker = '';
  #worker = '';
  #state: 'joining' | 'joined' | 'lost' | 'leaving' | 'left' = 'joining';
  #error: CarpoolError | undefined;
  #holds = 0;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.listener = options.listener;
    this.site = options.site;
    this.required = options.required;
    this.joined = this.#join();
    this.joined.catch(() => {}); // reported to the listener, and by `FileOwner.ready`
  }

  get state(): 'joining' | 'joined' | 'lost' | 'leaving' | 'left' {
    return this.#state;
  }

  /** Why it is lost. */
  get error(): CarpoolError | undefined {
    return this.#error;
  }

  /** The id of the test worker, once it has joined. */
  get testWorker(): string {
    return this.#testWorker;
  }

  /** The worker's name in message ids. */
  get worker(): string {
    return this.#worker;
  }

  /** The shared worker, for messages of errors. */
  get name(): string {
    const { filename, name } = this.#options.request;
    return this.#connected?.file ?? filename ?? JSON.stringify(name);
  }

  /**
   * Only in the states joined and leaving.
   * @returns the number of the message
   * @throws CarpoolError SESSION_OVERFLOW
   */
  publish(answers: number, body: Uint8Array): number {
    const number = this.#options.next();
    this.#connected?.connection.publish(this.#number, number, answers, body);
    return number;
  }

  /** A reader waits (1), or no longer waits (-1), for a message: that keeps the process alive until `leave`. */
  hold(by: 1 | -1): void {
    if (this.#state === 'left') return;
    this.#holds += by;
    this.#connected?.connection.hold(by);
  }

  /** For the evidence of a failed test: this message has no reply so far. */
  expect(number: number, describe: () => string): void {
    this.#unanswered.set(number, { since: this.clock.now(), describe });
  }

  answered(number: number): void {
    this.#unanswered.delete(number);
  }

  /** What the worker printed last. Never rejects. */
  async printed(): Promise<Evidence> {
    if (this.#connected === undefined || this.#connections === undefined) return {};
    const asking = this.#connections.state(this.#connected.path, false);
    const waiting = within(asking, { clock: this.clock, timeout: evidenceTimeout, expired: tooLate });
    const { stdout, stderr } = await waiting.catch((): Evidence => ({}));
    return { ...(stdout === undefined ? {} : { stdout }), ...(stderr === undefined ? {} : { stderr }) };
  }

  /** If the worker failed, or has left messages unanswered. Never rejects. */
  async evidence(): Promise<Evidence | undefined> {
    if (this.#error !== undefined) return { messages: [plain(this.#error)], ...this.#error.evidence };
    if (this.#unanswered.size === 0) return undefined;
    const now = this.clock.now();
    const messages = [...this.#unanswered.values()]
      .slice(-10)
      .map(({ since, describe }) => `no reply for ${Math.round(now - since)} ms to ${describe()}`);
    return { messages, ...(await this.printed()) };
  }

  /**
   * Resolves when its teardowns have run in the worker, with the failure if there was one. Never rejects; bounded.
   */
  async leave(): Promise<CarpoolError | undefined> {
    const connected = this.#connected;
    let failure: CarpoolError | undefined;
    if (this.#state === 'joining' || this.#state === 'joined') {
      const joined = this.#state === 'joined';
      this.#state = 'leaving';
      const leaving =
        connected?.connection.call({ method: 'leave', member: this.#number }, leaveTimeout + deadlineGrace) ??
        Promise.resolve({});
      failure = await within(leaving, { clock: this.clock, timeout: leaveTimeout, expired: () => this.#stuck() }).then(
        () => undefined,
        (thrown: unknown) => (joined ? this.#whyLeaving(thrown) : undefined),
      );
    }
    connected?.connection.removeMember(this.#number);
    if (this.#holds > 0 && this.#state !== 'left') connected?.connection.hold(-this.#holds);
    this.#state = 'left';
    this.listener.left();
    return failure;
  }

  async #whyLeaving(thrown: unknown): Promise<CarpoolError | undefined> {
    if (isCarpoolError(thrown)) return thrown;
    if (this.#connected === undefined || this.#connections === undefined) return undefined;
    return await this.#connections.why(this.#connected, thrown);
  }

  #stuck(): CarpoolError {
    const message = `The teardowns of the shared worker ${this.name} did not end within ${leaveTimeout} ms of the end of the file`;
    return new CarpoolError('SHARED_WORKER_FAILED', message, { context: { file: this.name, timeout: leaveTimeout } });
  }

  async #join(): Promise<void> {
    const { request, file } = this.#options;
    try {
      const { connections, testWorker } = await this.#options.connections();
      const connected = await connections.open(request);
      if (this.#state !== 'joining') throw ended();
      this.#connections = connections;
      this.#connected = connected;
      const { connection } = connected;
      this.#number = connection.addMember(this.listener, () => void this.#gone(connected, connections));
      connection.hold(this.#holds);
      try {
        const joining = { method: 'join', member: this.#number, testWorker, file } as const;
        const { worker } = await connection.call(joining, connected.readyTimeout + deadlineGrace);
        this.#worker = worker;
      } catch (thrown) {
        throw isCarpoolError(thrown) ? thrown : await connections.why(connected, thrown);
      }
      if (this.#state !== 'joining') throw ended();
      this.#testWorker = testWorker;
      this.#state = 'joined';
    } catch (thrown) {
      const error = asCarpoolError(thrown, 'SHARED_WORKER_FAILED', `Cannot use the shared worker ${this.name}`);
      this.#lose(error);
      throw error;
    }
  }

  async #gone(connected: ConnectedWorker, connections: SharedWorkerConnections): Promise<void> {
    if (this.#state !== 'joined') return;
    // Until the host has reported why.
    this.#error = new CarpoolError('SHARED_WORKER_FAILED', `The shared worker ${connected.file} is gone`);
    this.#state = 'lost';
    this.#error = await connections.why(connected);
    this.listener.lost(this.#error);
  }

  #lose(error: CarpoolError): void {
    if (this.#state !== 'joining') return;
    this.#error = error;
    this.#state = 'lost';
    this.listener.lost(error);
  }
}

function ended(): CarpoolError {
  return new CarpoolError('SESSION_CLOSED', 'Cannot use the shared worker: the test file has ended');
}

function tooLate(): Error {
  return new Error('too late');
}

/** Without its evidence, which is shown beside it. */
function plain({ message }: CarpoolError): string {
  return message.split('\n')[0] ?? '';
}

/**
 * The membership of one test file in one shared worker.
 *
 *   idle ─first use─▶ joining ──ready──▶ joined ──end of the file──▶ leaving (its teardowns run) ─▶ left
 *                        └── cannot start, not ready in time ─▶ lost ◀── crashed, exited ──┘
 *
 * It begins idle where an earlier file of this process registered the worker, and the module that did so lives on: this
 * file may not use it. On the connection of the earlier file it can publish at once, in the state joined.
 *
 * In Jest it lives in the worker's realm and its listener in the test's: bytes, numbers and plain calls pass between them.
 */
import {
  CarpoolError,
  asCarpoolError,
  errorAt,
  isCarpoolError,
  type CallSite,
  type Evidence,
} from '../../base/errors.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import { deadlineGrace } from '../../wire/deadline-grace.ts';
import type { ConnectedWorker, SharedWorkerConnections } from './connections.ts';
import type { MembershipListener, MembershipOptions } from './membership-types.ts';
import { Unanswered } from './unanswered.ts';

/** Milliseconds for teardowns in the shared worker. */
const leaveTimeout = 10_000;
const evidenceTimeout = 2_000;

type State = 'idle' | 'joining' | 'joined' | 'lost' | 'leaving' | 'left';

export class Membership {
  readonly clock: Clock = systemClock;
  readonly listener: MembershipListener;
  readonly site: CallSite;
  /** Resolves when messages can be published. */
  readonly joined: Promise<void>;
  required: boolean;
  readonly #options: MembershipOptions;
  readonly #joined = Promise.withResolvers<void>();
  /** While it is idle: the connection, or why there is none. */
  #opened: Promise<void> | undefined;
  readonly #unanswered: Unanswered;
  #connections: SharedWorkerConnections | undefined;
  #connected: ConnectedWorker | undefined;
  /** 0: it has not begun to join. */
  #number = 0;
  #testWorker = '';
  #worker = '';
  #state: State = 'idle';
  #used = false;
  #error: CarpoolError | undefined;
  #holds = 0;

  /** @param earlier that of an earlier file: this one joins when it is first used. Absent: it joins now */
  constructor(options: MembershipOptions, earlier?: Membership) {
    this.#options = options;
    this.#unanswered = new Unanswered(this.clock);
    this.listener = options.listener;
    this.site = options.site;
    this.required = options.required;
    this.joined = this.#joined.promise;
    this.joined.catch(() => {}); // reported to the listener, and by `FileOwner.ready`
    if (earlier === undefined) this.use();
    else this.#follow(earlier);
  }

  get state(): State {
    return this.#state;
  }

  /** The file has used it: it has a part in the file's end. */
  get used(): boolean {
    return this.#used;
  }

  /** Messages can be published, if `use` is called before. */
  get usable(): boolean {
    return this.#state === 'joined' || (this.#state === 'idle' && this.#isReady());
  }

  /** Resolves when the tests can start. @throws CarpoolError why it cannot be used, if it is required */
  async ready(): Promise<void> {
    if (this.#state === 'idle') await this.#opened;
    if (this.#state === 'idle') return;
    try {
      await this.joined;
    } catch (thrown) {
      if (!this.required) return; // an earlier file required it; its calls here fail
      throw isCarpoolError(thrown) ? errorAt(thrown, this.site) : thrown;
    }
  }

  /** Joins, unless it has joined. What is published after that comes after it. */
  use(): void {
    this.#used = true;
    if (this.#state !== 'idle') return;
    this.#state = 'joining';
    void this.#join();
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
    if (this.#number > 0) this.#connected?.connection.hold(by);
  }

  /** For the evidence of a failed test: this message has no reply so far. */
  expect(number: number, describe: () => string): void {
    this.#unanswered.add(number, describe);
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
    if (!this.#used) return undefined;
    if (this.#error !== undefined) return { messages: [plain(this.#error)], ...this.#error.evidence };
    const messages = this.#unanswered.lines();
    return messages.length === 0 ? undefined : { messages, ...(await this.printed()) };
  }

  /**
   * Resolves when its teardowns have run in the worker, with the failure if there was one. Never rejects; bounded.
   */
  async leave(): Promise<CarpoolError | undefined> {
    const connected = this.#number > 0 ? this.#connected : undefined;
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
    const message = `The teardowns of the shared worker ${this.name} did not end within ${Math.round(leaveTimeout)} ms of the end of the file`;
    return new CarpoolError('SHARED_WORKER_FAILED', message, { context: { file: this.name, timeout: leaveTimeout } });
  }

  /** Takes over what an earlier file of this process has. Where that is gone, it finds out why, or what is there now. */
  #follow(earlier: Membership): void {
    this.#connections = earlier.#connections;
    this.#connected = earlier.#connected;
    this.#worker = earlier.#worker;
    if (this.#isReady()) return;
    this.#opened = this.#open().then(
      () => undefined,
      (thrown: unknown) => this.#lose(thrown),
    );
  }

  /** The worker is ready, as a member of this process has joined it on this connection. */
  #isReady(): boolean {
    return this.#worker !== '' && this.#connected?.connection.over === false;
  }

  async #open(): Promise<ConnectedWorker> {
    this.#worker = '';
    this.#connections = await this.#options.connections();
    this.#connected = await this.#connections.open(this.#options.request);
    return this.#connected;
  }

  async #join(): Promise<void> {
    try {
      if (this.#isReady() && this.#connected !== undefined) {
        const answered = this.#joinOn(this.#connected);
        this.#state = 'joined';
        this.#joined.resolve();
        await answered;
        return;
      }
      const connected = await this.#open();
      if (this.#state !== 'joining') throw ended();
      await this.#joinOn(connected);
      if (this.#state !== 'joining') throw ended();
      this.#state = 'joined';
      this.#joined.resolve();
    } catch (thrown) {
      this.#lose(thrown);
    }
  }

  /** The call is written before this returns, if nothing is awaited before. */
  async #joinOn(connected: ConnectedWorker): Promise<void> {
    const { connection } = connected;
    const connections = this.#connections as SharedWorkerConnections;
    this.#number = connection.addMember(this.listener, () => void this.#gone(connected, connections));
    this.#testWorker = this.#options.testWorker(connections);
    connection.hold(this.#holds);
    const joining = {
      method: 'join',
      member: this.#number,
      testWorker: this.#testWorker,
      file: this.#options.file,
    } as const;
    try {
      const { worker } = await connection.call(joining, connected.readyTimeout + deadlineGrace);
      this.#worker = worker;
    } catch (thrown) {
      throw isCarpoolError(thrown) ? thrown : await connections.why(connected, thrown);
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

  #lose(thrown: unknown): void {
    const error = asCarpoolError(thrown, 'SHARED_WORKER_FAILED', `Cannot use the shared worker ${this.name}`);
    this.#joined.reject(error);
    if (this.#state === 'lost' || this.#state === 'leaving' || this.#state === 'left') return;
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

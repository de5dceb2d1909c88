/**
 * The place of one test file in one shared worker.
 *
 *   joining ──ready──▶ joined ──end of the file──▶ leaving (its teardowns run) ─▶ left
 *      └── cannot start, not ready in time ─▶ lost ◀── crashed, exited ──┘
 *
 * In Jest it is of the worker's realm, and who holds it of the test's: bytes, numbers and plain calls pass between them.
 */
import { CarpoolError, asCarpoolError, isCarpoolError, type CallSite, type Evidence } from '../../base/errors.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import type { WorkerRequest } from '../../wire/messages.ts';
import type { SeatListener } from './connection.ts';
import type { Link, WorkerLinks } from './connections.ts';

/** A worker-side teardown that takes longer than this is no longer waited for. */
const leaveTimeout = 10_000;
const evidenceTimeout = 2_000;
/** What the host's own deadline may lag behind. */
export const grace = 5_000;

/** What the test's side of a seat is told. */
export interface SeatUser extends SeatListener {
  /** The worker is gone, or never came. Called at most once. */
  lost(error: CarpoolError): void;
  /** The file has ended. */
  left(): void;
  /** Runs what was registered to run at the end of the file. */
  teardown(): Promise<void>;
}

export interface SeatOptions {
  readonly request: Omit<WorkerRequest, 'method'>;
  readonly user: SeatUser;
  /** Where it was registered. */
  readonly site: CallSite;
  /** The URL of the test file. */
  readonly file: string;
  /** The file that has it failed without it. */
  readonly wanted: boolean;
  readonly links: () => Promise<{ readonly links: WorkerLinks; readonly testWorker: string }>;
  /** Numbers of messages, one after another in all seats of the file. */
  readonly next: () => number;
}

/** One that waits for a reply. */
interface Unanswered {
  readonly since: number;
  readonly describe: () => string;
}

export class Seat {
  readonly clock: Clock = systemClock;
  readonly user: SeatUser;
  readonly site: CallSite;
  /** Resolves when messages can be published. */
  readonly joined: Promise<void>;
  wanted: boolean;
  readonly #options: SeatOptions;
  readonly #unanswered = new Map<number, Unanswered>();
  #links: WorkerLinks | undefined;
  #link: Link | undefined;
  #number = 0;
  #testWorker = '';
  #worker = '';
  #state: 'joining' | 'joined' | 'lost' | 'leaving' | 'left' = 'joining';
  #error: CarpoolError | undefined;
  #holds = 0;

  constructor(options: SeatOptions) {
    this.#options = options;
    this.user = options.user;
    this.site = options.site;
    this.wanted = options.wanted;
    this.joined = this.#join();
    this.joined.catch(() => {}); // told to the user of the seat, and by `FileOwner.ready`
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

  /** What the worker is called in the ids of its messages. */
  get worker(): string {
    return this.#worker;
  }

  /** Of the shared worker, for people. */
  get name(): string {
    const { filename, name } = this.#options.request;
    return this.#link?.file ?? filename ?? JSON.stringify(name);
  }

  /**
   * Only in the states joined and leaving.
   * @returns the number of the message
   * @throws CarpoolError SESSION_OVERFLOW
   */
  publish(answers: number, body: Uint8Array): number {
    const number = this.#options.next();
    this.#link?.connection.publish(this.#number, number, answers, body);
    return number;
  }

  /** Somebody waits (1), or no longer waits (-1), for a message: that keeps the process alive. */
  hold(by: 1 | -1): void {
    if (this.#state === 'left') return;
    this.#holds += by;
    this.#link?.connection.hold(by);
  }

  /** For the evidence of a failed test: this message has no reply yet. */
  expect(number: number, describe: () => string): void {
    this.#unanswered.set(number, { since: this.clock.now(), describe });
  }

  answered(number: number): void {
    this.#unanswered.delete(number);
  }

  /** What the worker printed last. Never rejects. */
  async printed(): Promise<Evidence> {
    if (this.#link === undefined || this.#links === undefined) return {};
    const asking = this.#links.state(this.#link.path, false);
    const waiting = within(asking, { clock: this.clock, timeout: evidenceTimeout, expired: tooLate });
    const { stdout, stderr } = await waiting.catch((): Evidence => ({}));
    return { ...(stdout === undefined ? {} : { stdout }), ...(stderr === undefined ? {} : { stderr }) };
  }

  /** Where the worker failed, or has left something unanswered. Never rejects. */
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
   * Resolves when its teardowns have run in the worker, with what failed there. Never rejects; bounded.
   */
  async leave(): Promise<CarpoolError | undefined> {
    const link = this.#link;
    let failure: CarpoolError | undefined;
    if (this.#state === 'joining' || this.#state === 'joined') {
      const joined = this.#state === 'joined';
      this.#state = 'leaving';
      const leaving =
        link?.connection.call({ method: 'leave', seat: this.#number }, leaveTimeout + grace) ?? Promise.resolve({});
      failure = await within(leaving, { clock: this.clock, timeout: leaveTimeout, expired: () => this.#stuck() }).then(
        () => undefined,
        (thrown: unknown) => (joined ? this.#whyLeaving(thrown) : undefined),
      );
    }
    link?.connection.unseat(this.#number);
    if (this.#holds > 0 && this.#state !== 'left') link?.connection.hold(-this.#holds);
    this.#state = 'left';
    this.user.left();
    return failure;
  }

  async #whyLeaving(thrown: unknown): Promise<CarpoolError | undefined> {
    if (isCarpoolError(thrown)) return thrown;
    if (this.#link === undefined || this.#links === undefined) return undefined;
    return await this.#links.why(this.#link, thrown);
  }

  #stuck(): CarpoolError {
    const words = `The teardowns of the shared worker ${this.name} did not end within ${leaveTimeout} ms of the end of the file`;
    return new CarpoolError('WORKER_FAILED', words, { context: { file: this.name, timeout: leaveTimeout } });
  }

  async #join(): Promise<void> {
    const { request, file } = this.#options;
    try {
      const { links, testWorker } = await this.#options.links();
      const link = await links.open(request);
      if (this.#state !== 'joining') throw ended();
      this.#links = links;
      this.#link = link;
      const { connection } = link;
      this.#number = connection.seat(this.user, () => void this.#gone(link, links));
      connection.hold(this.#holds);
      try {
        const joining = { method: 'join', seat: this.#number, testWorker, file } as const;
        const { worker } = await connection.call(joining, link.readyTimeout + grace);
        this.#worker = worker;
      } catch (thrown) {
        throw isCarpoolError(thrown) ? thrown : await links.why(link, thrown);
      }
      if (this.#state !== 'joining') throw ended();
      this.#testWorker = testWorker;
      this.#state = 'joined';
    } catch (thrown) {
      const error = asCarpoolError(thrown, 'WORKER_FAILED', `Cannot use the shared worker ${this.name}`);
      this.#lose(error);
      throw error;
    }
  }

  async #gone(link: Link, links: WorkerLinks): Promise<void> {
    if (this.#state !== 'joined') return;
    // Until the host has told why.
    this.#error = new CarpoolError('WORKER_FAILED', `The shared worker ${link.file} is gone`);
    this.#state = 'lost';
    this.#error = await links.why(link);
    this.user.lost(this.#error);
  }

  #lose(error: CarpoolError): void {
    if (this.#state !== 'joining') return;
    this.#error = error;
    this.#state = 'lost';
    this.user.lost(error);
  }
}

function ended(): CarpoolError {
  return new CarpoolError('SESSION_CLOSED', 'Cannot use the shared worker: the test file has ended');
}

function tooLate(): Error {
  return new Error('too late');
}

/** Without the evidence, which stands beside it. */
function plain({ message }: CarpoolError): string {
  return message.split('\n')[0] ?? '';
}

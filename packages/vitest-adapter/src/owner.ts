/**
 * Who holds sessions: one attempt of one test, or a file. Whatever is registered through an owner ends with it, also
 * what was still waiting for a slot, and also what its body asks for after its time-out, when the body runs on.
 *
 * Vitest calls no clean-up of a fixture whose set-up did not finish. So the owner is set up first, by a fixture that
 * waits for nothing, and the sessions hang on it.
 */
import type { HolderLabel, Session } from 'carpool';
import { CarpoolError, type OwnerPath, type RegisterOptions } from 'carpool/client';
import type { RunnerTestCase } from 'vitest';
import { connect } from './connect.ts';
import type { SessionEvidence } from './provided.ts';

// Taken when the module is loaded: a test may fake the clock before its clean-up needs a real one.
const { setTimeout, clearTimeout } = globalThis;
const now = performance.now.bind(performance);

/** The host answers a release within its own deadlines. Vitest would wait for ever if that promise were broken. */
const releaseTimeout = 15_000;
const evidenceTimeout = 2_000;

const nothing = (): void => {};

export class Owner {
  readonly path: OwnerPath;
  readonly #holder: HolderLabel;
  readonly #over = new AbortController();
  readonly #own = new Map<string, Promise<Session>>();
  readonly #sessions = new Map<Session, string>();
  #connected = false;

  /** An owner that has ended stays ended: the path of each must be its own, also when the worker runs the file again. */
  constructor(path: OwnerPath, holder: HolderLabel) {
    this.path = path;
    this.#holder = holder;
  }

  /** The one session of a pool that its fixture stands for; asked for again, the same one. */
  session(pool: string, options: RegisterOptions = {}): Promise<Session> {
    const known = this.#own.get(pool);
    if (known !== undefined) return known;
    const session = this.register(pool, options);
    this.#own.set(pool, session);
    return session;
  }

  /** One more session. `above` is the function that the user called: errors point at its caller. */
  register(pool: string, options: RegisterOptions = {}, above?: (...args: never[]) => unknown): Promise<Session> {
    // Without a user's call there is no line to show, and the file says more than a line of this package.
    const site = { stack: '' };
    if (above !== undefined) Error.captureStackTrace(site, above);
    const session = this.#register(pool, { ...options, site });
    // A body that runs on after its end must not fail another test as an unhandled rejection.
    session.catch(nothing);
    return session;
  }

  async #register(pool: string, options: RegisterOptions): Promise<Session> {
    const { signal: over } = this.#over;
    over.throwIfAborted();
    const client = await connect(pool);
    this.#connected = true;
    const signal = options.signal === undefined ? over : AbortSignal.any([over, options.signal]);
    const session = await client.register(pool, { holder: this.#holder, ...options, signal, under: this.path });
    this.#sessions.set(session, pool);
    return session;
  }

  /** What its sessions and their children said last. */
  async evidence(error: number): Promise<SessionEvidence[]> {
    const found = [...this.#sessions].map(async ([session, pool]) => ({
      ...(await within(session.evidence(), evidenceTimeout, {})),
      pool,
      session: session.id,
      error,
    }));
    return Promise.all(found);
  }

  /** Ends all it holds, newest first. Never rejects: what did not confirm is quarantined and counted by the host. */
  async end(): Promise<void> {
    const words = `Cannot register a session: ${this.#holder.test === undefined ? 'the file' : 'the test'} has ended`;
    this.#over.abort(new CarpoolError('SESSION_CLOSED', words));
    if (!this.#connected) return;
    await within(
      connect().then((client) => client.release(this.path)),
      releaseTimeout,
      undefined,
    );
  }
}

/** One attempt of one test, on its own clock. */
export class Attempt extends Owner {
  readonly file: Owner;
  readonly #task: RunnerTestCase;
  readonly #since = now();
  /** How many errors earlier attempts of the test have brought. */
  readonly #errors: number;

  constructor(task: RunnerTestCase, file: Owner) {
    const { repeatCount = 0, retryCount = 0, errors = [] } = task.result ?? {};
    super([...file.path, `${task.id} ${repeatCount}.${retryCount}`], { file: task.file.filepath, test: nameOf(task) });
    this.#task = task;
    this.file = file;
    this.#errors = errors.length;
  }

  /**
   * For a wait that is on the clock of the test after all: fails a little before Vitest's time-out does, because the
   * error of the pool names who holds the slots.
   */
  get patience(): RegisterOptions {
    const left = this.#task.timeout - (now() - this.#since) - 100;
    return this.#task.timeout > 0 && left < 60_000 ? { timeout: Math.max(Math.round(left), 1) } : {};
  }

  override async end(): Promise<void> {
    if (this.#task.result?.state === 'fail' && this.#task.fails !== true) {
      const all = [...(await this.evidence(this.#errors)), ...(await this.file.evidence(this.#errors))];
      const found = all.filter(({ stderr = '', messages = [], exit }) => stderr !== '' || messages.length > 0 || exit);
      if (found.length > 0) this.#task.meta.carpool = [...(this.#task.meta.carpool ?? []), ...found];
    }
    await super.end();
  }
}

/** "cart › adds an item" */
function nameOf(task: RunnerTestCase): string {
  const names = [task.name];
  for (let suite = task.suite; suite !== undefined; suite = suite.suite)
    if (suite.name !== '') names.unshift(suite.name);
  return names.join(' › ');
}

/** What `promise` gives, or `otherwise` if that takes too long or fails. */
export async function within<T>(promise: Promise<T>, timeout: number, otherwise: T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<T>((resolve) => (timer = setTimeout(resolve, timeout, otherwise)));
  try {
    return await Promise.race([promise.catch(() => otherwise), late]);
  } finally {
    clearTimeout(timer);
  }
}

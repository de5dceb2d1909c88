/**
 * Holds sessions on behalf of a runner: for one attempt of one test, a file, a worker. All that is registered through an
 * owner ends with it, also what still waits for a slot then, and also what a body registers after its time-out, when the
 * body runs on. Adapters make owners; tests only see the sessions.
 */
import { Cancellation, eitherOf } from '../base/cancellation.ts';
import { callSite, errorAt, isCarpoolError, type CallSite, type CarpoolError } from '../base/errors.ts';
import type { ErrorCode } from '../base/error-kinds.ts';
import { noop } from '../base/noop.ts';
import { redactEvidence } from '../base/redact.ts';
import { OpenCalls, type CallLabel } from '../base/open-calls.ts';
import type { HolderLabel } from '../base/holder-label.ts';
import { systemClock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import { watchedCall } from '../base/watched-call.ts';
import { forgottenCall, notAwaitedError, unusedError } from '../session/errors.ts';
import type { UserSession } from '../session/session.ts';
import type { Session } from '../session/types.ts';
import { describeOwner, lateOwnerEndError, ownerEndedError, type OwnerPath } from '../wire/owner-path.ts';
import { fixtureKey } from './fixtures.ts';
import type { HostClient } from './client.ts';
import { LongWaits } from './long-waits.ts';
import { OwnerLeaks } from './owner-leaks.ts';
import { OwnerLeases } from './owner-leases.ts';
import { sessionsEvidence, type SessionEvidence } from './sessions-evidence.ts';
import { connectedWithin } from './silent-host.ts';
import type { Client, ClientRegisterOptions } from './types.ts';

/** Which owner it is, and how it reaches the host. */
export interface OwnerOptions {
  /**
   * `[file, test]`, `[file]`, or `[]` for the worker and all that it holds. An owner that has ended stays ended: each
   * needs a path of its own, also when a worker runs a file again.
   */
  readonly path: OwnerPath;
  /** For the errors of others. */
  readonly holder: HolderLabel;
  /**
   * Called when something is wanted for the first time.
   * @param pool the name that is wanted, for the error if there is none; false: no pool is
   */
  readonly connect: (pool: string | false) => Client | Promise<Client>;
  /** Milliseconds that a wait of the test which makes a call may take now; `Infinity`: any. Default: any. */
  readonly timeLeft?: () => number;
  /** Milliseconds that its end waits for those of its sessions. Default: 15000. */
  readonly endTimeout?: number | undefined;
  /** The owner around it, whose end waits for what is left of this one: of a test, its file. */
  readonly outer?: Owner;
}

/** How a test has ended. */
export interface EndOptions {
  /**
   * True: it has passed, and what it left without a reply is a mistake, and not what a failure or a time-out cut short. False:
   * it has failed, and may have blocked its children: others get them when they have shown that they answer. Default: it
   * is not known, as of a file.
   */
  readonly passed?: boolean | undefined;
}

/** The host ends sessions within the deadlines of their pools, those of different servers one after the other. */
const defaultEndTimeout = 15_000;
/** Refused registrations that are kept as evidence, and failures of calls that are reported. */
const mostRefusals = 3;
/** What the end of an owner brings: of its messages, and of a server that ended while it had a session of it. */
const reported: ReadonlySet<ErrorCode> = new Set([
  'SESSION_DIAGNOSTICS',
  'SESSION_LEAKED',
  'CHILD_EXITED',
  'CHILD_SILENT',
]);

/** What a test, a file or a worker holds. `end` releases all of it, and refuses what is asked for afterwards. */
export class Owner implements AsyncDisposable {
  readonly path: OwnerPath;
  /** @internal Locks, semaphores, values and ports that it holds. */
  readonly leases: OwnerLeases;
  /** @internal What its test, or those of the file, leave behind. */
  readonly leaks: OwnerLeaks;
  readonly #options: OwnerOptions;
  readonly #over = new Cancellation();
  readonly #own = new Map<string, Promise<Session>>();
  readonly #sessions = new Set<UserSession>();
  /** Why sessions could not be had, the last few: a runtime that registers by itself may keep it from its test. */
  readonly #refusals: SessionEvidence[] = [];
  readonly #waits = new LongWaits();
  readonly #failures: unknown[] = [];
  /** Of its test, as far as it may have forgotten to await them. */
  readonly #calls = new OpenCalls();
  #client: HostClient | undefined;
  #ended: Promise<void> | undefined;
  #interrupted = false;

  constructor(options: OwnerOptions) {
    this.#options = options;
    this.path = options.path;
    this.leaks = new OwnerLeaks({
      holder: options.holder,
      outer: options.outer?.leaks,
      fail: (error) => this.addFailure(error),
      warn: (lines) => this.#client?.over === false && this.#client.leaked(lines),
    });
    this.leases = new OwnerLeases({
      path: options.path,
      holder: options.holder,
      calls: this.#calls,
      waits: this.#waits,
      timeLeft: options.timeLeft,
      // The client is kept while its connection lasts: to find it takes longer than to use it.
      client: () => (this.#client?.over === false ? this.#client : this.#connect(false, noSite)),
    });
  }

  /** The one session of a pool that its fixture stands for; asked for again, the same one. */
  session(pool: string, options: ClientRegisterOptions = {}): Promise<Session> {
    const key = fixtureKey(pool, options.params);
    const known = this.#own.get(key);
    if (known !== undefined) return known;
    // A fixture is wanted by no line of the user's: errors name its file.
    const session = this.#register(pool, { site: noSite, ...options });
    session.catch(noop);
    this.#own.set(key, session);
    return session;
  }

  /**
   * One more session.
   * @throws CarpoolError as `Client.register`, SESSION_CLOSED if the owner has ended
   */
  register(pool: string, options: ClientRegisterOptions = {}): Promise<Session> {
    const { site = callSite(this.register) } = options;
    const what = (): string => `a session of pool "${pool}"`;
    // A body that runs on after its end must not fail another test as an unhandled rejection.
    return watchedCall(
      this.#register(pool, { ...options, site }),
      this.#calls.add({ what, site, signal: options.signal }),
    );
  }

  /**
   * What its sessions and their children said last. Never rejects.
   * @param failed the test has failed: whether its servers still answer is found out first, which may take seconds
   */
  async evidence(failed = true): Promise<SessionEvidence[]> {
    const found = sessionsEvidence(this.#sessions, failed);
    const forgotten = this.#calls.forgotten().slice(0, mostRefusals).map(forgottenCall);
    const calls = forgotten.length === 0 ? [] : [{ pool: 'calls', session: '', messages: forgotten }];
    return [...(await found), ...this.#refusals, ...this.#waits.evidence(), ...calls].map(redactEvidence);
  }

  /**
   * What its end brought: SESSION_DIAGNOSTICS, for pools with `diagnostics: 'fail'`; why calls failed that nothing used; and
   * of a test that has passed CALL_NOT_AWAITED. The adapter fails the test with it.
   */
  get failures(): readonly unknown[] {
    return this.#failures;
  }

  /**
   * Ends all it holds, newest first. A test's end does not wait for the children, except for pools with
   * `diagnostics: 'fail'`: the end of its file does. Never rejects: what did not confirm is quarantined and counted by the
   * host, and what fails is in `failures`. A second call joins the first.
   */
  end(options: EndOptions = {}): Promise<void> {
    return (this.#ended ??= this.#endOnce(options));
  }

  /**
   * The run is interrupted, and this process ends next: `end` leaves what it holds to the host, which notices that. What a
   * body waits for is never settled then; else the runner would report the end as its failure.
   */
  interrupt(): void {
    this.#interrupted = true;
  }

  async #endOnce({ passed }: EndOptions): Promise<void> {
    if (this.#interrupted) return;
    const owner = describeOwner(this.path);
    const left = this.#leftCalls(passed === true);
    this.leaks.end(passed === true ? this.#sessions : []);
    this.leases.end(owner);
    this.#over.abort(() => ownerEndedError('SESSION_CLOSED', 'register a session', owner));
    const { endTimeout = defaultEndTimeout } = this.#options;
    const reports = this.#client?.reports(this.path) === true;
    const ending = this.#release(this.#client, passed === false);
    for (const lost of this.leases.lost.slice(0, mostRefusals)) this.addFailure(lost);
    if (left.length > 0) this.addFailure(notAwaitedError(left));
    if (ending === undefined) return;
    const told = ending.catch((thrown: unknown) => this.#failed(thrown)).then(() => true);
    const isTold = await atMost(told, endTimeout, false);
    if (!isTold && reports) this.addFailure(lateOwnerEndError(this.path, endTimeout));
  }

  /** What its test did not wait for; the requests among it are added when their sessions end. */
  #leftCalls(passed: boolean): CallLabel[] {
    const { pending, unused, failures } = this.#calls.end(passed);
    for (const failure of failures.slice(0, mostRefusals)) this.addFailure(failure);
    if (unused.length > 0) this.addFailure(unusedError(unused));
    if (!passed) return [];
    for (const session of this.#sessions)
      session.reportLeft(
        ({ label, site }) => pending.push({ what: () => `the reply to ${label}`, site }),
        (what, site) => this.leaks.late(session, what, site),
      );
    return pending;
  }

  /** @returns the end that is worth waiting for, if there is one */
  #release(client: HostClient | undefined, failed: boolean): Promise<unknown> | undefined {
    if (client === undefined || client.over) return undefined;
    return this.path.length > 1 ? client.end(this.path, failed) : client.release(this.path, failed);
  }

  /** @internal One more of `failures`. */
  protected addFailure(thrown: unknown): void {
    this.#failures.push(thrown);
  }

  /** Where the host is lost, the tests have failed with that. */
  #failed(thrown: unknown): void {
    // No line of the user's ended it.
    if (isCarpoolError(thrown) && reported.has(thrown.code)) this.addFailure(errorAt(thrown, noSite));
  }

  /** As `end`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #register(pool: string, options: ClientRegisterOptions): Promise<Session> {
    if (this.#over.aborted) throw this.#over.reason;
    try {
      return await this.#registerNow(pool, options);
    } catch (thrown) {
      if (isCarpoolError(thrown) && thrown.code !== 'SESSION_CLOSED') this.#remember(pool, thrown);
      throw thrown;
    }
  }

  #remember(pool: string, { message }: CarpoolError): void {
    this.#refusals.push({ pool, session: '', messages: [message.split('\n--- ', 1)[0] ?? message] });
    if (this.#refusals.length > mostRefusals) this.#refusals.shift();
  }

  async #registerNow(pool: string, options: ClientRegisterOptions): Promise<Session> {
    const connected = this.#connect(pool, options.site ?? noSite);
    const client = 'then' in connected ? await connected : connected;
    const { signal, stop } =
      options.signal === undefined ? { signal: this.#over, stop: noop } : eitherOf(this.#over, options.signal);
    try {
      const { holder, timeLeft } = this.#options;
      const session = await client.register(pool, {
        holder,
        timeLeft,
        ...options,
        signal,
        under: this.path,
        // The end of a worker is reported to no user.
        calls: this.path.length === 0 ? undefined : this.#calls,
        waited: (told) => this.#waits.slot(told),
      });
      this.#sessions.add(session);
      return session;
    } finally {
      stop();
    }
  }

  #connected(client: HostClient): HostClient {
    if (this.#client !== client) {
      this.#client = client;
      const { outer } = this.#options;
      if (outer !== undefined) outer.#connected(client);
    }
    return client;
  }

  /** Each call reports at its own line why there is no connection. */
  #connect(pool: string | false, site: CallSite): HostClient | Promise<HostClient> {
    const connected = this.#options.connect(pool);
    // Every client is one; adapters see less of it.
    if (!('then' in connected)) return this.#connected(connected as HostClient);
    const timeout = this.#options.timeLeft?.() ?? Infinity;
    return connectedWithin(connected, timeout).then(
      (client) => this.#connected(client as HostClient),
      (thrown: unknown) => {
        throw isCarpoolError(thrown) ? errorAt(thrown, site) : thrown;
      },
    );
  }
}

const noSite: CallSite = { stack: '' };

/** What `work` gives, or `otherwise` if that takes too long or fails. */
async function atMost<T>(work: Promise<T>, timeout: number, otherwise: T): Promise<T> {
  const expired = (): Error => new Error('too late');
  return await within(work, { clock: systemClock, timeout, expired }).catch(() => otherwise);
}

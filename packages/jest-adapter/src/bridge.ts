/**
 * Where the two realms of a test worker meet. The connection to the host lives in the test environment: one for all
 * files of a worker, out of reach of `resetModules` and of fake clocks. What tests import is evaluated anew in the realm
 * of every test file and keeps nothing; it finds the environment under one global symbol.
 *
 *   the test's realm                               │ the worker's realm
 *   withPools ─▶ RealmSession, copied values ◀────┼─ Bridge ◀─ TestFile ─▶ Owner ─▶ Client ─▶ host
 */
import type { CarpoolError as CoreError, Session } from 'carpool';
import type {
  HeldLease,
  LockDeclaration,
  LockDeclarations,
  RegisterSessionOptions,
  SessionScope,
} from 'carpool/adapter/test-process';

/** What the environment offers to the realm of its test file. All that it returns is of the worker's realm. */
export interface Bridge {
  readonly version: string;
  /** The names of the pools; undefined if they cannot be used. */
  readonly pools: readonly string[] | undefined;
  /** The names of the shared workers; undefined likewise. */
  readonly sharedWorkers: readonly string[] | undefined;
  /** The locks of the config; undefined likewise. */
  readonly locks: LockDeclarations | undefined;
  /** Rejects with why the pools cannot be used. */
  check(): Promise<void>;
  /** For the tests that `define` defines. */
  defining(what: Definition, define: () => void): void;
  /** The session that a fixture stands for. */
  session(wanted: Wanted): Promise<Session>;
  /** What the fixture of a declared lock holds. */
  lock(fixture: string, declared: LockDeclaration): Promise<HeldLease>;
  register(pool: string, options: RegisterSessionOptions): Promise<Session>;
  unknownFixture(name: string): CoreError;
  /** The signal, as one of the worker's realm: jsdom has a class of its own. */
  signal(signal: AbortSignal): AbortSignal;
}

/** What belongs to tests while they are defined. */
export interface Definition {
  /** What they want before their time begins. */
  readonly wanted: readonly Wanted[];
  /** The fixtures of locks that they want, in the order in which they are taken, before the sessions. */
  readonly locks: readonly (readonly [fixture: string, declared: LockDeclaration])[];
  /** What else must be ready before their time begins. It fails again in the test, where it belongs. */
  readonly ready: () => Promise<unknown>;
  /** They stand where this was called. */
  readonly above: (...args: never[]) => unknown;
}

/** The session that a fixture stands for. */
export interface Wanted {
  readonly pool: string;
  readonly scope: SessionScope;
  /** For the protocol of the pool. */
  readonly params: unknown;
}

export const key: unique symbol = Symbol.for('carpool.jest') as never;

/** Not configurable, so that Jest's clean-up of globals does not take it for something a test has left behind. */
export function install(global: object, bridge: Bridge): void {
  Object.defineProperty(global, key, { value: Object.freeze(bridge) });
}

/**
 * `carpool/adapter/test-process`: for adapters, in the process or thread in which tests run. Connects to the host, and
 * keeps what a test, a file and a worker hold. Loads neither `child_process` nor a codec before a session needs it.
 *
 * docs/adapters.md shows a whole adapter.
 */
// From the main process.
export { connectProvided, providedNames, type AdapterInfo, type Provided } from '../client/provided.ts';
export { unknownFixture, type KnownNames } from '../client/unknown-name.ts';
export { connectClient, sharedClient } from '../client/shared-client.ts';
export type { Client, ClientOptions, ClientRegisterOptions } from '../client/types.ts';
// What a test, a file and a worker hold.
export { Owner, type EndOptions, type OwnerOptions } from '../client/owner.ts';
export type { SessionEvidence } from '../client/sessions-evidence.ts';
export { FileOwner } from '../client/file-owner.ts';
export type { PoolsResult } from '../wire/messages.ts';
export type { RunInfo } from '../wire/machine-messages.ts';
export type { ObservedBody, ObservedMessage } from '../wire/observe.ts';
export type { OwnerPath } from '../wire/owner-path.ts';
export { workerSession, type WorkerSessionOptions } from '../client/worker-session.ts';
export { TestClock, waitMargin, type TestClockOptions } from '../client/test-clock.ts';
// What `carpool/coordination`, `carpool/shared-worker` and `register` find around a test.
export * from './adapter-current-test.ts';
export { openedCurrentTest } from '../test-api/current-test.ts';
export { owners } from '../test-api/owners.ts';
export { declaredLease, lockOrder } from '../client/declared-locks.ts';
export type { HeldLease, WhenLost } from '../client/held-lease.ts';
export type { LockDeclaration, LockDeclarationOptions, LockDeclarations } from '../wire/lease-types.ts';
export { registerSession, type RegisterSessionOptions } from '../test-api/register-session.ts';
// What tests see.
export {
  fixtureKey,
  readWithPools,
  reservedNames,
  type FixtureNames,
  type FixturePlan,
  type FixtureRunner,
  type PoolFixtures,
  type WithPoolsOptions,
} from '../client/fixtures.ts';
export {
  sessionPools,
  type RegisterCall,
  type RegisterExtraOptions,
  type RegisterInScopeOptions,
  type SessionPools,
  type SessionScope,
} from '../client/session-pools.ts';
// Errors.
export { evidenceText, type ShownError } from '../client/report.ts';
export type { ErrorCode } from '../base/error-kinds.ts';
export {
  callSite,
  CarpoolError,
  failingAt,
  fromRecord,
  isCarpoolError,
  withoutOwnFrames,
  type CallSite,
  type ErrorRecord,
  type Evidence,
} from '../base/errors.ts';
export type { Session } from '../session/types.ts';
export type { CancelSignal } from '../base/cancellation.ts';

/**
 * `carpool/adapter/realm`: for adapters of runners that evaluate tests in a realm of their own, as Jest does. As an ES
 * module and as CommonJS, and light: it is evaluated anew for every test file.
 *
 * docs/adapters.md says when it is needed.
 */
export { copyErrorToRealm, copyToRealm } from '../realm/realm-copy.ts';
export {
  readWithPools,
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
export { declaredLease, lockOrder } from '../client/declared-locks.ts';
export type { ErrorCode } from '../base/error-kinds.ts';
export { asWatched, WatchedPromise, type PromiseUse } from '../base/watched-promise.ts';
export { callSite, CarpoolError, isCarpoolError, type CallSite } from '../base/errors.ts';

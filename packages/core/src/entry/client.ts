/** `carpool/client`: what a test worker needs. Never loads `child_process`. */
export type { Client, ClientOptions, ClientRegisterOptions as RegisterOptions } from '../client/types.ts';
export { connectClient, sharedClient } from '../client/shared-client.ts';
export {
  currentTestSlot,
  closeFile,
  openFile,
  type CurrentTest,
  type CurrentTestSlot,
  type Registration,
} from '../test-api/current-test.ts';
export { FileOwner } from '../client/file-owner.ts';
export { Owner, type OwnerOptions, type SessionEvidence } from '../client/owner.ts';
export { fixtureNames, timeoutWithin, checkFixtureNames, type FixtureNames } from '../client/fixtures.ts';
export { connectProvided, unknownPool, type Provided, type RunnerInfo } from '../client/provided.ts';
export {
  sessionPools,
  type RegisterExtraOptions,
  type RegisterCall,
  type SessionPools,
} from '../client/session-pools.ts';
export { evidenceText } from '../client/report.ts';
export { addressVariable } from '../wire/address.ts';
export type { OwnerPath } from '../wire/owner-path.ts';
export type { Session } from '../session/types.ts';
export {
  callSite,
  CarpoolError,
  fromRecord,
  isCarpoolError,
  toRecord,
  type CallSite,
  type ErrorRecord,
  type Evidence,
} from '../base/errors.ts';

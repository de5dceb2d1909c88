/** `carpool/client`: what a test worker needs. Never loads `child_process`. */
export { Client, type ClientOptions, type RegisterOptions } from '../client/client.ts';
export { sharedClient } from '../client/shared.ts';
export {
  ambientSlot,
  closeFile,
  openFile,
  type Ambient,
  type AmbientSlot,
  type Registration,
} from '../runner/ambient.ts';
export { FileOwner } from '../runner/file-owner.ts';
export { Owner, type OwnerOptions, type SessionEvidence } from '../runner/owner.ts';
export { namesIn, patience, refuseTaken, type FixtureNames } from '../runner/fixtures.ts';
export { connectProvided, unknownPool, type Provided, type WorkerOptions } from '../runner/provided.ts';
export { registers, type ExtraOptions, type RegisterCall, type Registers } from '../runner/registers.ts';
export { evidenceText } from '../runner/report.ts';
export { addressVariable } from '../wire/address.ts';
export type { OwnerPath } from '../wire/messages.ts';
export { Session } from '../session/session.ts';
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

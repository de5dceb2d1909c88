/** `carpool`: for configuring, for running a pool in this process, and for what tests hold. */
export { createPool } from '../pool/create-pool.ts';
export { checkCarpoolOptions } from '../main-process/option-names.ts';
export { checkOptionNames, checkPoolOptions, type PoolOptionNames } from '../pool/option-names.ts';
export type { Pool, PoolStats, RegisterOptions, SlotWaitStats } from '../pool/types.ts';
export type { ReplayStats } from '../replay/replay-book.ts';
export type { IdentityLookup, IdentityOption, PoolIdentity } from '../pool/identity.ts';
export type { CommandLookup, Launch, PoolOptions, Stdio } from '../pool/options.ts';
export type { RestartLimits } from '../pool/restart.ts';
export type { HolderLabel } from '../base/holder-label.ts';
export type { ProtocolOption } from '../pool/protocol-option.ts';
export { defineConfig, type Config, type ParamsOf, type PoolNames, type SessionOf } from '../config/define.ts';
export type { Register, RegisteredConfig, UnknownConfig } from '../config/register.ts';
export {
  sharedWorker,
  type SharedWorkersConfig,
  type SharedWorkerOptions,
  type SharedWorkerSource,
  type SharedWorkerNames,
  type SharedWorkerOf,
  type SharedWorkerEntry,
} from '../config/define-shared-worker.ts';
export { server, type ServerMessages, type ServerOptions } from '../config/define-server.ts';
export type {
  Server,
  ServerAddress,
  ServerClose,
  ServerOpen,
  ServerPart,
  ServerReady,
  ServerUse,
} from '../server/types.ts';
export type { Redact, RedactOptions } from '../config/define-redact.ts';
export type { LeaseOf, LockNames, LocksConfig } from '../config/define-lock.ts';
export type { LockDeclaration, LockDeclarationOptions, LockDeclarations } from '../wire/lease-types.ts';
export type { Lease, Permits } from '../wire/lease-types.ts';
export type {
  Fence,
  Reach,
  ReachConnection,
  ReachEvents,
  ReachGrant,
  ReachLease,
  ReachOptions,
  ReachWanted,
  Topic,
  TopicOptions,
} from '../reach/types.ts';
export type { SharedWorker } from '../wire/shared-worker-types.ts';
// For configs. `carpool/protocol` has the rest of what describes a process.
export { sessionField, type Pattern, type SessionFieldOptions } from '../protocol/session-field.ts';
export { childProtocol, type ChildProtocol } from '../protocol/child-protocol.ts';
export type { AnyMessages, ClosedBy, Messages, Protocol } from '../protocol/protocol.ts';
export type { Codec } from '../codec/codec.ts';
// Sessions.
export type { CallOptions, Interaction, ReplyTo, RequestOf, RequestOptions, Session } from '../session/types.ts';
export type { CloseReason } from '../session/state.ts';
// Errors.
export { errorKinds, type ErrorBlame, type ErrorCode, type ErrorKind, type ErrorScope } from '../base/error-kinds.ts';
export {
  CarpoolError,
  isCarpoolError,
  type CallSite,
  type CarpoolErrorOptions,
  type ErrorRecord,
  type Evidence,
} from '../base/errors.ts';

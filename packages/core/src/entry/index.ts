/** `carpool`: the whole public surface for configuring, and for running a pool in this process. */
export { createPool, Pool } from '../pool/pool.ts';
export type { PoolStats, PoolEnvironment, RegisterOptions } from '../pool/types.ts';
export { defineConfig, type Config, type PoolNames, type SessionOf } from '../config/define.ts';
export {
  sharedWorker,
  type SharedWorkerOptions,
  type SharedWorkerSource,
  type SharedWorkerNames,
  type SharedWorkerOf,
  type SharedWorkerEntry,
} from '../config/define-shared-worker.ts';
export type { SharedWorker } from '../wire/shared-worker-types.ts';
export { sessionField, type Pattern, type SessionFieldOptions } from '../protocol/session-field.ts';
export type * from '../protocol/protocol.ts';
export type { Codec, Fields, Format, FrameLimits, Framing, Scalar, Unframer } from '../codec/codec.ts';
export { Frame } from '../codec/frame.ts';
export { contentLength } from '../codec/content-length.ts';
export { delimited, newlineDelimited, nulDelimited } from '../codec/delimited.ts';
export { json, jsonFormat } from '../codec/json.ts';
export { lengthPrefixed } from '../codec/length-prefixed.ts';
export type { Launch, PoolOptions, Stdio, CommandLookup } from '../pool/options.ts';
export type { Holder, HolderLabel } from '../pool/errors.ts';
export { Session } from '../session/session.ts';
export type { CallOptions, ReplyTo, RequestOf, RequestOptions } from '../session/types.ts';
export type { Interaction } from '../session/interaction.ts';
export type { CloseReason } from '../session/state.ts';
export {
  CarpoolError,
  errorKinds,
  isCarpoolError,
  type ErrorBlame,
  type ErrorCode,
  type ErrorKind,
  type ErrorRecord,
  type ErrorScope,
  type Evidence,
} from '../base/errors.ts';
export { pooledTransport, type PooledTransport } from '../session/pooled-transport.ts';

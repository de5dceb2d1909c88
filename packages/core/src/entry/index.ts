/** `carpool`: the whole public surface for configuring, and for running a pool in this process. */
export { startPool, Pool, type PoolStats, type PoolSurroundings, type RegisterOptions } from '../pool/pool.ts';
export { defineConfig, type Config, type PoolNames, type SessionOf } from '../pool/define.ts';
export { sessionField, type Pattern, type SessionFieldOptions } from '../protocol/session-field.ts';
export type * from '../protocol/protocol.ts';
export type { Codec, Fields, Format, FrameLimits, Framing, Scalar, Unframer } from '../codec/codec.ts';
export { Frame } from '../codec/frame.ts';
export type { Launch, PoolOptions, Stdio, Surroundings } from '../pool/options.ts';
export type { Holder, HolderLabel } from '../pool/holders.ts';
export { Session, type CallOptions, type ReplyTo, type RequestOf, type RequestOptions } from '../session/session.ts';
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

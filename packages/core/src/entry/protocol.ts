/** `carpool/protocol`: for those who describe how a process talks. docs/protocol.md shows how, by example. */
export { sessionField, type Pattern, type SessionFieldOptions } from '../protocol/session-field.ts';
export { childProtocol, type ChildProtocol } from '../protocol/child-protocol.ts';
export type {
  Addressed,
  Adopted,
  AnyMessages,
  Cancelled,
  ClosedBy,
  Diagnostic,
  Key,
  LoggedError,
  Messages,
  Opened,
  Outgoing,
  Protocol,
  ProtocolPort,
  Refusal,
  Refused,
  Route,
  SessionPort,
  WireId,
} from '../protocol/protocol.ts';
export type { Gate } from '../protocol/gate.ts';
export { byKey, type ByKey } from '../protocol/by-key.ts';
export { foreignSessionError } from '../protocol/foreign-session.ts';
// Codecs: bytes to messages.
export type { Codec, Fields, Format, FrameLimits, Framing, Scalar, Unfinished, Unframer } from '../codec/codec.ts';
export { Frame } from '../codec/frame.ts';
export { json, jsonFormat, type JsonOptions } from '../codec/json.ts';
export { contentLength } from '../codec/content-length.ts';
export { delimited, newlineDelimited, nulDelimited, type DelimitedOptions } from '../codec/delimited.ts';
export { lengthPrefixed, type LengthPrefixOptions } from '../codec/length-prefixed.ts';
export { varintPrefixed } from '../codec/varint-prefixed.ts';
// What `route`, `address`, `hello`, `open` and `close` throw.
export type { ErrorBlame, ErrorCode, ErrorScope } from '../base/error-kinds.ts';
export {
  CarpoolError,
  isCarpoolError,
  type CallSite,
  type CarpoolErrorOptions,
  type Evidence,
} from '../base/errors.ts';
export type { CancelSignal } from '../base/cancellation.ts';

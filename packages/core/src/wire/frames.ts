/**
 * The head of every frame between host and worker; docs/wire.md follows this file.
 *
 *   length u32 │ op u8 │ session u32 │ call u32 │ body
 *
 * All numbers are big-endian; `length` counts what comes after it. A body is a message of the child's own format for
 * SEND, REQUEST, ANSWER, REPLY, STEP, EVENT and ASK, so that the host can pass it on as it is; values as V8 serialises
 * them for PUBLISH, RESPOND, MESSAGE and RESPONSE, which only the sockets of shared workers know; for all others it is JSON.
 */
import { CarpoolError } from '../base/errors.ts';

/** Raised when a frame changes its meaning: both sides must have the same. */
export const wireVersion = 1;

/** Bit 7 is set for what the host says. */
export const op: {
  readonly CALL: 0x01;
  readonly SEND: 0x02;
  readonly REQUEST: 0x03;
  readonly ANSWER: 0x04;
  readonly CANCEL: 0x05;
  readonly RELEASE: 0x06;
  readonly LOCATE: 0x07;
  readonly PUBLISH: 0x08;
  readonly RESPOND: 0x09;
  readonly END: 0x0a;
  readonly REFUSE: 0x0b;
  readonly RESULT: 0x81;
  readonly FAILED: 0x82;
  readonly REPLY: 0x83;
  readonly STEP: 0x84;
  readonly EVENT: 0x85;
  readonly ASK: 0x86;
  readonly CLOSED: 0x87;
  readonly MESSAGE: 0x88;
  readonly RESPONSE: 0x89;
  readonly ADOPTED: 0x8a;
  readonly PRINT: 0x8b;
  readonly LOST: 0x8c;
  readonly OBSERVED: 0x8d;
} = {
  CALL: 0x01,
  SEND: 0x02,
  REQUEST: 0x03,
  ANSWER: 0x04,
  CANCEL: 0x05,
  RELEASE: 0x06,
  LOCATE: 0x07,
  PUBLISH: 0x08,
  RESPOND: 0x09,
  END: 0x0a,
  REFUSE: 0x0b,
  RESULT: 0x81,
  FAILED: 0x82,
  REPLY: 0x83,
  STEP: 0x84,
  EVENT: 0x85,
  ASK: 0x86,
  CLOSED: 0x87,
  MESSAGE: 0x88,
  RESPONSE: 0x89,
  ADOPTED: 0x8a,
  PRINT: 0x8b,
  LOST: 0x8c,
  OBSERVED: 0x8d,
};

export type Op = (typeof op)[keyof typeof op];

/** op, session and call. */
export const headBytes = 9;

export interface WireHead {
  readonly op: number;
  /** The worker's number for the session; 0 is the connection itself. */
  readonly session: number;
  /** What ties an answer to its question; 0 where there is none. */
  readonly call: number;
}

/** @throws CarpoolError FRAME_MALFORMED */
export function readHead(payload: Uint8Array): WireHead {
  if (payload.length < headBytes) {
    throw new CarpoolError('FRAME_MALFORMED', `A frame of the wire has ${payload.length} bytes, fewer than its head`);
  }
  return { op: payload[0] ?? 0, session: u32(payload, 1), call: u32(payload, 5) };
}

export function bodyOf(payload: Uint8Array): Uint8Array {
  return payload.subarray(headBytes);
}

/** Everything before the body, the length included. */
export function writeHead(kind: Op, session: number, call: number, bodyLength: number): Uint8Array {
  const head = new Uint8Array(4 + headBytes);
  put(head, 0, headBytes + bodyLength);
  head[4] = kind;
  put(head, 5, session);
  put(head, 9, call);
  return head;
}

/** A whole payload, for a transport that adds the length. */
export function writePayload(kind: Op, session: number, call: number, body: Uint8Array): Uint8Array {
  const payload = new Uint8Array(headBytes + body.length);
  payload[0] = kind;
  put(payload, 1, session);
  put(payload, 5, call);
  payload.set(body, headBytes);
  return payload;
}

/** The number in front of the body of RESPOND and RESPONSE. */
export function readNumber(bytes: Uint8Array): number {
  if (bytes.length < 4) throw new CarpoolError('FRAME_MALFORMED', 'A frame of the wire ends before its number');
  return u32(bytes, 0);
}

export function writeNumber(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  put(bytes, 0, value);
  return bytes;
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) * 0x1000000 + (((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
  );
}

function put(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

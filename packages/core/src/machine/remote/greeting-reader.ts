/** Reads the greeting of a connection, which says to which hub it goes. That hub reads it again. */
import type { Socket } from 'node:net';
import { json } from '../../codec/json.ts';
import { bodyOf, headBytes, readHead, op } from '../../wire/frames.ts';
import { greetingBytes } from '../../wire/greeting.ts';
import type { GreetRequest } from '../../wire/messages.ts';

/** Calls `read` once, with nothing of the stream consumed. What is no greeting has no fields. */
export function readGreeting(socket: Socket, read: (greeting: Partial<GreetRequest>) => void): void {
  let bytes = Buffer.alloc(0);
  const take = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const greeting = greetingIn(bytes);
    if (greeting === undefined) return;
    socket.off('data', take);
    socket.pause();
    socket.unshift(bytes);
    read(greeting);
    socket.resume();
  };
  socket.on('data', take);
}

/** Undefined: there must come more. */
function greetingIn(bytes: Buffer): Partial<GreetRequest> | undefined {
  if (bytes.length < 4) return undefined;
  const length = bytes.readUInt32BE(0);
  if (length < headBytes || length > headBytes + greetingBytes) return {};
  if (bytes.length < 4 + length) return undefined;
  const payload = bytes.subarray(4, 4 + length);
  try {
    const greeting = readHead(payload).op === op.CALL ? json.decode(bodyOf(payload)) : {};
    return typeof greeting === 'object' && greeting !== null ? greeting : {};
  } catch {
    return {};
  }
}

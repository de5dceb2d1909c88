/** Reads the greeting of a connection, which says to which hub it goes. That hub reads it again. */
import type { Socket } from 'node:net';
import { json } from '../../codec/json.ts';
import { bodyOf, headBytes, readHead, op } from '../../wire/frames.ts';
import { greetingBytes } from '../../wire/greeting.ts';
import type { GreetRequest } from '../../wire/messages.ts';

/** Bytes of the length of a frame, before it. */
const lengthBytes = 4;

/** Calls `read` once, with nothing of the stream consumed. What is no greeting has no fields. */
export function readGreeting(socket: Socket, read: (greeting: Partial<GreetRequest>) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let wanted = lengthBytes;
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    size += chunk.length;
    // Put together twice at most: its chunks may be of one byte each.
    if (size < wanted) return;
    const bytes = Buffer.concat(chunks);
    wanted = lengthBytes + bytes.readUInt32BE(0);
    const isNone = wanted < lengthBytes + headBytes || wanted > lengthBytes + headBytes + greetingBytes;
    if (size < wanted && !isNone) return;
    socket.off('data', take);
    socket.pause();
    socket.unshift(bytes);
    read(isNone ? {} : greetingIn(bytes.subarray(lengthBytes, wanted)));
    socket.resume();
  };
  socket.on('data', take);
}

function greetingIn(payload: Buffer): Partial<GreetRequest> {
  try {
    const greeting = readHead(payload).op === op.CALL ? json.decode(bodyOf(payload)) : {};
    return typeof greeting === 'object' && greeting !== null ? greeting : {};
  } catch {
    return {};
  }
}

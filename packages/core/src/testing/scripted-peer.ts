/**
 * A process that answers as a function of the test says, to test a protocol alone. It is a real child, which passes its stdin
 * and stdout on to the test: so the pool, the codec and the ends of processes are real, too.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCodec } from '../codec/codecs.ts';
import { defaultLimits, type Codec } from '../codec/codec.ts';
import { createPool } from '../pool/create-pool.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { Pool } from '../pool/types.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';

/** A message: an object of plain data. */
export type PeerMessage = Readonly<Record<string, unknown>>;

/** One process of the script. */
export interface PeerProcess {
  /** Sends a message of the process. */
  say(message: PeerMessage): void;
  /** Sends bytes as they are: a part of a frame, or garbage. */
  write(bytes: Uint8Array): void;
  /** Ends its output, and with it the process. */
  end(): void;
}

/** What the process answers to a message: nothing, a message, or several. */
export type PeerScript = (message: PeerMessage, process: PeerProcess) => PeerMessage | readonly PeerMessage[] | void;

/** A pool whose processes answer by a script. The caller closes it. */
export interface ScriptedPeer<M extends Messages = AnyMessages> extends AsyncDisposable {
  readonly pool: Pool<M>;
  /** All messages that its processes got so far, in order. */
  readonly heard: readonly PeerMessage[];
  /** Its processes that run, oldest first. */
  readonly processes: readonly PeerProcess[];
  /** Closes the pool. */
  close(): Promise<void>;
}

/** The options of the pool, but for what starts its process. */
export type ScriptedPeerOptions<M extends Messages = AnyMessages> = Omit<PoolOptions<M>, 'command' | 'args' | 'stdio'>;

const relay =
  "const socket = require('node:net').connect(process.argv[1]); process.stdin.pipe(socket).pipe(process.stdout); socket.on('error', () => process.exit(1)); socket.on('close', () => process.exit());";

/**
 * Makes a pool of a protocol whose processes answer as `script` says.
 * @throws CarpoolError as `createPool`
 * @example
 * await using peer = await scriptedPeer({ protocol: sheet }, ({ type, id, session }) => {
 *   if (type === 'sum') return { type: 'total', value: 3, id, session };
 *   if (type === 'reset') return { type: 'closed', session };
 * });
 * await using session = await peer.pool.register();
 */
export async function scriptedPeer<M extends Messages = AnyMessages>(
  options: ScriptedPeerOptions<M>,
  script: PeerScript,
): Promise<ScriptedPeer<M>> {
  const codec = await loadCodec(options.codec ?? 'json-lines');
  const heard: PeerMessage[] = [];
  const processes: PeerProcess[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const one = processOn(socket, codec, (message) => {
      heard.push(message);
      const answer = script(message, one) ?? [];
      for (const each of isList(answer) ? answer : [answer]) one.say(each);
    });
    processes.push(one);
    socket.on('close', () => processes.splice(processes.indexOf(one), 1));
  });
  const path = join(
    process.platform === 'win32' ? String.raw`\\.\pipe` : tmpdir(),
    `peer-${randomBytes(6).toString('hex')}`,
  );
  await listening(server, path);
  const pool = createPool<M>({ ...options, command: process.execPath, args: ['-e', relay, path] });
  const close = async (): Promise<void> => {
    await pool.close();
    server.close();
    if (process.platform !== 'win32') await rm(path, { force: true });
  };
  return { pool, heard, processes, close, [Symbol.asyncDispose]: close };
}

async function listening(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
  // The child of the pool keeps the test running, as any child does.
  server.unref();
}

function processOn(socket: Socket, { framing, format }: Codec, take: (message: PeerMessage) => void): PeerProcess {
  const unframer = framing.unframer(defaultLimits);
  socket.on('data', (chunk: Uint8Array) =>
    unframer.push(chunk, (payload) => take(format.decode(payload) as PeerMessage)),
  );
  socket.on('end', () => socket.end());
  // The child has been killed.
  socket.on('error', () => socket.destroy());
  return {
    say(message) {
      const payload = format.encode(message);
      const { head, tail } = framing.frame(payload, defaultLimits);
      for (const part of [head, payload, tail]) socket.write(part);
    },
    write: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
  };
}

function isList(answer: PeerMessage | readonly PeerMessage[]): answer is readonly PeerMessage[] {
  return Array.isArray(answer);
}

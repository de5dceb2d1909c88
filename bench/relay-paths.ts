/**
 * The ways from a worker to a child that the relay rows compare. The worker's end is the same Session, Mux and transport
 * in all of them; only what lies between it and the child differs.
 *
 *   raw       this process ── unix socket ── ten lines that pass bytes on ── stdio ── child
 *   carpool   this process ── unix socket ── host ── stdio ── child
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectClient } from 'carpool/adapter/test-process';
import { startHost } from 'carpool/adapter/main-process';
// Not public: the child's protocol is spoken over a socket here, which no user does.
import { systemClock } from '../packages/core/src/base/clock.ts';
import { lengthPrefixed } from '../packages/core/src/codec/length-prefixed.ts';
import { msgpack } from '../packages/core/src/codec/msgpack.ts';
import type { AnyMessages } from '../packages/core/src/protocol/protocol.ts';
import { sessionField } from '../packages/core/src/protocol/session-field.ts';
import { Mux } from '../packages/core/src/session/mux.ts';
import { UserSession } from '../packages/core/src/session/session.ts';
import type { Session } from '../packages/core/src/session/types.ts';
import { StreamTransport } from '../packages/core/src/transport/stream.ts';

/** The part of a session that the rows use. The built package and its source have two different types. */
export interface Asked {
  request(message: object): Promise<unknown>;
}

export interface Way extends AsyncDisposable {
  readonly session: Asked;
}

export function childFile(program: 'echo' | 'blob'): string {
  return fileURLToPath(new URL(`./children/${program}.ts`, import.meta.url));
}

export async function rawWay(program: 'echo' | 'blob'): Promise<Way> {
  const folder = mkdtempSync(join(tmpdir(), 'carpool-bench-'));
  const path = join(folder, 'relay');
  const main = fileURLToPath(new URL('./baselines/raw-relay.ts', import.meta.url));
  const relay = spawn(process.execPath, [main, path, childFile(program)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(relay.stdout, 'data');
  const socket = connect(path);
  await once(socket, 'connect');
  const { session, opened } = sessionOver(new StreamTransport(socket, socket, transportOptions));
  await opened;
  return {
    session,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      relay.kill();
      await once(relay, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

export async function carpoolWay(pool: 'echo' | 'blob' | 'echoOpaque' | 'blobOpaque'): Promise<Way> {
  const host = await startHost({ root: import.meta.dirname });
  const client = await connectClient({ address: host.address, runner: 'bench' });
  const session = await client.register(pool);
  return {
    session,
    async [Symbol.asyncDispose]() {
      client.close();
      await host.stop();
    },
  };
}

const transportOptions = {
  codec: { name: 'msgpack', framing: lengthPrefixed(), format: msgpack },
  limits: { maxFrameBytes: 64 * 1024 * 1024 },
};

/** A session of a child that speaks `session` and `id`, over the given transport. */
function sessionOver(transport: StreamTransport): { readonly session: Session; readonly opened: Promise<unknown> } {
  const format = msgpack;
  const mux = new Mux({ transport, protocol: sessionField(), format, clock: systemClock, closed: () => {} });
  const session = new UserSession<AnyMessages>('bench', systemClock);
  const { conversation, opened } = mux.open({ id: 'w1s1', listener: session.listener, timeout: 10_000 });
  const limits = { requestTimeout: 30_000, closeTimeout: 5_000, maxUnreadEvents: 10_000 };
  session.bind({
    ...limits,
    conversation,
    format,
    hello: undefined,
    opened: undefined,
    naming: {},
    diagnose: () => ({}),
  });
  return { session, opened };
}

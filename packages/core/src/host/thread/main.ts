/**
 * The main file of a shared worker's thread: it listens on its own socket, so that a message makes one hop, and runs the
 * user's factory.
 *
 *   start ─▶ listening ─▶ factory called ─▶ ready ─▶ … ─ `stop` ─▶ test workers leave ─▶ its own teardowns ─▶ stopped
 *
 * A fatal error is reported to the host, which reports to every test how the worker ended, and sends `stop`: teardowns run
 * after a failure, too. The host ends the thread when they have run, or when their time is up.
 */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../base/error-kinds.ts';
import { CarpoolError } from '../../base/errors.ts';
import { messageOf } from '../../base/thrown.ts';
import { sameToken } from '../../wire/greeting.ts';
import { revive } from '../../realm/structured-clone.ts';
import { Broker } from './broker.ts';
import { importModule } from '../../config/import-module.ts';
import { watchFiles } from './watched-files.ts';
import type { FromThread, ThreadData, ThreadSecret, ToThread } from '../../wire/shared-worker-messages.ts';
import type { SharedWorker } from '../../wire/shared-worker-types.ts';
import { Peer, type PeerOptions } from './peer.ts';

/** Processes connected at once. */
const maxPeers = 1_024;

const { worker, file, url, initialData, path, run } = workerData as ThreadData;
let control: MessagePort | undefined;
const send = (message: FromThread): void => control?.postMessage(message);
const broker = new Broker(worker, file, run);
const ready = Promise.withResolvers<void>();
const peers = new Set<Peer>();
let listenAgain = (): void => {};

parentPort?.once('message', ({ token, control: port }: ThreadSecret<MessagePort>) => {
  const bytes = Buffer.from(token);
  control = port;
  port.on('message', (message: ToThread) => void handle(message));
  serve((shown) => sameToken(shown, bytes));
});

// As Node, which leaves an error to the listeners of the user where there are some.
for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(kind, (thrown: unknown) => {
    if (process.listenerCount(kind) === 1) crash(thrown);
  });
}
// What `process.exit` leaves time for: the synchronous part of each teardown.
process.on('exit', () => broker.startTeardowns());

function serve(admits: (token: string) => boolean): void {
  const options: PeerOptions = {
    broker,
    file,
    worker,
    admits,
    ready: ready.promise,
    members: () => send({ type: 'members', members: broker.size }),
    crash,
  };
  const listen = (listening: () => void): Server => {
    const server = createServer((socket) => {
      if (peers.size >= maxPeers) {
        socket.destroy();
        return;
      }
      const peer = new Peer(options, socket);
      peers.add(peer);
      void peer.left.then(() => peers.delete(peer));
    });
    server.once('error', crash);
    return server.listen(path, listening);
  };
  let server = listen(() => {
    send({ type: 'listening' });
    void start().catch(crash);
  });
  listenAgain = () => {
    // First, because to close it removes the socket at its path, whichever that is.
    server.close();
    server = listen(() => {});
  };
}

async function start(): Promise<void> {
  watchFiles((files) => send({ type: 'files', files }));
  if (!existsSync(fileURLToPath(url))) {
    const message = 'cannot be found: there is no such file; correct `filename`, or the config';
    throw new FatalError('SHARED_WORKER_FAILED', message);
  }
  const module = await importModule(url);
  const found = module['default'];
  // A module that was compiled to CommonJS has its default export one level deeper.
  const factory = typeof found === 'function' ? found : (found as { default?: unknown } | undefined)?.default;
  if (typeof factory !== 'function') {
    const message = 'has no default export that is a function; write `export default ({ negotiateProtocol }) => { … }`';
    throw new FatalError('SHARED_WORKER_FAILED', message);
  }
  await (factory as (options: SharedWorker.FactoryOptions) => unknown)({ negotiateProtocol });
}

/** As AVA types it: the user chooses the type of the messages. */
function negotiateProtocol<Data>(supported: readonly string[]): SharedWorker.Protocol<Data> {
  if (!supported.includes('ava-4')) {
    const message = `negotiates no protocol that Carpool supports: it offers ${supported.join(', ')}; ava-4 is supported`;
    const error = new FatalError('SHARED_WORKER_PROTOCOL', message);
    crash(error);
    throw error;
  }
  return main as unknown as SharedWorker.Protocol<Data>;
}

const main: SharedWorker.Protocol = {
  initialData: initialData === undefined ? undefined : revive(initialData),
  protocol: 'ava-4',
  ready() {
    ready.resolve();
    send({ type: 'ready' });
    main.ready = () => main;
    return main;
  },
  broadcast: (data) => broker.broadcast(data),
  subscribe: () => broker.subscribe(),
  testWorkers: () => broker.testWorkers(),
  teardown: (fn) => broker.teardowns.add(fn),
  runs: () => broker.runs(),
};

async function handle(message: ToThread): Promise<void> {
  switch (message.type) {
    case 'run':
      broker.announceRun({ event: message.event, run: message.run });
      break;
    case 'listen again':
      listenAgain();
      break;
    case 'stop':
      for (const peer of peers) peer.end();
      await Promise.all([...peers].map(({ left }) => left));
      await broker.teardowns.run().catch((thrown: unknown) => console.error(thrown));
      send({ type: 'stopped' });
      break;
  }
}

function crash(thrown: unknown): void {
  if (thrown instanceof FatalError) {
    send({ type: 'fatal', code: thrown.code, how: thrown.message, stack: '' });
    return;
  }
  const { stack } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Partial<Error>;
  send({
    type: 'fatal',
    code: 'SHARED_WORKER_FAILED',
    how: `crashed: ${messageOf(thrown)}`,
    stack: typeof stack === 'string' ? stack : '',
  });
}

/** Why the worker cannot run: the end of a sentence that begins with its name. */
class FatalError extends CarpoolError {
  constructor(code: ErrorCode, how: string) {
    super(code, how, { context: { file } });
  }
}

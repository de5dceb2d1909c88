/**
 * The main file of the thread of a shared worker: it listens on a socket of its own, so that a message makes one hop, and
 * runs the user's factory.
 *
 *   start ─▶ listening ─▶ factory called ─▶ ready ─▶ … ─ `stop` ─▶ test workers leave ─▶ its own teardowns ─▶ stopped
 *
 * What cannot go on is thrown out of the thread: the host, and through it every test, is told how it ended.
 */
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { CarpoolError, type ErrorCode } from '../../base/errors.ts';
import { sameToken } from '../../wire/greeting.ts';
import { revive } from '../../realm/structured-clone.ts';
import { Floor } from './broker.ts';
import { importModule } from '../../config/import-module.ts';
import { watchFiles } from './watched-files.ts';
import type { FromThread, ThreadData, ThreadSecret, ToThread } from '../../wire/shared-worker-messages.ts';
import type { SharedWorker } from '../../wire/shared-worker-types.ts';
import { Visitor, type Stage } from './peer.ts';

const port = parentPort as MessagePort;
const { worker, file, url, initialData, path, run } = workerData as ThreadData;
const say = (message: FromThread): void => port.postMessage(message);
const floor = new Floor(worker, file, run);
const ready = Promise.withResolvers<void>();
const visitors = new Set<Visitor>();

port.once('message', ({ token }: ThreadSecret) => {
  const bytes = Buffer.from(token);
  port.on('message', (message: ToThread) => void hear(message));
  serve((shown) => sameToken(shown, bytes));
});

function serve(admits: (token: string) => boolean): void {
  const stage: Stage = {
    floor,
    file,
    worker,
    admits,
    ready: ready.promise,
    seats: () => say({ say: 'seats', seats: floor.size }),
    crash,
  };
  const server = createServer((socket) => {
    const visitor = new Visitor(stage, socket);
    visitors.add(visitor);
    void visitor.left.then(() => visitors.delete(visitor));
  });
  server.once('error', crash);
  server.listen(path, () => {
    say({ say: 'listening' });
    void start().catch(crash);
  });
}

async function start(): Promise<void> {
  watchFiles((files) => say({ say: 'files', files }));
  if (!existsSync(fileURLToPath(url))) {
    const words = 'cannot be found: there is no such file; correct the name by which it is registered';
    throw new Refusal('WORKER_FAILED', words);
  }
  const module = await importModule(url);
  const found = module['default'];
  // A CommonJS file that was compiled from a module has its default export inside.
  const factory = typeof found === 'function' ? found : (found as { default?: unknown } | undefined)?.default;
  if (typeof factory !== 'function') {
    const words = 'has no default export that is a function; write `export default ({ negotiateProtocol }) => { … }`';
    throw new Refusal('WORKER_FAILED', words);
  }
  await (factory as (options: SharedWorker.FactoryOptions) => unknown)({ negotiateProtocol });
}

/** Untyped messages are of any type. */
function negotiateProtocol<Data>(supported: readonly string[]): SharedWorker.Protocol<Data> {
  if (!supported.includes('ava-4')) {
    const words = `does not know a protocol of this version of Carpool: it offers ${supported.join(', ')}, and ava-4 is known`;
    const error = new Refusal('WORKER_PROTOCOL', words);
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
    say({ say: 'ready' });
    main.ready = () => main;
    return main;
  },
  broadcast: (data) => floor.broadcast(data),
  subscribe: () => floor.subscribe(),
  testWorkers: () => floor.testWorkers(),
  teardown: (fn) => floor.teardowns.add(fn),
  runs: () => floor.runs(),
};

async function hear(message: ToThread): Promise<void> {
  switch (message.say) {
    case 'run':
      floor.ran({ event: message.event, run: message.run });
      break;
    case 'stop':
      for (const visitor of visitors) visitor.end();
      await Promise.all([...visitors].map(({ left }) => left));
      await floor.teardowns.run().catch((thrown: unknown) => console.error(thrown));
      say({ say: 'stopped' });
      break;
  }
}

function crash(thrown: unknown): void {
  if (thrown instanceof Refusal) {
    say({ say: 'fatal', code: thrown.code, how: thrown.message, stack: '' });
    return;
  }
  const { message, stack } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Partial<Error>;
  say({ say: 'fatal', code: 'WORKER_FAILED', how: `crashed: ${message ?? String(thrown)}`, stack: stack ?? '' });
}

/** What is wrong with the worker, as the end of a sentence that begins with its name. */
class Refusal extends CarpoolError {
  constructor(code: ErrorCode, how: string) {
    super(code, how, { context: { file } });
  }
}

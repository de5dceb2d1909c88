/**
 * A test file that stays and measures when it is asked to, so that the rounds of two runners can take turns.
 *
 *   row ── unix socket ──▶ test file of AVA          test-file-measures.ts
 *                    └───▶ test file with Carpool    test-file-measures.ts
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { MeasureName, Measures } from './test-file-measures.ts';

const pathVariable = 'CARPOOL_BENCH_ROW';

interface Order {
  readonly measure: MeasureName;
  readonly values: readonly (number | undefined)[];
}

/** The test file's end. Resolves when the row is done. */
export async function measureOnDemand(name: string, measures: Measures): Promise<void> {
  const socket = connect(process.env[pathVariable] ?? '');
  send(socket, name);
  try {
    for await (const line of createInterface({ input: socket })) {
      const { measure, values } = JSON.parse(line) as Order;
      send(socket, await (measures[measure] as (...values: Order['values']) => Promise<number>)(...values));
    }
  } finally {
    // The row must not wait for an answer of a test that has failed.
    socket.destroy();
  }
}

/** The row's end of one test file. */
export class TestFile {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  constructor(socket: Socket, lines: AsyncIterator<string>) {
    this.#socket = socket;
    this.#lines = lines;
  }

  /** Microseconds for one operation. */
  async micros<Name extends MeasureName>(measure: Name, ...values: Parameters<Measures[Name]>): Promise<number> {
    send(this.#socket, { measure, values } satisfies Order);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`The test file went away while it measured ${measure}`);
    return (JSON.parse(value) as number) * 1_000;
  }
}

/** The runner of the test files of one side. */
export interface Side extends AsyncDisposable {
  /** By its name. */
  file(name: string): TestFile;
}

/** Starts what runs the test files, with the environment it is given, and resolves when each of them has said its name. */
export async function start(
  names: readonly string[],
  launch: (env: NodeJS.ProcessEnv) => readonly ChildProcess[],
): Promise<Side> {
  const folder = mkdtempSync(join(tmpdir(), 'carpool-bench-'));
  const path = join(folder, 'row');
  const files = new Map<string, TestFile>();
  const sockets: Socket[] = [];
  const all = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    sockets.push(socket);
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    void lines.next().then(({ value }) => {
      files.set(JSON.parse(value as string) as string, new TestFile(socket, lines));
      if (names.every((name) => files.has(name))) all.resolve();
    }, all.reject);
  });
  server.listen(path);
  await once(server, 'listening');
  const exits = launch({ ...process.env, [pathVariable]: path }).map(async (child) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code === 0) return;
    process.stderr.write(output);
    throw new Error(`${child.spawnargs.join(' ')} ended with ${signal ?? code}`);
  });
  const early = Promise.all(exits).then(() => {
    throw new Error(`${names.join(' and ')} ended before the row`);
  });
  await Promise.race([all.promise, early]);
  // From here on, calls of the row fail when a test file has exited.
  early.catch(() => {});
  return {
    file(name) {
      const file = files.get(name);
      if (file === undefined) throw new Error(`There is no test file ${name}`);
      return file;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.end();
      server.close();
      await Promise.all(exits);
      rmSync(folder, { recursive: true });
    },
  };
}

function send(socket: Socket, message: unknown): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

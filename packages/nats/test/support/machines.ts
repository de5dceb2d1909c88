/** Machines of one test: folders with the same checkout, each with a temporary folder, and so a host, of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { isCarpoolError } from 'carpool';
import { startHost } from 'carpool/adapter/main-process';
import { connectClient, type Client, type Session } from 'carpool/adapter/test-process';
import { onTestFinished, vi } from 'vitest';
import { oneServer } from './servers.ts';

/** The command `carpool`. */
export const command: string = fileURLToPath(new URL('cli.js', import.meta.resolve('carpool')));
const engine = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

/** Answers each message with itself and its folder; `{ type: "exit" }` ends it. */
const server = `import { createInterface } from 'node:readline';
const say = (message) => console.log(JSON.stringify(message));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { session, id, type, ...message } = JSON.parse(line);
  if (type === 'settings') say({ type: 'hello', session: '' });
  else if (type === 'reset') say({ type: 'closed', session });
  else say({ type: 'reply', session, id, ...message, folder: process.cwd(), pid: process.pid });
}).on('close', () => process.exit());
`;

export interface Checkout {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Serving extends Checkout {
  readonly process: ChildProcess;
  /** Of the host itself. */
  readonly pid: number;
  /** Its lines so far. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

export class Machines {
  readonly #base: string = mkdtempSync(join(tmpdir(), 'm-'));
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    // After all that the test has begun since has ended.
    onTestFinished(() => {
      const left = this.#left();
      rmSync(this.#base, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`hosts have left ${left.join(', ')}`);
    });
  }

  /** @param slots sessions of the pool "echoes", of which a larger machine has more */
  checkout(name: string, slots = 2, program: string = server): Checkout {
    const path = join(this.#base, name, 'code');
    const temp = join(this.#base, name, 't');
    mkdirSync(path, { recursive: true });
    mkdirSync(temp);
    mkdirSync(join(path, '.git'));
    writeFileSync(join(path, 'server.mjs'), program);
    this.configure(path);
    return {
      path,
      env: {
        ...process.env,
        TMPDIR: temp,
        NATS_URL: this.url,
        SLOTS: String(slots),
        CARPOOL_ADDRESS: undefined,
        NO_COLOR: '1',
      },
    };
  }

  /** @param more options of the pool @param first the first line of the config */
  configure(path: string, more: object = {}, first: string = ''): void {
    const echoes = {
      command: 'node',
      args: ['server.mjs'],
      codec: 'json-lines',
      closeTimeout: 2_000,
      protocol: {
        hello: { send: { type: 'settings' }, expect: { type: 'hello' } },
        close: { send: { type: 'reset' }, expect: { type: 'closed' } },
      },
      ...more,
    };
    writeFileSync(
      join(path, 'carpool.config.mjs'),
      `${first}
import { nats } from ${JSON.stringify(engine)};
export default { reach: nats(process.env.NATS_URL, { connectTimeout: 1_000 }), pools: { echoes: { ...${JSON.stringify(echoes)}, maxSessions: Number(process.env.SLOTS) } } };
`,
    );
  }

  /** The program that all have. */
  program({ path }: Checkout): void {
    writeFileSync(join(path, 'server.mjs'), server);
  }

  /** A host that offers its pools. Resolves when it has said so, or what is wrong. */
  async serve(
    name: string,
    { slots = 2, program = server }: { slots?: number; program?: string } = {},
  ): Promise<Serving> {
    return await serving(this.checkout(name, slots, program));
  }

  /** Folders of hosts. */
  #left(): string[] {
    return readdirSync(this.#base).flatMap((name) =>
      readdirSync(join(this.#base, name, 't')).filter((entry) => /^carpool-\d+-[0-9a-f]{12}$/.test(entry)),
    );
  }
}

/** Those of a test, with a server of NATS of their own. */
export async function machines(): Promise<Machines> {
  return new Machines((await oneServer('')).url);
}

/** @param more words of `carpool serve`; without `--leave` it ends at once, whatever is open */
export async function serving({ path, env }: Checkout, more: readonly string[] = []): Promise<Serving> {
  const leave = more.includes('--leave') ? [] : ['--leave', '0s'];
  const words = [command, 'serve', '--listen', '127.0.0.1:0', ...leave, ...more];
  const child = spawn(process.execPath, words, { cwd: path, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const lines: string[] = [];
  const started = /the host of this machine serves: process (\d+)/;
  const said = (what: RegExp): boolean => lines.some((line) => what.test(line));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exit;
  };
  onTestFinished(stop);
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      // The host and the command print each by itself.
      if (said(/ (?:offers|not heard of|no pool that)/) && said(started)) resolve();
    });
    child.once('exit', () => reject(new Error(`the host has ended: ${lines.join('\n')}`)));
  });
  const pid = Number(started.exec(lines.join('\n'))?.[1]);
  return { path, env, process: child, pid, lines, stop };
}

/** The command, in a checkout. @returns what it printed on stdout */
export async function carpool({ path, env }: Checkout, ...words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [command, ...words], { cwd: path, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [stdout] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return stdout;
}

/** What hosts announce as the pool "echoes", from now on. */
export async function announced(url: string): Promise<readonly string[]> {
  const connection = await connect({ servers: url });
  onTestFinished(() => connection.close());
  const identities: string[] = [];
  connection.subscribe('carpool.hosts', {
    callback: (_, message) => {
      const { offer } = message.json<{ offer?: { pools: { echoes: { identity: string } } } }>();
      if (offer !== undefined) identities.push(offer.pools.echoes.identity);
    },
  });
  await connection.flush();
  return identities;
}

/** A run of Vitest there, with a worker for each file. @returns what it printed */
export async function vitest({ path, env }: Checkout, files: Readonly<Record<string, string>>): Promise<string> {
  const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
  symlinkSync(modules, join(path, 'node_modules'));
  const workers = Object.keys(files).length;
  writeFileSync(
    join(path, 'vitest.config.mjs'),
    `import { carpool } from '@carpool/vitest/config';
export default { plugins: [carpool()], test: { pool: 'forks', maxWorkers: ${workers}, testTimeout: 20_000 } };
`,
  );
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  const words = [join(modules, 'vitest/vitest.mjs'), 'run', '--root', path];
  const child = spawn(process.execPath, words, { cwd: path, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return stdout + stderr;
}

export interface Run {
  readonly host: Awaited<ReturnType<typeof startHost>>;
  /** A worker. */
  worker(): Promise<Client>;
}

/** A run with a host of its own, as an adapter starts it. */
export async function begin({ path, env }: Checkout): Promise<Run> {
  for (const name of ['TMPDIR', 'NATS_URL', 'SLOTS']) vi.stubEnv(name, env[name]);
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(path);
  try {
    const host = await startHost({ root: path, runner: 'a test' });
    onTestFinished(async () => void (await host.stop()));
    const { problem } = await host.configured;
    if (problem !== undefined) throw new Error(problem.message);
    return {
      host,
      worker: async () => {
        const client = await connectClient({ address: host.address, runner: 'a test' });
        onTestFinished(() => client.close());
        return client;
      },
    };
  } finally {
    cwd.mockRestore();
    vi.unstubAllEnvs();
  }
}

/** The name of the machine on which a session is. */
export async function machineOf(session: Session): Promise<string> {
  const { folder } = (await session.request({ type: 'where' })) as { folder: string };
  return String(folder.split('/').at(-2));
}

/** What is wrong, as its test sees it; "undefined": nothing. */
export async function fault(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  return isCarpoolError(thrown) ? `${thrown.code}: ${thrown.message}` : String(thrown);
}

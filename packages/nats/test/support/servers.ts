/** Real servers on this machine, alone or as a cluster, that tests stop and start. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookupIn, optionalServer } from '@carpool/test-harness/servers';
import { onTestFinished } from 'vitest';

const lookup = lookupIn(join(import.meta.dirname, '../..'));

const found = await optionalServer(async () => {
  const path = lookup.find('nats-server') ?? ['/usr/sbin/nats-server'].find((one) => lookup.find(one) !== undefined);
  if (path !== undefined) return path;
  throw Object.assign(new Error('there is no nats-server in PATH; `apt-get install nats-server` has one'), {
    code: 'CHILD_NOT_STARTED',
  });
}, 'CARPOOL_NATS');

export const binary: string | undefined = found.server;

/** For the names of groups that need it: why they are skipped. */
export const reason: string = found.reason;

export class NatsServer {
  readonly port: number;
  readonly #config: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  /**
   * @param config the part of its configuration that is not its address
   * @param finished takes what ends it, at the end of the test
   */
  constructor(port: number, config: string, finished: (end: () => Promise<void>) => void = onTestFinished) {
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'nats-server-'));
    this.#config = join(this.#folder, 'nats.conf');
    this.#write(config);
    finished(() => this.end());
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  #write(config: string): void {
    const store = join(this.#folder, 'jetstream');
    writeFileSync(this.#config, `host: 127.0.0.1\nport: ${this.port}\n${config.replace('STORE', store)}\n`);
  }

  /** It reads the new one a moment later, and goes on. */
  reload(config: string): void {
    this.#write(config);
    this.#child?.kill('SIGHUP');
  }

  /** Resolves when it takes connections. */
  async start(): Promise<this> {
    const child = spawn(binary ?? '', ['-c', this.#config, '-l', join(this.#folder, 'log')], { stdio: 'ignore' });
    this.#child = child;
    while (!(await accepts(this.port)))
      if (child.exitCode !== null) throw new Error(`nats-server has ended with ${child.exitCode}`);
    return this;
  }

  /** @param signal SIGKILL: it says nothing; SIGSTOP: nothing of it is heard any more */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** What it has refused to users so far, a line each. */
  violations(): string[] {
    return readFileSync(join(this.#folder, 'log'), 'utf8')
      .split('\n')
      .filter((line) => / Violation /.test(line));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** It is not started again. */
  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setImmediate(() => resolve(false)));
  });
}

/** Those that this process has given. */
const given = new Set<number>();

/**
 * Below those that the system gives to connections and to servers without a port: else one of these may have it before a
 * server listens there, or while that is started again.
 * @returns as many as are wanted, of which none is in use now
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(10_000, 32_768);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

const withJetStream = 'jetstream { store_dir: "STORE", max_mem: 64M, max_file: 64M }';

/** @param config more of its configuration */
export async function oneServer(config: string = withJetStream): Promise<NatsServer> {
  const [port = 0] = await freePorts(1);
  return await new NatsServer(port, config).start();
}

export function jetStreamAnd(config: string): string {
  return `${withJetStream}\n${config}`;
}

/** Three, of which each knows the others. */
export async function cluster(): Promise<NatsServer[]> {
  const ports = await freePorts(6);
  const [clients, routes] = [ports.slice(0, 3), ports.slice(3)];
  const all = routes.map((port) => `nats://127.0.0.1:${port}`).join(', ');
  const servers = clients.map(
    (port, number) =>
      new NatsServer(
        port,
        `server_name: n${number}\n${withJetStream}\ncluster { name: c, listen: "127.0.0.1:${routes[number]}", routes: [${all}] }`,
      ),
  );
  return await Promise.all(servers.map((server) => server.start()));
}

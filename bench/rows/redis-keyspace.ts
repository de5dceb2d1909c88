/**
 * Redis for a test: a session of `@carpool/redis`, taken and given back, on a server that is there, against a server of
 * its own, started and stopped. Wall time, processor time of this process and of the server, and memory.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redis, type RedisKeyspace } from '@carpool/redis';
import { createPool, isCarpoolError, type Pool, type ServerMessages } from 'carpool';
import { compared, leaveOut, takeTurns } from '../measure.ts';
import { cpuMicros, residentMebibytes } from '../processes.ts';
import type { Row } from '../row.ts';

interface Cost {
  readonly wall: number;
  /** Milliseconds. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

/** Sessions of one measure: one alone is too short for the clocks. */
const many = 100;

const row: Row = async (options) => {
  await using pool = createPool(redis({ maxSessions: many }));
  const first = await pool.register().catch((thrown: unknown) => {
    if (isCarpoolError(thrown, 'CHILD_NOT_STARTED')) return undefined;
    throw thrown;
  });
  if (first === undefined) return leaveOut('there is no Redis');
  const { opened } = first;
  const info = await commandsOn({ port: opened.port }, [`AUTH ${opened.username} ${opened.password}`, 'INFO server']);
  const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
  const executable = /executable:(\S+)/.exec(info)?.[1] ?? 'redis-server';
  await first.unregister();

  const costs = await takeTurns(
    { baseline: () => ownServer(executable), shared: () => sharedServer(pool, pid) },
    { rounds: 9, warmUps: 2 },
    options,
  );
  const of = (quantity: keyof Cost) =>
    [costs.shared.map((cost) => cost[quantity]), costs.baseline.map((cost) => cost[quantity])] as const;
  const naming = { section: 'test', label: 'Redis: a session on a server that is there; a server of its own' } as const;
  const budget = { limit: 0.1, side: 'at most' } as const;
  return [
    compared({ ...naming, id: 'redis-keyspace', quantity: 'wall', unit: 'ms', budget }, ...of('wall')),
    compared({ ...naming, id: 'redis-keyspace-cpu', quantity: 'CPU', unit: 'ms', budget }, ...of('cpu')),
    compared({ ...naming, id: 'redis-keyspace-memory', quantity: 'memory', unit: 'MiB', budget }, ...of('memory')),
  ];
};
export default row;

/** What one of many sessions costs: one after the other, and the memory while all of them are open. */
async function sharedServer(pool: Pool<ServerMessages<RedisKeyspace>>, pid: number): Promise<Cost> {
  const cpuBefore = ownCpu() + cpuMicros(pid) / 1_000;
  const start = performance.now();
  for (let count = 0; count < many; count++) await (await pool.register()).unregister();
  const wall = performance.now() - start;
  const cpu = ownCpu() + cpuMicros(pid) / 1_000 - cpuBefore;
  const sessions = await Promise.all(Array.from({ length: many }, () => pool.register()));
  // Of the whole server: what it adds for each of them is less than a page.
  const memory = residentMebibytes(pid);
  await Promise.all(sessions.map((session) => session.unregister()));
  return { wall: wall / many, cpu: cpu / many, memory: memory / many };
}

/** As it is done by hand: started, asked until it answers, stopped. */
async function ownServer(executable: string): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-bench-'));
  const path = join(folder, 's');
  const cpuBefore = ownCpu();
  const start = performance.now();
  const args = ['--port', '0', '--unixsocket', path, '--save', '', '--dir', folder];
  const server = spawn(executable, args, { stdio: 'ignore' });
  const ended = once(server, 'exit');
  await untilAnswered(path);
  const memory = residentMebibytes(Number(server.pid));
  const serverCpu = cpuMicros(Number(server.pid)) / 1_000;
  server.kill();
  await ended;
  const wall = performance.now() - start;
  const cpu = ownCpu() - cpuBefore + serverCpu;
  rmSync(folder, { recursive: true });
  return { wall, cpu, memory };
}

async function untilAnswered(path: string): Promise<void> {
  for (;;) {
    const said = await commandsOn({ path }, ['PING']).catch(() => '');
    if (said.includes('PONG')) return;
    await new Promise((resolve) => void setTimeout(resolve, 1));
  }
}

/** What the server answers to lines of text. */
async function commandsOn(
  where: { readonly path: string } | { readonly port: number },
  lines: readonly string[],
): Promise<string> {
  return await new Promise((resolve, reject) => {
    let said = '';
    const socket = connect({ host: '127.0.0.1', ...where });
    socket.on('error', reject);
    socket.on('data', (chunk) => (said += String(chunk)));
    socket.on('end', () => resolve(said));
    socket.write([...lines, 'QUIT', ''].join('\r\n'));
  });
}

/** Milliseconds. */
function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/**
 * How long a registration takes where other hosts are, and how much NATS carries for it. Not a test: figures of a machine.
 *
 *   node packages/nats/bench/placing.ts [HOSTS=8] [SLOTS=8] [REGISTERS=10000]
 *
 * All hosts are processes of this machine, the run has 4 workers, and each register has one request. So many at a time as there
 * are slots: this host's own, and half of those of the others.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { startHost } from 'carpool/adapter/main-process';
import { connectClient } from 'carpool/adapter/test-process';

const [hosts = 8, slots = 8, registers = 10_000] = process.argv.slice(2).map(Number);
const command = fileURLToPath(new URL('cli.js', import.meta.resolve('carpool')));
const engine = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'p-'));
const ends: (() => unknown)[] = [() => rmSync(base, { recursive: true })];

const config = `import { nats } from ${JSON.stringify(engine)};
export default { reach: nats(process.env.NATS_URL), pools: { echoes: {
  command: 'node', args: ['server.mjs'], codec: 'json-lines', maxSessions: ${slots},
  protocol: { hello: { send: { type: 'settings' }, expect: { type: 'hello' } }, close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
} } };
`;
const program = `import { createInterface } from 'node:readline';
createInterface({ input: process.stdin }).on('line', (line) => {
  const { session, id, type } = JSON.parse(line);
  const answer = type === 'settings' ? 'hello' : type === 'reset' ? 'closed' : 'reply';
  console.log(JSON.stringify({ type: answer, session, id, folder: process.cwd() }));
}).on('close', () => process.exit());
`;

function checkout(name: string): { readonly path: string; readonly temp: string } {
  const [path, temp] = [join(base, name, 'code'), join(base, name, 't')];
  for (const folder of [path, temp, join(path, '.git')]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(path, 'carpool.config.mjs'), config);
  writeFileSync(join(path, 'server.mjs'), program);
  return { path, temp };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function serve(url: string, name: string): Promise<void> {
  const { path, temp } = checkout(name);
  const env = { ...process.env, TMPDIR: temp, NATS_URL: url };
  const words = [command, 'serve', '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, words, { cwd: path, env, stdio: ['ignore', 'pipe', 'inherit'] });
  ends.unshift(async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes(' offers to ')) break;
  child.stdout.resume();
}

const port = await freePort();
const url = `nats://127.0.0.1:${port}`;
const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
ends.unshift(() => server.kill());
try {
  const nats = await connect({ servers: url, waitOnFirstConnect: true });
  ends.unshift(() => nats.close());
  let messages = 0;
  for (const subject of ['carpool.hosts', 'carpool.hosts.asks'])
    nats.subscribe(subject, { callback: () => void messages++ });
  for (let number = 1; number < hosts; number++) await serve(url, `h${number}`);
  const own = checkout('run');
  Object.assign(process.env, { TMPDIR: own.temp, NATS_URL: url });
  process.chdir(own.path);
  const host = await startHost({ root: own.path, runner: 'bench' });
  ends.unshift(() => host.stop());
  await host.configured;
  const workers = await Promise.all([1, 2, 3, 4].map(() => connectClient({ address: host.address, runner: 'bench' })));
  const atOnce = Math.max(slots + Math.floor(((hosts - 1) * slots) / 2), 1);
  const times: number[] = [];
  const at = new Map<string, number>();
  const measure = async (count: number): Promise<void> => {
    let left = count;
    const one = async (number: number): Promise<void> => {
      while (left-- > 0) {
        const started = performance.now();
        const session = await workers[number % workers.length]!.register('echoes');
        times.push(performance.now() - started);
        const { folder } = (await session.request({ type: 'where' })) as { folder: string };
        at.set(folder, (at.get(folder) ?? 0) + 1);
        await session.unregister();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, (_, number) => one(number)));
  };
  // Children start, and connections are made.
  await measure(atOnce * 5);
  times.length = 0;
  at.clear();
  messages = 0;
  const started = performance.now();
  await measure(registers);
  const seconds = (performance.now() - started) / 1_000;
  times.sort((a, b) => a - b);
  const of = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  const here = at.get(own.path) ?? 0;
  console.log(
    `${hosts} hosts × ${slots} slots, ${registers} registers, ${atOnce} at a time, in ${seconds.toFixed(1)} s: ` +
      `register p50 ${of(0.5)} ms, p99 ${of(0.99)} ms; ${Math.round((100 * here) / registers)} % on the run's own host; ` +
      `${(messages / registers).toFixed(2)} messages on NATS for each register, ${Math.round(messages / seconds)} a second`,
  );
} finally {
  for (const end of ends) await end();
}

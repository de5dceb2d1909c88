/** Three servers and four machines with two shards each, a network namespace for each of the seven, and what happens to them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { switchedMachines, type SwitchedMachine } from '@carpool/test-harness/switched-machines';
import { binary } from '../support/servers.ts';
import { Reader, Writer, type Fault, type Held, type Line } from './journal.ts';
import type { Seen } from './observer.ts';
import type { Planned } from './schedule.ts';

const engine = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const servers = ['n0', 'n1', 'n2'] as const;
const places = ['m0', 'm1', 'm2', 'm3'] as const;
/** Milliseconds for all to be as it was. */
const patience = 60_000;
/** Milliseconds for a shard to end its test, and its host. */
const longestEnd = 30_000;

interface Shard {
  readonly name: string;
  readonly machine: (typeof places)[number];
  readonly child: ChildProcess;
  readonly exit: Promise<unknown[]>;
}

export class Field {
  readonly mark: string;
  readonly folder: string = mkdtempSync(join(tmpdir(), 'f-'));
  readonly #ttl: number;
  readonly #journal: string = join(this.folder, 'journal');
  readonly #writer = new Writer(this.#journal);
  readonly #reader = new Reader(this.#journal);
  readonly #network = switchedMachines([...servers, ...places, 'observer']);
  readonly #nodes = new Map<string, ChildProcess>();
  readonly #shards = new Map<string, Shard>();
  readonly #observer: ChildProcess;
  readonly #env: NodeJS.ProcessEnv;
  #numbers = 0;

  constructor(ttl: number) {
    this.#ttl = ttl;
    this.mark = basename(this.folder);
    const urls = servers.map((name) => `nats://${this.#machine(name).address}:4222`).join(',');
    // As the mark of all processes: no other run has it.
    this.#env = { ...process.env, CARPOOL_RUN: this.mark, CARPOOL_ADDRESS: undefined, SERVERS: urls, NO_COLOR: '1' };
    for (const name of places) {
      mkdirSync(join(this.folder, name, 't'), { recursive: true });
      writeFileSync(
        join(this.folder, name, 'carpool.config.mjs'),
        `import { nats } from ${JSON.stringify(engine)};
export default { reach: nats(process.env.SERVERS, { ttl: ${ttl}, connectTimeout: 30_000 }) };
`,
      );
    }
    this.#observer = this.#spawn('observer', [process.execPath, join(import.meta.dirname, 'observer.ts')], {}, 'ipc');
  }

  get lines(): readonly Line[] {
    return this.#reader.read();
  }

  async start(): Promise<void> {
    for (const name of servers) this.#startNode(name);
    await this.#until('the servers are a cluster', async () => (await this.#look()).problem === undefined);
    for (const name of [...places, ...places]) this.#startShard(name);
    await this.#recover();
  }

  async inflict(planned: Planned): Promise<void> {
    const one = <T>(all: readonly T[]): T => all[Math.floor(planned.victim * all.length)] as T;
    const { how, restart, lasts } = planned;
    const cut = lasts * this.#ttl;
    const { leader = '' } = await this.#look();
    const shard = one([...this.#shards.values()]);
    switch (how) {
      case 'shard':
        await this.#kill(how, [shard]);
        break;
      case 'host':
        await this.#killHost(shard);
        break;
      case 'machine':
        await this.#kill(how, this.#on(shard.machine));
        break;
      case 'cut':
        await this.#cutMachine(shard, cut);
        break;
      case 'node':
      case 'leader': {
        const name = how === 'leader' ? leader : one(servers.filter((other) => other !== leader));
        this.#fault({ how });
        await this.#killNode(name);
        await pause(restart);
        this.#startNode(name);
        break;
      }
      case 'cut node': {
        const { plug } = this.#machine(one(servers));
        this.#fault({ how });
        plug('down');
        await pause(cut);
        plug('up');
        break;
      }
    }
    await this.#recover();
  }

  /** All end in order. @returns what is left of them */
  async end(): Promise<string[]> {
    const codes = await Promise.all(
      [...this.#shards.values()].map(async ({ name, child, exit }) => {
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), longestEnd);
        const [code] = await exit;
        clearTimeout(late);
        return code === 0 ? [] : [`${name} has ended with ${String(code)}`];
      }),
    );
    this.#shards.clear();
    const { streams, problem } = await this.#look();
    const files = places.flatMap((name) => readdirSync(join(this.folder, name, 't')).map((file) => `${name}: ${file}`));
    return [...codes.flat(), ...streams, ...(problem === undefined ? [] : [problem]), ...files];
  }

  /** Whatever is still there. */
  async close(): Promise<void> {
    for (const { child } of this.#shards.values()) child.kill('SIGKILL');
    await Promise.all([...this.#shards.values()].map(({ exit }) => exit));
    await Promise.all([...this.#nodes.keys()].map((name) => this.#killNode(name)));
    const exit = once(this.#observer, 'exit');
    this.#observer.disconnect();
    await exit;
    this.#network.close();
    this.#writer.close();
    this.#reader.close();
  }

  /** With the journal: of a test that has failed it stays. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #machine(name: string): SwitchedMachine {
    return this.#network.machines[name as (typeof servers)[number]];
  }

  #spawn(machine: string, words: readonly string[], env: NodeJS.ProcessEnv, ipc: 'ipc' | 'ignore'): ChildProcess {
    const [command = '', ...args] = [...this.#machine(machine).exec, ...words];
    return spawn(command, args, { env: { ...this.#env, ...env }, stdio: ['ignore', 'ignore', 'inherit', ipc] });
  }

  #startNode(name: string): void {
    const { address } = this.#machine(name);
    const routes = servers.map((other) => `nats://${this.#machine(other).address}:6222`).join(', ');
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'nats.conf'),
      `server_name: ${name}
listen: "${address}:4222"
jetstream { store_dir: "${folder}/jetstream", max_mem: 64M, max_file: 64M }
cluster { name: c, listen: "${address}:6222", routes: [${routes}] }
`,
    );
    const words = [binary ?? '', '-c', join(folder, 'nats.conf'), '-l', join(folder, 'log')];
    this.#nodes.set(name, this.#spawn(name, words, {}, 'ignore'));
  }

  async #killNode(name: string): Promise<void> {
    const child = this.#nodes.get(name);
    if (child === undefined) throw new Error(`no server is named ${JSON.stringify(name)}`);
    this.#nodes.delete(name);
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  #startShard(machine: (typeof places)[number]): void {
    const name = `${machine}.${++this.#numbers}`;
    const folder = join(this.folder, machine);
    const env = { FOLDER: folder, TMPDIR: join(folder, 't'), JOURNAL: this.#journal, SHARD: name, MACHINE: machine };
    const child = this.#spawn(machine, [process.execPath, join(import.meta.dirname, 'shard.ts')], env, 'ignore');
    this.#shards.set(name, { name, machine, child, exit: once(child, 'exit') });
  }

  #on(machine: string): Shard[] {
    return [...this.#shards.values()].filter((shard) => shard.machine === machine);
  }

  /** Its lease, which it keeps until `stop` is called. */
  async #keeping({ name }: Shard): Promise<{ held: Held; stop: () => void }> {
    const file = `${this.#journal}.${name}`;
    const from = this.lines.length;
    writeFileSync(file, '');
    let held: Held | undefined;
    await this.#until(`${name} holds a lock`, () => {
      const holds = this.lines
        .slice(from)
        .filter((line): line is Held => line.event === 'holds' && line.shard === name);
      held = holds.find(({ kept }) => kept);
      return held !== undefined;
    });
    if (held === undefined) throw new Error('it holds nothing');
    return { held, stop: () => rmSync(file) };
  }

  #fault(fault: Pick<Fault, 'how' | 'shards' | 'hold'>): void {
    this.#writer.write({ event: 'fault', ...fault });
  }

  /** The host of a shard, and its end, are written down by the shard. */
  #hostOf({ name }: Shard): number {
    const line = this.lines.find((one) => one.event === 'starts' && one.shard === name);
    if (line?.event !== 'starts') throw new Error(`${name} has not started`);
    return line.host;
  }

  async #kill(how: 'shard' | 'machine', shards: readonly Shard[]): Promise<void> {
    const { held, stop } = await this.#keeping(shards[0] as Shard);
    const hosts = how === 'machine' ? shards.map((shard) => this.#hostOf(shard)) : [];
    this.#fault({ how, shards: shards.map(({ name }) => name), hold: held.hold });
    for (const { child } of shards) child.kill('SIGKILL');
    for (const pid of hosts) process.kill(pid, 'SIGKILL');
    await this.#replace(shards);
    stop();
  }

  async #replace(shards: readonly Shard[]): Promise<void> {
    for (const { name, machine, exit } of shards) {
      await exit;
      this.#shards.delete(name);
      this.#startShard(machine);
    }
  }

  async #killHost(shard: Shard): Promise<void> {
    const { held, stop } = await this.#keeping(shard);
    this.#fault({ how: 'host', shards: [shard.name], hold: held.hold });
    process.kill(this.#hostOf(shard), 'SIGKILL');
    await this.#replace([shard]);
    stop();
  }

  async #cutMachine(shard: Shard, time: number): Promise<void> {
    const { held, stop } = await this.#keeping(shard);
    const { plug } = this.#machine(shard.machine);
    this.#fault({ how: 'cut', shards: this.#on(shard.machine).map(({ name }) => name), hold: held.hold });
    plug('down');
    await pause(time);
    plug('up');
    stop();
  }

  /** No further server is lost before the others have all that it had: else writes that were acknowledged are. */
  async #recover(): Promise<void> {
    await this.#until('all replicas are current', async () => (await this.#look()).current);
    const from = this.lines.length;
    await this.#until('each shard passes a test', () => {
      const lines = this.lines.slice(from);
      const begun = new Set<string>();
      const passed = new Set<string>();
      for (const line of lines) {
        if (line.event === 'begins') begun.add(line.shard);
        if (line.event === 'passes' && begun.has(line.shard)) passed.add(line.shard);
      }
      return [...this.#shards.keys()].every((name) => passed.has(name));
    });
    const at = this.lines.findLastIndex(({ event }) => event === 'fault');
    const fault = this.lines[at];
    const held =
      fault?.event === 'fault' && this.lines.find((line) => line.event === 'holds' && line.hold === fault.hold);
    if (held !== undefined && held !== false && held.event === 'holds')
      await this.#until(`${held.what.join()} is held again`, () =>
        this.lines.slice(at).some((line) => line.event === 'holds' && line.what[0] === held.what[0] && line !== held),
      );
    this.#writer.write({ event: 'well' });
  }

  async #look(): Promise<Seen> {
    const answer = once(this.#observer, 'message') as Promise<[Seen]>;
    this.#observer.send('look');
    return (await answer)[0];
  }

  async #until(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + patience;
    while (!(await is())) {
      if (performance.now() > deadline)
        throw new Error(`${what}: not so after ${patience / 1_000} s; see ${this.#journal}`);
      await pause(50);
    }
  }
}

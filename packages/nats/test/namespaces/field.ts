/**
 * Three servers and four machines, a network namespace for each of the seven, and what happens to them. On each machine two
 * shards with a host each, and one host that offers its pool to all.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { switchedMachines, type SwitchedMachine } from '@carpool/test-harness/switched-machines';
import { Reader, Writer, type Fault, type Line } from './journal.ts';
import { Nodes, servers, type Spawn } from './nodes.ts';
import { Offering } from './offering.ts';
import type { Planned } from './schedule.ts';
import { Shards, type Shard } from './shards.ts';
import { patience, until } from './waiting.ts';

const engine = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const child = fileURLToPath(new URL('child.ts', import.meta.url));
const places = ['m0', 'm1', 'm2', 'm3'] as const;
/** What stays of the host of a machine: its log, and why it was ended. */
const logs = /: carpool-\d+-machine-[^/]+(?:\/log(?:\.ended)?)?$/;
/** Of the hosts that offer: less than one for each shard on other machines, so that these fill them all. */
const slots = { m0: 2, m1: 2, m2: 1, m3: 1 } as const;

export class Field {
  readonly mark: string;
  readonly folder: string = mkdtempSync(join(tmpdir(), 'f-'));
  readonly #ttl: number;
  readonly #journal: string = join(this.folder, 'journal');
  readonly #writer = new Writer(this.#journal);
  readonly #reader = new Reader(this.#journal);
  readonly #network = switchedMachines([...servers, ...places, 'observer']);
  readonly #env: NodeJS.ProcessEnv;
  readonly #nodes: Nodes;
  readonly #shards: Shards;
  /** What is wrong with ends so far. */
  readonly #wrong: string[] = [];
  /** On each machine. */
  readonly #offering = new Map<string, Offering>();

  constructor(ttl: number) {
    this.#ttl = ttl;
    this.mark = basename(this.folder);
    const address = (name: string): string => this.#machine(name).address;
    const urls = servers.map((name) => `nats://${address(name)}:4222`).join(',');
    // As the mark of all processes: no other run has it.
    this.#env = { ...process.env, CARPOOL_RUN: this.mark, CARPOOL_ADDRESS: undefined, SERVERS: urls, NO_COLOR: '1' };
    const spawning: Spawn = (machine, words, options) => {
      const [command = '', ...args] = [...this.#machine(machine).exec, ...words];
      return spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env: this.#env, ...options });
    };
    for (const machine of places) {
      const cwd = join(this.folder, machine);
      mkdirSync(join(cwd, 't'), { recursive: true });
      mkdirSync(join(cwd, '.git'));
      writeFileSync(join(cwd, 'carpool.config.mjs'), configOf(ttl));
      const env = { ...this.#envOf(machine), SLOTS: String(slots[machine]) };
      const place = `${address(machine)}:7000`;
      const own = { machine, place, slots: slots[machine], cwd, env };
      this.#offering.set(machine, new Offering({ ...own, spawn: spawning, journal: this.#writer }));
    }
    this.#shards = new Shards({
      journal: this.#journal,
      lines: () => this.lines,
      // A host of its own has one: what more a test wants is elsewhere.
      env: (machine) => ({ ...this.#envOf(machine), SLOTS: '1' }),
      spawn: spawning,
    });
    this.#nodes = new Nodes({ folder: this.folder, address, spawn: spawning });
  }

  get lines(): readonly Line[] {
    return this.#reader.read();
  }

  async start(): Promise<void> {
    for (const name of servers) this.#nodes.start(name);
    await until('the servers are a cluster', async () => (await this.#nodes.look('cluster')).problem === undefined);
    // Not all processes at once, of which each is to be ready in time.
    await Promise.all([...this.#offering.values()].map((host) => host.start()));
    for (const name of [...places, ...places]) this.#shards.start(name);
    await this.#recover();
  }

  async inflict(planned: Planned): Promise<void> {
    const one = <T>(all: readonly T[]): T => all[Math.floor(planned.victim * all.length)] as T;
    const { how, restart, lasts } = planned;
    const cut = lasts * this.#ttl;
    const { leader = '' } = await this.#nodes.look('cluster');
    const shard = one(this.#shards.all);
    switch (how) {
      case 'shard':
      case 'host':
        await this.#kill(how, shard);
        break;
      case 'offering host':
        await this.#endOffering(shard.machine, planned.orderly);
        break;
      case 'machine':
        await this.#killMachine(shard);
        break;
      case 'cut':
        await this.#cutMachine(shard, cut);
        break;
      case 'node':
      case 'leader': {
        const name = how === 'leader' ? leader : one(servers.filter((other) => other !== leader));
        this.#fault({ how });
        await this.#nodes.kill(name);
        await pause(restart);
        this.#nodes.start(name);
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
    const ends = await this.#shards.end();
    const hosts = [...this.#offering.values()];
    const left = await Promise.all(hosts.map((host) => host.rest()));
    const offered = await Promise.all(hosts.map((host) => host.stop()));
    const { streams, problem } = await this.#nodes.look('cluster');
    const heard = await this.#nodes.look('heard');
    const files = places.flatMap((name) =>
      readdirSync(join(this.folder, name, 't'), { recursive: true }).map((file) => `${name}: ${String(file)}`),
    );
    const problems = problem === undefined ? [] : [problem];
    return [
      ...this.#wrong,
      ...ends,
      ...left.flat(),
      ...offered.flat(),
      ...streams,
      ...heard,
      ...problems,
      ...files.filter((file) => !logs.test(file)),
    ];
  }

  /** Whatever is still there. */
  async close(): Promise<void> {
    await this.#shards.kill();
    await Promise.all([...this.#offering.values()].map((host) => host.kill()));
    await this.#nodes.close();
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

  #envOf(machine: string): NodeJS.ProcessEnv {
    const folder = join(this.folder, machine);
    return { ...this.#env, FOLDER: folder, TMPDIR: join(folder, 't'), JOURNAL: this.#journal, MACHINE: machine };
  }

  #fault(fault: Omit<Fault, 'at' | 'event'>): void {
    this.#writer.write({ event: 'fault', ...fault });
  }

  async #kill(how: 'shard' | 'host', shard: Shard): Promise<void> {
    const lock = await this.#shards.keepLock(shard);
    const pid = how === 'host' ? this.#shards.hostOf(shard) : (shard.child.pid ?? 0);
    this.#fault({ how, shards: [shard.name], hold: lock.name });
    process.kill(pid, 'SIGKILL');
    await this.#shards.replace([shard]);
    lock.stop();
  }

  async #killMachine(shard: Shard): Promise<void> {
    const { machine } = shard;
    const shards = this.#shards.on(machine);
    const { stop, names } = await this.#keepOn(shard);
    const hosts = shards.map((one) => this.#shards.hostOf(one));
    this.#fault({ how: 'machine', shards: shards.map(({ name }) => name), machine, ...names });
    for (const one of shards) one.child.kill('SIGKILL');
    for (const pid of hosts) process.kill(pid, 'SIGKILL');
    const offering = this.#offering.get(machine);
    await offering?.kill();
    await Promise.all([this.#shards.replace(shards), offering?.start()]);
    stop();
  }

  async #endOffering(machine: string, orderly: boolean): Promise<void> {
    const session = await this.#shards.keepSessionOn(machine);
    this.#fault({ how: 'offering host', machine, session: session.name });
    const offering = this.#offering.get(machine);
    if (orderly) this.#wrong.push(...((await offering?.stop()) ?? []));
    else await offering?.kill();
    await offering?.start();
    session.stop();
  }

  async #cutMachine(shard: Shard, lasts: number): Promise<void> {
    const { machine } = shard;
    const { stop, names } = await this.#keepOn(shard);
    const { plug } = this.#machine(machine);
    this.#fault({ how: 'cut', shards: this.#shards.on(machine).map(({ name }) => name), machine, lasts, ...names });
    plug('down');
    await pause(lasts);
    plug('up');
    stop();
  }

  /** A lease of that shard, and a session there of another machine. */
  async #keepOn(shard: Shard): Promise<{ names: { hold: string; session: string }; stop: () => void }> {
    // In this order: a shard that waits for the lock would come to no session.
    const session = await this.#shards.keepSessionOn(shard.machine);
    const lock = await this.#shards.keepLock(shard);
    const stop = (): void => {
      lock.stop();
      session.stop();
    };
    return { names: { hold: lock.name, session: session.name }, stop };
  }

  /** No further server is lost before the others have all that it had: else writes that were acknowledged are. */
  async #recover(): Promise<void> {
    await until('all replicas are current', async () => (await this.#nodes.look('cluster')).current);
    const from = this.lines.length;
    await until('each shard passes a test', () => {
      const lines = this.lines.slice(from);
      const begun = new Set<string>();
      const passed = new Set<string>();
      for (const line of lines) {
        if (line.event === 'begins') begun.add(line.shard);
        if (line.event === 'passes' && begun.has(line.shard)) passed.add(line.shard);
      }
      return this.#shards.all.every(({ name }) => passed.has(name));
    });
    const at = this.lines.findLastIndex(({ event }) => event === 'fault');
    const fault = this.lines[at];
    const held =
      fault?.event === 'fault' && this.lines.find((line) => line.event === 'holds' && line.hold === fault.hold);
    if (held !== undefined && held !== false && held.event === 'holds')
      await until(`${held.what.join()} is held again`, () =>
        this.lines.slice(at).some((line) => line.event === 'holds' && line.what[0] === held.what[0] && line !== held),
      );
    this.#writer.write({ event: 'well' });
  }
}

function configOf(ttl: number): string {
  const echo = {
    command: process.execPath,
    args: [child],
    codec: 'json-lines',
    // Longer than any fault, so that none of these ends a session.
    requestTimeout: patience,
    registerTimeout: patience,
    protocol: {
      hello: { send: { type: 'settings' }, expect: { type: 'hello' } },
      close: { send: { type: 'reset' }, expect: { type: 'closed' } },
    },
  };
  return `import { nats } from ${JSON.stringify(engine)};
const slots = Number(process.env.SLOTS);
export default {
  reach: nats(process.env.SERVERS, { ttl: ${ttl}, connectTimeout: 30_000 }),
  pools: { echo: { ...${JSON.stringify(echo)}, children: slots, maxSessions: slots } },
};
`;
}

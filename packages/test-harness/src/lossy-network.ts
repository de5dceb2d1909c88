/** Two machines, as network namespaces, with a network between them that takes time and loses packets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ip, machine, namespace, noNamespaces, type TwoMachines } from './namespaces.ts';
import { python } from './programs.ts';

/** Why there is none here, for the title of a test; undefined: there is. */
export function noLossyNetwork(): string | undefined {
  if (python.path === undefined) return 'there is no python3 on PATH, which passes the packets on';
  if (!existsSync('/dev/net/tun')) return 'there is no /dev/net/tun';
  return noNamespaces();
}

export interface Conditions {
  /** Milliseconds that a packet takes, each way. */
  readonly delay?: number;
  /** Of the packets, 0 to 1: 1 is a partition. */
  readonly loss?: number;
}

/** Packets until now. */
export interface Packets {
  readonly passed: number;
  readonly lost: number;
}

export interface LossyNetwork extends TwoMachines {
  /** From now on. Resolves when it is so. */
  set(conditions: Conditions): Promise<Packets>;
}

let made = 0;

/** @param seed of what is lost */
export async function lossyNetwork(seed: number): Promise<LossyNetwork> {
  const number = ++made;
  const [a, b] = ['a', 'b'].map((end) => `cp${process.pid}-${number}${end}`) as [string, string];
  const program = join(import.meta.dirname, 'lossy-network.py');
  const relay = spawn(String(python.path), [program, a, b, String(seed)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: relay.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Packets> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the network has ended');
    return JSON.parse(String(value)) as Packets;
  };
  await answer();
  for (const name of [a, b]) {
    namespace(name);
    // The relay keeps its end.
    ip('link', 'set', name, 'netns', name);
  }
  return {
    host: machine(a, { device: a, address: '10.213.8.1' }),
    runner: machine(b, { device: b, address: '10.213.8.2' }),
    async set({ delay, loss }) {
      relay.stdin.write(`${JSON.stringify({ delay: delay === undefined ? undefined : delay / 1_000, loss })}\n`);
      return await answer();
    },
    async close() {
      const ended = once(relay, 'exit');
      relay.stdin.end();
      await ended;
      for (const name of [a, b]) ip('netns', 'del', name);
    },
  };
}

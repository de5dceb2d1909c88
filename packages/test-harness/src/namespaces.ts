/** Two machines: network namespaces with a cable between them. Only root on Linux may make them. */
import { execFileSync, spawnSync } from 'node:child_process';

function works(words: readonly string[]): boolean {
  return spawnSync('ip', [...words]).status === 0;
}

/** Why there are none here, for the title of a test; undefined: there are. */
export function noNamespaces(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has network namespaces';
  const probe = `cp-probe-${process.pid}`;
  if (!works(['netns', 'add', probe])) return '`ip netns add` does not work here: it takes root, and iproute2';
  const cable = works(['-n', probe, 'link', 'add', 'dev', 'cable', 'type', 'veth', 'peer', 'name', 'other']);
  works(['netns', 'del', probe]);
  return cable ? undefined : 'this system has no virtual cables (veth)';
}

export interface Machine {
  readonly address: string;
  /** The words that run a command there. */
  readonly exec: readonly string[];
  /** The end of its cable. */
  cable(state: 'up' | 'down'): void;
}

export interface TwoMachines {
  readonly host: Machine;
  readonly runner: Machine;
  /** With it goes the network of what still runs there. */
  close(): void | Promise<void>;
}

let made = 0;

/** @throws if the system refuses it */
export function ip(...words: string[]): void {
  execFileSync('ip', words);
}

/** A network of its own, in which nothing is. */
export function namespace(name: string): void {
  ip('netns', 'add', name);
  ip('-n', name, 'link', 'set', 'lo', 'up');
}

/** @param name of its namespace, in which the device is */
export function machine(
  name: string,
  { device, address }: { readonly device: string; readonly address: string },
): Machine {
  ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', device);
  const cable = (state: 'up' | 'down'): void => ip('-n', name, 'link', 'set', device, state);
  cable('up');
  return { address, exec: ['ip', 'netns', 'exec', name], cable };
}

export function twoMachines(): TwoMachines {
  const number = ++made;
  const a = `cp-${process.pid}-${number}a`;
  const b = `cp-${process.pid}-${number}b`;
  for (const name of [a, b]) namespace(name);
  const device = 'cable';
  ip('-n', a, 'link', 'add', 'dev', device, 'type', 'veth', 'peer', 'name', device, 'netns', b);
  return {
    host: machine(a, { device, address: '10.213.7.1' }),
    runner: machine(b, { device, address: '10.213.7.2' }),
    close: () => {
      for (const name of [a, b]) ip('netns', 'del', name);
    },
  };
}

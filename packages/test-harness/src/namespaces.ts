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
  close(): void;
}

let made = 0;

export function twoMachines(): TwoMachines {
  const ip = (...words: string[]): void => void execFileSync('ip', words);
  const number = ++made;
  const a = `cp-${process.pid}-${number}a`;
  const b = `cp-${process.pid}-${number}b`;
  for (const name of [a, b]) ip('netns', 'add', name);
  ip('-n', a, 'link', 'add', 'dev', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', b);
  const machine = (name: string, last: number): Machine => {
    const address = `10.213.7.${last}`;
    ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'cable');
    for (const device of ['lo', 'cable']) ip('-n', name, 'link', 'set', device, 'up');
    return {
      address,
      exec: ['ip', 'netns', 'exec', name],
      cable: (state) => ip('-n', name, 'link', 'set', 'cable', state),
    };
  };
  return {
    host: machine(a, 1),
    runner: machine(b, 2),
    close: () => {
      for (const name of [a, b]) ip('netns', 'del', name);
    },
  };
}

/** Any number of machines: network namespaces with a cable each to one switch. Only root on Linux may make them. */
import { spawnSync } from 'node:child_process';
import { ip, machine, namespace, noNamespaces, type Machine } from './namespaces.ts';

/** Why there are none here, for the title of a test; undefined: there are. */
export function noSwitchedMachines(): string | undefined {
  const reason = noNamespaces();
  if (reason !== undefined) return reason;
  const probe = `cp-bridge-${process.pid}`;
  namespace(probe);
  try {
    const { status } = spawnSync('ip', ['-n', probe, 'link', 'add', 'switch', 'type', 'bridge']);
    return status === 0 ? undefined : 'this system has no virtual switches (bridge)';
  } finally {
    ip('netns', 'del', probe);
  }
}

export interface SwitchedMachine extends Machine {
  readonly name: string;
  /** Its plug in the switch: what is sent while it is out is lost, and nobody is told. */
  plug(state: 'up' | 'down'): void;
}

export interface SwitchedMachines<Name extends string> {
  readonly machines: Readonly<Record<Name, SwitchedMachine>>;
  /** With it goes the network of what still runs there. */
  close(): void;
}

let made = 0;

/** @param names short ones: devices are named after them @throws if the system refuses it */
export function switchedMachines<Name extends string>(names: readonly Name[]): SwitchedMachines<Name> {
  const prefix = `cp-${process.pid}-s${++made}`;
  const middle = `${prefix}-switch`;
  const namespaces = [middle];
  const close = (): void => {
    for (const name of namespaces.splice(0)) ip('netns', 'del', name);
  };
  try {
    namespace(middle);
    ip('-n', middle, 'link', 'add', 'switch', 'type', 'bridge');
    ip('-n', middle, 'link', 'set', 'switch', 'up');
    const all = names.map((name, number): [Name, SwitchedMachine] => {
      const there = `${prefix}-${name}`;
      namespace(there);
      namespaces.push(there);
      ip('-n', there, 'link', 'add', 'dev', 'cable', 'type', 'veth', 'peer', 'name', name, 'netns', middle);
      ip('-n', middle, 'link', 'set', name, 'master', 'switch');
      const plug = (state: 'up' | 'down'): void => ip('-n', middle, 'link', 'set', name, state);
      plug('up');
      return [name, { name, plug, ...machine(there, { device: 'cable', address: `10.213.9.${number + 1}` }) }];
    });
    return { machines: Object.fromEntries(all) as Record<Name, SwitchedMachine>, close };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

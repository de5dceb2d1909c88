/** A port for a server that Carpool starts: free on all addresses, and reserved while the server lives. */
import { randomInt } from 'node:crypto';
import { isFree } from './port-check.ts';

/** Below what systems give to connections (32,768 on Linux, 49,152 elsewhere), above what programs are known for. */
export const lowestPort = 10_000;
export const highestPort = 32_767;
/** Ports that are tried before it is given up. */
const attempts = 1_000;

/** Where ports are reserved, so that nothing else of the same run takes them. */
export interface PortSpace {
  /** False: another has it. */
  reserve(port: number): boolean;
  release(port: number): void;
}

/** Of this process alone, where there is no host. */
const own = new Set<number>();
export const ownPorts: PortSpace = {
  reserve: (port) => !own.has(port) && own.add(port).has(port),
  release: (port) => void own.delete(port),
};

/** Reserves one; `space.release` gives it back. @throws Error if none is found */
export async function takePort(space: PortSpace = ownPorts): Promise<number> {
  // Different hosts begin at different ports, so that they are seldom in each other's way.
  let port = randomInt(lowestPort, highestPort + 1);
  for (let attempt = 0; attempt < attempts; attempt++) {
    port = port < highestPort ? port + 1 : lowestPort;
    if (!space.reserve(port)) continue;
    if (await isFree(port).catch(() => false)) return port;
    space.release(port);
  }
  throw new Error(`no free port was found for it: ${attempts} between ${lowestPort} and ${highestPort} were tried`);
}

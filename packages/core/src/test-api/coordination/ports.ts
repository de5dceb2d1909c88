/** Ports for servers under test: free on every interface, and in nobody else's hands until they are given back. */
import { CarpoolError } from '../../base/errors.ts';
import { leaseCall, type ScopeOptions } from './around.ts';
import { OwnLease, type Lease } from './lease.ts';

export interface PortOptions extends ScopeOptions {
  /** To be tried first, in this order; if none is free, it is another one. */
  readonly port?: number | readonly number[];
  /** Never these. */
  readonly exclude?: readonly number[];
  /** Free on this address of the machine, whatever the others are. Default: on all. */
  readonly host?: string;
  readonly signal?: AbortSignal;
}

export interface PortLease extends Lease {
  readonly port: number;
}

/** A port, until the end of the test, file or worker. @throws CarpoolError LEASE_TAKEN if none is free */
export function getPort(options: PortOptions = {}): Promise<number> {
  return portFrom(getPort, options, ({ port }) => port);
}

/** A port that can be given back before. */
export function leasePort(options: PortOptions = {}): Promise<PortLease> {
  return portFrom(leasePort, options, (lease) => lease);
}

class OwnPort extends OwnLease implements PortLease {
  readonly port: number;

  constructor(port: number, lease: ConstructorParameters<typeof OwnLease>[1]) {
    super(`port ${port}`, lease);
    this.port = port;
  }
}

function portFrom<T>(
  above: (...args: never[]) => unknown,
  options: PortOptions,
  as: (lease: PortLease) => T,
): Promise<T> {
  return leaseCall(above, options, async (leases, caller) => {
    const { port: wanted = [], exclude = [], host, signal } = options;
    const preferred = typeof wanted === 'number' ? [wanted] : wanted;
    for (const port of preferred) checkPort(port);
    const found = await leases.port({ preferred, exclude, host, signal }, caller);
    return as(new OwnPort(found.port, found.lease));
  });
}

function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  const text = `Cannot lease port ${String(port)}: a port is a whole number from 1 to 65535`;
  throw new CarpoolError('LEASE_INVALID', text, { context: { port } });
}

/** Ports for servers under test: free on every interface, and leased to no other test until they are released. */
import { CarpoolError } from '../../base/errors.ts';
import { leaseOptionNames, makeCall, scopesOf, type Above, type LeaseScope, type SharedScope } from './lease-call.ts';
import type { HeldLease } from '../../client/held-lease.ts';
import { OwnLease, type Lease } from './lease.ts';

/** The options of `getPort` and `leasePort`. */
export interface PortOptions {
  /**
   * The owner whose end releases it, as in the other calls; or `machine`: until the end of the test, or else of the file, no
   * test of another run on this machine gets it either. Default: as in the other calls, for this run, which `run` says, too.
   */
  readonly scope?: LeaseScope | Exclude<SharedScope, 'reach'>;
  /** Tried first, in this order; if none of them is free, it is another port. */
  readonly port?: number | readonly number[];
  /** Never taken. */
  readonly exclude?: readonly number[];
  /** The address of this machine on which it must be free. Default: all of them. */
  readonly host?: string;
  /** Aborts the search; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A port that no other test of the run gets until it is released. */
export interface PortLease extends Lease {
  /** The number of the port. */
  readonly port: number;
}

/**
 * A free port, leased until the end of the test, file or worker.
 * @throws CarpoolError LEASE_TAKEN if none is free, LEASE_INVALID, HUB_LOST
 * @example server.listen(await getPort());
 */
export function getPort(options: PortOptions = {}): Promise<number> {
  return takePort(getPort, options, ({ port }) => port);
}

/** As `getPort`, but returns the lease, which can be released earlier. @throws CarpoolError as `getPort` */
export function leasePort(options: PortOptions = {}): Promise<PortLease> {
  return takePort(leasePort, options, (lease) => lease);
}

class OwnPort extends OwnLease implements PortLease {
  readonly port: number;

  constructor(port: number, lease: HeldLease) {
    super(`port ${port}`, lease);
    this.port = port;
  }
}

const names = leaseOptionNames('port', 'exclude', 'host', 'signal');

function takePort<T>(above: Above, options: PortOptions, as: (lease: PortLease) => T): Promise<T> {
  const { port: wanted = [], exclude = [], host, scope, signal } = options;
  const preferred = typeof wanted === 'number' ? [wanted] : wanted;
  return makeCall(
    above,
    { ...scopesOf('getPort', scope), signal, given: options, names, what: () => 'a port' },
    async ({ leases, caller, fail }) => {
      try {
        for (const port of preferred) checkPort(port);
        const found = await leases.port({ preferred, exclude, host, signal }, caller);
        return as(new OwnPort(found.port, found.lease));
      } catch (thrown) {
        throw fail(thrown);
      }
    },
  );
}

function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  const text = `Cannot lease port ${String(port)}: a port is a whole number from 1 to 65535`;
  throw new CarpoolError('LEASE_INVALID', text, { context: { port } });
}

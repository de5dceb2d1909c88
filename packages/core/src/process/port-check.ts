/** Whether a port is free on this machine: on every interface, because a server may listen on any. */
import { createServer, type ListenOptions } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * True if nothing listens there.
 * @param host this address alone, instead of all
 * @throws what the system says of `host`, if it is no address of this machine
 */
export async function isFree(port: number, host?: string): Promise<boolean> {
  if (host !== undefined) return (await tryListening({ port, host })) === 'free';
  for (const address of addresses()) {
    // One after another: the checks would be in each other's way.
    const found = await tryListening({ port, host: address, ipv6Only: address.includes(':') }, true);
    if (found === 'taken') return false;
  }
  return true;
}

/** Any address, of both families, and each that the machine has. */
function addresses(): Set<string> {
  const own = Object.values(networkInterfaces()).flatMap((found = []) =>
    found.map(({ address, scopeid }) => (scopeid === undefined || scopeid === 0 ? address : undefined)),
  );
  return new Set(['::', '0.0.0.0', ...own.filter((address) => address !== undefined)]);
}

const taken: ReadonlySet<unknown> = new Set(['EADDRINUSE', 'EACCES']);
/** There is no such address, or no IPv6: a server cannot listen there either. */
const cannotTell: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'EINVAL', 'EAFNOSUPPORT']);

/** @param lenient an address that the machine does not have is no failure */
function tryListening(options: ListenOptions, lenient = false): Promise<'free' | 'taken' | 'unknown'> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (taken.has(error.code)) resolve('taken');
      else if (lenient && cannotTell.has(error.code)) resolve('unknown');
      else reject(error);
    });
    // A worker of a cluster would share the port of another one.
    server.listen({ ...options, exclusive: true }, () => server.close(() => resolve('free')));
  });
}

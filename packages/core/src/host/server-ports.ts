/** Where the servers of pools reserve their ports: where the tests of a hub do. */
import type { PortSpace } from '../process/free-port.ts';
import type { Hub } from './hub/hub.ts';

export function serverPorts({ coordination }: Pick<Hub, 'coordination'>): PortSpace {
  const { reservations } = coordination;
  const space = 'carpool.ports';
  return {
    reserve: (port) => reservations.reserve(space, [String(port)], { test: 'a server of a pool' }).length > 0,
    release: (port) => reservations.release({ space, values: [String(port)] }),
  };
}

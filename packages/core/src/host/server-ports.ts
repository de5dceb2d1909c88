/** Where the servers of pools reserve their ports: where the tests of a hub do. */
import { portSpace as space } from '../ledger/reservations.ts';
import type { PortSpace } from '../process/free-port.ts';
import type { Hub } from './hub/hub.ts';

export function serverPorts({ coordination }: Pick<Hub, 'coordination'>): PortSpace {
  const { reservations } = coordination;
  return {
    reserve: (port) => reservations.reserve(space, [String(port)], { test: 'a server of a pool' }).length > 0,
    release: (port) => reservations.release({ space, values: [String(port)] }),
  };
}

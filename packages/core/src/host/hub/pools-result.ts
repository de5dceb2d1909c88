/** What workers learn of a config: names, and what is declared in it. */
import type { PoolsResult } from '../../wire/messages.ts';
import type { PeerHub } from './peer-hub.ts';

export async function poolsResult(hub: PeerHub): Promise<PoolsResult> {
  return {
    pools: [...(await hub.pools).keys()],
    sharedWorkers: hub.sharedWorkers.names,
    ...hub.declared,
    machine: hub.runs && { pid: process.pid },
  };
}

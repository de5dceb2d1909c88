/** What a cluster says of the streams in it. */
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

export interface ClusterState {
  /** The server that leads the bucket, by its name. */
  readonly leader: string | undefined;
  /**
   * There are streams, and all three servers have all that was written to them. A bucket is in memory: where a server is
   * killed before the others are current, writes may be lost that were acknowledged.
   */
  readonly current: boolean;
  readonly streams: readonly string[];
}

/** @throws what the client says, within some seconds: there may be no leader at the moment */
export async function clusterState(servers: readonly string[]): Promise<ClusterState> {
  const connection = await connect({ servers: [...servers], timeout: 2_000, reconnect: false });
  try {
    const manager = await jetstreamManager(connection, { timeout: 2_000, checkAPI: false });
    const streams: string[] = [];
    let leader: string | undefined;
    let current = true;
    for await (const { config, cluster } of manager.streams.list()) {
      streams.push(config.name);
      if (config.name.startsWith('KV_carpool')) leader = cluster?.leader;
      const replicas = cluster?.replicas ?? [];
      const fresh = replicas.filter((one) => one.current && one.offline !== true && (one.lag ?? 0) === 0);
      current &&= cluster?.leader !== undefined && fresh.length === 2;
    }
    return { leader, current: current && streams.length > 0, streams };
  } finally {
    await connection.close();
  }
}

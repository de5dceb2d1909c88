/** Looks at the cluster from a machine of its own, for a test that is on none of them. */
import { connect, errors } from '@nats-io/transport-node';
import { clusterState, type ClusterState } from '../support/cluster-state.ts';

export interface Seen extends ClusterState {
  /** Why it could not be looked at. */
  readonly problem?: string;
}

/** What it is sent, and what it answers. */
export interface Looks {
  readonly cluster: Seen;
  /** Subjects to which anybody listens, of those where hosts hear of each other. */
  readonly heard: readonly string[];
}

const servers = String(process.env['SERVERS']).split(',');

async function cluster(): Promise<Seen> {
  return await clusterState(servers).catch((thrown: unknown) => ({
    leader: undefined,
    current: false,
    streams: [],
    problem: String(thrown),
  }));
}

/** The server says at once that nobody gets a request. Those who do pass over it, and say nothing. */
async function heard(): Promise<readonly string[]> {
  const connection = await connect({ servers, timeout: 2_000, reconnect: false });
  const all = ['carpool.hosts', 'carpool.hosts.asks'].map(async (subject) => {
    const thrown: unknown = await connection
      .request(subject, '{}', { timeout: 1_000 })
      .catch((error: unknown) => error);
    return thrown instanceof errors.RequestError && thrown.isNoResponders() ? [] : [subject];
  });
  const found = (await Promise.all(all)).flat();
  await connection.close();
  return found;
}

process.on('message', (what: keyof Looks) => {
  void (what === 'heard' ? heard() : cluster()).then((seen) => process.send?.(seen));
});
process.on('disconnect', () => process.exit());

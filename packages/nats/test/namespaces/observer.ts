/** Looks at the cluster from a machine of its own, for a test that is on none of them. */
import { clusterState, type ClusterState } from '../support/cluster-state.ts';

export interface Seen extends ClusterState {
  /** Why it could not be looked at. */
  readonly problem?: string;
}

const servers = String(process.env['SERVERS']).split(',');

process.on('message', () => {
  clusterState(servers).then(
    (seen: Seen) => process.send?.(seen),
    (thrown: unknown) => {
      const problem = String(thrown);
      process.send?.({ leader: undefined, current: false, streams: [], problem } satisfies Seen);
    },
  );
});
process.on('disconnect', () => process.exit());

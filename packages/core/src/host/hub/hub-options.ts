/** What a hub is made with. */
import type { Clock } from '../../base/clock.ts';
import type { HolderRun } from '../../base/holder-label.ts';
import type { Timeline } from '../../base/timeline.ts';
import type { OnceValue } from '../../ledger/once-values.ts';
import type { Reservations } from '../../ledger/reservations.ts';
import type { Passing } from '../../session/passing.ts';
import type { RunInfoResult } from '../../wire/machine-messages.ts';
import type { SharedWorkers } from '../shared-workers/shared-workers.ts';
import type { PeerRunInfo } from './holder-names.ts';
import type { HubPool } from './hub-pool.ts';
import type { HubLimits } from './limits.ts';
import type { HostedRuns } from './peer-run.ts';

export interface HubOptions {
  readonly token: string;
  /** The pools by name, as soon as they are known. A rejection is what every `register` then fails with. */
  readonly pools: Promise<ReadonlyMap<string, HubPool>>;
  /** Default: a hub that has none, and says so. */
  readonly sharedWorkers?: SharedWorkers | undefined;
  /** A private folder, which its owner removes after `close`. Absent: values of `once` are kept in memory alone. */
  readonly folder?: string | undefined;
  /** Runs the module that cleans up after a value of `once`. Does not reject. */
  readonly cleanUp?: ((name: string, value: OnceValue) => Promise<void>) | undefined;
  /** The run that it serves, on a host that serves several. */
  readonly run?: HolderRun | undefined;
  /** Which run it serves, for its workers. Called once for each that asks. Default: none. */
  readonly runInfo?: (() => Promise<RunInfoResult>) | undefined;
  /** A machine's hub: a process of a run has come, and whether a run that has come goes on. */
  readonly runSeen?: ((run: PeerRunInfo) => void) | undefined;
  readonly runLives?: ((run: string) => boolean) | undefined;
  /** Where ports are reserved. Default: in this hub alone. */
  readonly sharedPorts?: Reservations | undefined;
  /** What opens runs: a machine's hub. */
  readonly runs?: HostedRuns | undefined;
  /** "vitest", "jest", "playwright", …: of the run that it serves, for `carpool ps`. */
  readonly runner?: string | undefined;
  /** Ends the host, where it serves this hub alone. */
  readonly stop?: (() => void) | undefined;
  /** Takes the leases of a run that are over. Default: nothing keeps them. @param run its id, where the host serves several */
  readonly timelineOf?: ((run: string | undefined) => Timeline | undefined) | undefined;
  /** Tells what looks at it each message of its pools. Default: it shows none. */
  readonly passing?: Passing | undefined;
  /** The number of its workers has changed. */
  readonly peersChanged?: (() => void) | undefined;
  readonly clock?: Clock | undefined;
  readonly limits?: Partial<HubLimits> | undefined;
}

/** What a peer needs of its hub. */
import type { Clock } from '../../base/clock.ts';
import type { HolderRun } from '../../base/holder-label.ts';
import type { Timeline } from '../../base/timeline.ts';
import type { Coordination } from '../../ledger/coordination.ts';
import type { PoolStatus, ShowsSession } from '../../pool/status.ts';
import type { PoolStats } from '../../pool/types.ts';
import type { Passing } from '../../session/passing.ts';
import type { BusyPoll } from '../../transport/busy-poll.ts';
import type { RunInfoResult } from '../../wire/machine-messages.ts';
import type { GreetRequest, PoolsResult } from '../../wire/messages.ts';
import type { StatusRequest, StatusResult } from '../../wire/status.ts';
import type { SharedWorkers } from '../shared-workers/shared-workers.ts';
import type { HubPool } from './hub-pool.ts';
import type { HubLimits } from './limits.ts';
import type { HostedRuns } from './peer-run.ts';
import type { RemoteAccess } from './remote-access.ts';
import type { SessionTokens } from './session-tokens.ts';
import type { SharedReach } from './shared-reach.ts';
import type { ValueFiles } from './value-files.ts';

/** A test process; one to which a test has handed its session; one that only looks. */
export type PeerKind = 'worker' | 'joined process' | 'observer';

/** What of a config workers know, beside names. */
export type Declared = Pick<PoolsResult, 'locks' | 'redact'>;

export interface Holding {
  /** That are open, or on their way. */
  readonly sessions: number;
  /** Of those and of others: calls that have no answer so far, and sessions of which the end of an owner will tell something. */
  readonly untold: number;
}

export interface PeerHub {
  readonly clock: Clock;
  readonly limits: HubLimits;
  readonly pools: Promise<ReadonlyMap<string, HubPool>>;
  readonly sharedWorkers: SharedWorkers;
  readonly declared: Declared;
  readonly coordination: Coordination;
  readonly reach: SharedReach;
  readonly valueFiles: ValueFiles;
  /** Takes what the workers of a run are done with. @param run its id, where the host serves several */
  readonly timelineOf: (run: string | undefined) => Timeline | undefined;
  readonly busyPoll: BusyPoll;
  readonly passing: Passing | undefined;
  readonly runs: HostedRuns | undefined;
  /** The run of a worker, where the host serves several. @param greeted as the worker has named it */
  runOf(greeted: GreetRequest['run'], remote?: RemoteAccess): HolderRun | undefined;
  readonly runInfo: () => Promise<RunInfoResult>;
  readonly sessionTokens: SessionTokens;
  readonly leaks: { add(found: unknown): Record<string, never> };
  readonly stop: (() => void) | undefined;
  /** A peer has shown the token. */
  greeted(): void;
  status(request: StatusRequest): Promise<StatusResult>;
  poolStatus(most: number, shows?: ShowsSession): readonly PoolStatus[];
  admits(token: string): boolean;
  /** Why no other one of this kind is admitted, if none is. */
  fullFor(kind: PeerKind): string | undefined;
  nextPeerNumber(): number;
  /** A test fails because of the config. @returns whether one has before */
  problemShown(): boolean;
  pool(name: string): Promise<HubPool>;
  stats(): Promise<PoolStats[]>;
  run(): Promise<void>;
}

/** What a host says of itself to `carpool ps`, and how one of its runs, or all of it, is stopped. */
import type { HolderStatus, PoolStatus } from '../pool/status.ts';

/** Answered at once, from what is there: nothing is started or waited for. */
export interface StatusRequest {
  readonly method: 'status';
  /** How many entries of each list are named: sessions and waits of a pool, names of leases, holders, waits. Default 10. */
  readonly most?: number | undefined;
}

export interface StatusResult {
  readonly version: string;
  readonly pid: number;
  /** One that serves one run, or that of the machine. */
  readonly kind: 'run' | 'machine';
  /** Milliseconds since its start. */
  readonly age: number;
  /** Of a host that serves one run: one. */
  readonly runs: readonly RunStatus[];
  readonly pools: readonly PoolStatus[];
  /** Names that are held, reserved, or waited for. */
  readonly leaseCount: number;
  /** Those with the most waits first. */
  readonly leases: readonly LeaseStatus[];
  /** With what the host of a machine was started. */
  readonly bounds?: HostBounds | undefined;
  /** Absent: it does not listen for other machines. */
  readonly listens?: ListenStatus | undefined;
  /** Absent: it does not leave. */
  readonly leaving?: LeavingStatus | undefined;
}

/** Of a host that was told to end, takes nothing new, and waits for what other hosts have sent there. */
export interface LeavingStatus {
  /** Of other hosts, that are open. */
  readonly sessions: number;
  /** Of other hosts, that have those, or wait for an answer. */
  readonly runs: number;
  /** Milliseconds until it ends, whatever is open. Absent: it waits any time. */
  readonly left?: number | undefined;
}

/** The host of another machine, as that of a run sees it. */
export interface OtherHostStatus {
  /** Of its machine. */
  readonly name: string;
  /** HOST:PORT, by which it is reached. Absent: it has said none that can be. */
  readonly address?: string | undefined;
  /** `unused`: the run is not open there, and of its pools it offers other ones under the same name. */
  readonly state: 'connecting' | 'connected' | 'unused';
  /** Sessions of the run that were opened there. */
  readonly sessions: number;
  /** Pools that it offers under a name of the run's, and which are other ones. Absent: none. */
  readonly unlike?: readonly UnlikePool[] | undefined;
}

export interface UnlikePool {
  /** Its name. */
  readonly pool: string;
  /** Parts of its definition that differ. Empty: it is not known. */
  readonly what: string;
}

export interface HostBounds {
  /** Children at once, of all its pools. Absent: no bound. */
  readonly maxChildren?: number | undefined;
  /** Bytes that its children may take together before no other one starts. Absent: no bound. */
  readonly maxMemory?: number | undefined;
  /** Milliseconds without a run after which it ends; null: never. */
  readonly idle: number | null;
}

export interface ListenStatus {
  /** HOST:PORT */
  readonly at: string;
  readonly clients: readonly RemoteClientStatus[];
}

/** An address that was given out. */
export interface RemoteClientStatus {
  readonly name: string;
  /** Milliseconds for which it still opens connections; 0: none any more. Absent: as long as the host lives. */
  readonly expires?: number | undefined;
  /** That are open, with those of its runs. */
  readonly connections: number;
}

export interface RunStatus {
  /** Random. */
  readonly id: string;
  readonly folder: string;
  readonly branch?: string | undefined;
  /** "vitest", "jest", "playwright", … */
  readonly runner?: string | undefined;
  /** Of the runner's main process. Absent where that is on another machine. */
  readonly pid?: number | undefined;
  /** The name of the address by which it has come from another machine. */
  readonly client?: string | undefined;
  /** Of the runner's main process on that machine, as it says. */
  readonly remotePid?: number | undefined;
  /** Milliseconds. */
  readonly age: number;
  /** Processes that are connected. */
  readonly workers: number;
  /** Hosts of other machines on which it is open, because they offer its pools. Absent: none can be. */
  readonly others?: readonly OtherHostStatus[] | undefined;
}

export interface LeaseStatus {
  readonly name: string;
  /** `once`: it is being computed. `reservation`: values that are reserved, `used` of them. */
  readonly kind: 'lock' | 'rwlock' | 'semaphore' | 'once' | 'reservation';
  readonly scope: 'run' | 'machine' | 'reach';
  /** The id of the run, on a host that serves several. */
  readonly run?: string | undefined;
  /** How many there are of it. Absent where that is no number that was given. */
  readonly size?: number | undefined;
  readonly used: number;
  readonly holderCount: number;
  readonly holders: readonly HolderStatus[];
  readonly waitCount: number;
  /** In the order of their turns: each waits for the holders, and for those before it. */
  readonly waiting: readonly HolderStatus[];
}

/** Ends the host, or one run of a machine's host, with all that it has. */
export interface StopRequest {
  readonly method: 'stop';
  /** The id of the run. RESULT comes when it has ended. */
  readonly run?: string | undefined;
}

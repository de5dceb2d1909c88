/** What `carpool ps --json` prints; docs/command.md describes each field. */
import type { ChildStatus, PoolStatus } from '../../pool/status.ts';
import type { StatusResult } from '../../wire/status.ts';

export interface Processes {
  /** Of this format: raised when a field changes its meaning or goes. New fields do not raise it. */
  readonly version: 1;
  /** Of the command. */
  readonly carpool: string;
  /** When it was asked, as ISO 8601. */
  readonly time: string;
  /** The machine's first, then the oldest. */
  readonly hosts: readonly HostView[];
  /** Of hosts that were killed: what still runs of them. */
  readonly left: readonly LeftBehind[];
}

/** What a host that was killed has left. */
export interface LeftBehind {
  /** Its private folder. */
  readonly folder: string;
  /** Of that host. */
  readonly pid?: number | undefined;
  /** Processes of its children that run, by its records. */
  readonly children: readonly number[];
}

export type HostView = AnsweringHost | SilentHost;

interface HostPlace {
  /** Its private folder. */
  readonly folder: string;
  /** Bytes of the host's process group. Absent where the system does not show it, or it would have taken too long. */
  readonly memory?: number | undefined;
}

export interface AnsweringHost extends HostPlace, Omit<StatusResult, 'pools'> {
  readonly state: 'answers';
  readonly pools: readonly PoolView[];
}

export interface PoolView extends Omit<PoolStatus, 'children'> {
  readonly children: readonly ChildView[];
}

export interface ChildView extends ChildStatus {
  /** Bytes of its process group, as that of a host. */
  readonly memory?: number | undefined;
}

/** `silent`: it does not answer in time. `refused`: it cannot be asked, as one of another version. */
export interface SilentHost extends HostPlace {
  readonly state: 'silent' | 'refused';
  /** In one sentence. */
  readonly reason: string;
  readonly kind: 'run' | 'machine';
  /** Absent where its pid means nothing here. */
  readonly pid?: number | undefined;
  /** Processes of its children that run, by its records. */
  readonly children: readonly number[];
}

/**
 * What the runner's main process and the host say to each other: one JSON object a line, over the host's stdin and
 * stdout. The end of stdin means that the runner is gone, however it went.
 */
import type { ErrorRecord } from '../base/errors.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { WatchedFiles } from '../process/files.ts';
import type { PoolStats } from '../pool/types.ts';

/** Where the pools of a run come from. */
export interface Project {
  /** The project's folder: the config is looked for there and upwards. */
  readonly root: string;
  /** A config file by name, instead of looking for one. */
  readonly configFile?: string | undefined;
  /** Pools as plain data; they are added to those of the config, and may not have the same names. */
  readonly pools?: Readonly<Record<string, PoolOptions>> | undefined;
}

/** The first line to the host. */
export interface Boot extends Project {
  /** What workers must show: 64 hexadecimal digits. */
  readonly token: string;
}

export type Command =
  | { readonly command: 'summary'; readonly id: number }
  /** A new run begins: earlier failures no longer count. */
  | { readonly command: 'runStarted'; readonly id: number }
  /** It has ended. */
  | { readonly command: 'runEnded'; readonly id: number }
  | { readonly command: 'stop'; readonly id: number };

/** What a host has done in this run; one that several runners share, in its life. */
export interface HostSummary {
  readonly pools: readonly PoolStats[];
  /** Why shared workers have crashed, whether or not a test has noticed. */
  readonly crashes: readonly ErrorRecord[];
}

/** What a host has read in its config. */
export interface Configured {
  readonly pools: readonly string[];
  /** Names of shared workers. */
  readonly sharedWorkers: readonly string[];
  /** Files that, when they change, make another host necessary. */
  readonly files: readonly string[];
  /** Why there are no pools. */
  readonly problem?: ErrorRecord | undefined;
}

export type Report =
  | { readonly report: 'ready'; readonly address: string }
  /** It cannot serve at all. */
  | { readonly report: 'failed'; readonly error: ErrorRecord }
  | { readonly report: 'configured'; readonly configured: Configured }
  | Done;

/** The answer to a command. */
export interface Done {
  readonly report: 'done';
  readonly id: number;
  /** To `summary` and `stop`. */
  readonly summary?: HostSummary;
  /** To `runEnded`: what the children were started from. */
  readonly watched?: WatchedFiles;
}

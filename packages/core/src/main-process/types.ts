/** A host as the main process of a runner holds it, and what it is started with. */
import type { PoolOptions } from '../pool/options.ts';
import type { WatchedFiles } from '../process/files.ts';
import type { Configured, GroupLeader, HostSummary } from '../wire/control.ts';

/** Where the pools of a host come from. */
export interface HostOptions {
  /** `'whole'`: errors of the host show all of each message. Default: as much as says which it is. False: it keeps none. */
  readonly evidence?: boolean | 'whole' | undefined;
  /** The project's folder: the config is searched there and in the folders above. */
  readonly root: string;
  /** A config file, relative to `root`. Default: the nearest `carpool.config.*`. */
  readonly configFile?: string | undefined;
  /** Pools as plain data, in addition to those of the config. */
  readonly pools?: Readonly<Record<string, PoolOptions>>;
  /**
   * As `host` in the config. Here it spares the start of a process that only reads the config.
   * @defaultValue what the config says, else 'run'
   */
  readonly host?: 'run' | 'machine' | undefined;
  /**
   * Milliseconds in which the config must have been loaded, with all that it imports, awaits and builds at its top level.
   * @defaultValue 60,000
   */
  readonly configTimeout?: number | undefined;
}

/** What starts a host, or joins one that runs already, whose config is its own. */
export interface JoinOptions extends HostOptions {
  /**
   * Such a host is refused where `configFile` is given: a command that was told to use it. Default false: it is a setting of a
   * project, whose tests may run on any host.
   */
  readonly needsConfig?: boolean;
}

/** A host process, as the process that started or joined it sees it. Disposing it stops it. */
export interface Host extends AsyncDisposable {
  /** What workers connect to: path and token. */
  readonly address: string;
  /** Of the host process; `undefined` for a host that was joined, whose config and summary are those of another process. */
  readonly pid: number | undefined;
  /** The file of its log, where it is the host of this machine. */
  readonly log?: string | undefined;
  /** Resolves when the host has loaded the config, or has failed to: `problem` then says why. Never rejects. */
  readonly configured: Promise<Configured>;
  /** Resolves when the host process is gone, however that came about. */
  readonly exited: Promise<void>;
  /** What the pools have done in this run; of a host that several runners share, since it was started. */
  summary(): Promise<HostSummary>;
  /** Reports to the host that a new run begins. */
  runStarted(): Promise<void>;
  /** Reports to the host that a run has ended. Resolves with what its children were started from, as far as that is known. */
  runEnded(): Promise<WatchedFiles | undefined>;
  /**
   * Ends all sessions and children, and the host. Resolves with the last summary. A second call joins the first. Where clients
   * that tests have left open would break, the host stays until they or this process have gone, and keeps nothing waiting.
   */
  stop(): Promise<HostSummary | undefined>;
  /**
   * What is ended when this process is gone, which may be killed: the process groups with these leaders, in place of those of
   * before. By the host, where this process has started it. Not on Windows.
   */
  owns(groups: readonly GroupLeader[]): void;
}

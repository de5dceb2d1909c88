/**
 * What the runner's main process and the host send to each other: one JSON object a line, both ways on a descriptor that
 * carries nothing else, because code of users runs in the host and prints. Its end means that the runner is gone, however
 * it ended.
 */
import type { LockDeclarations } from './lease-types.ts';
import type { ErrorRecord } from '../base/errors.ts';
import type { RedactRules } from '../base/redact.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { WatchedFiles } from '../process/files.ts';
import type { PoolStats } from '../pool/types.ts';

/** The host's descriptor for commands and reports. Node marks it close-on-exec: what the host starts does not get it. */
export const controlDescriptor = 3;

/** Where the pools of a run come from. */
export interface Project {
  /** The project's folder: the config is searched there and in the folders above. */
  readonly root: string;
  /** A config file by name, instead of looking for one. */
  readonly configFile?: string | undefined;
  /** Pools as plain data; they are added to those of the config, and may not have the same names. */
  readonly pools?: Readonly<Record<string, PoolOptions>> | undefined;
}

/** The first line that the host reads. */
export interface Boot extends Project {
  /** The secret that workers send: 64 hexadecimal digits. */
  readonly token: string;
  /** False: no message is kept. 'whole': errors show all of each message. */
  readonly evidence?: boolean | 'whole' | undefined;
  /** "vitest", "jest", "playwright", …: for `carpool ps`. */
  readonly runner?: string | undefined;
  /** Milliseconds after its first report in which it reports `configured`. */
  readonly configTimeout: number;
  /** The runner goes to the host of the machine where the config says so. Otherwise that is not looked at. */
  readonly mayLeave?: boolean | undefined;
  /**
   * False: it is no run of tests. It keeps nothing for `carpool report`, where that would be taken for the last run, and a
   * transcript only where the environment wants one. Default true.
   */
  readonly records?: boolean | undefined;
}

/** The first line that the host of a machine reads, in the place of `Boot`. */
export interface MachineBoot {
  /** The folder in which it is found. */
  readonly machine?: string | undefined;
  /** Milliseconds without a run and without a connection after which it ends; null: never. Default 60,000. */
  readonly idle?: number | null | undefined;
  /** Children at once, of all its pools. Default: no bound. */
  readonly maxChildren?: number | undefined;
  /** Bytes that its children may take together before no other one starts. Default: no bound. */
  readonly maxMemory?: number | undefined;
  /** It serves other machines, too. */
  readonly listen?: Listening | undefined;
}

/** What a host serves to other machines, and where. */
export interface Listening {
  /** Milliseconds that sessions of other hosts have to end when the host is to; null: any. Default 60,000. */
  readonly leave?: number | null | undefined;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** What other machines call this one. Default: `host`, or each of its addresses where that is all of them. */
  readonly name?: string | undefined;
  /** The project whose pools their runs have: they have no folder, no config and no environment here. */
  readonly project: Omit<Project, 'pools'>;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export type Command =
  /** Answered at once, unless the host is stopped or its event loop is blocked. */
  | { readonly command: 'ping'; readonly id: number }
  | { readonly command: 'summary'; readonly id: number }
  /** A new run begins: earlier failures no longer count. */
  | { readonly command: 'runStarted'; readonly id: number }
  /** It has ended. */
  | { readonly command: 'runEnded'; readonly id: number }
  /** What ends with the runner, in place of that of before: the process groups with these leaders. It has no answer. */
  | { readonly command: 'owns'; readonly groups: readonly GroupLeader[] }
  | { readonly command: 'stop'; readonly id: number };

/** Of a process group. */
export interface GroupLeader {
  readonly pid: number;
  /** Which process with this number it is. Absent where the system shows none. */
  readonly startTime: string | undefined;
}

/** What a host has done in this run; one that several runners share, in its life. */
export interface HostSummary {
  readonly pools: readonly PoolStats[];
  /** Why shared workers have crashed, whether or not a test has noticed. */
  readonly crashes: readonly ErrorRecord[];
  /** What its transcript lacks, a sentence. Absent: nothing, or there is none. */
  readonly transcript?: string | undefined;
  /** What tests have left behind in sessions. Absent: nothing. */
  readonly leaks?: LeakSummary | undefined;
}

/** What tests have left behind. */
export interface LeakSummary {
  readonly count: number;
  /** The first ten, a line each: the test, the place, and what it is. */
  readonly first: readonly string[];
}

/** What a host has read in its config. */
export interface Configured {
  readonly pools: readonly string[];
  /** Names of shared workers. */
  readonly sharedWorkers: readonly string[];
  readonly locks: LockDeclarations;
  /** What is not shown. */
  readonly redact?: RedactRules | undefined;
  /** Files that, when they change, make another host necessary. */
  readonly files: readonly string[];
  /** Why there are no pools. */
  readonly problem?: ErrorRecord | undefined;
  /** The config wants the host of the machine: there are no pools here. */
  readonly host?: 'machine' | undefined;
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
  /** To `stop`: the host ends with the runner, because clients that tests have left open are connected to a server. */
  readonly stays?: true;
  /** To `runEnded`: what the children were started from. */
  readonly watched?: WatchedFiles;
}

/** The report in a line of the host; `undefined` if the line is none, because something else has written it. */
export function parseReport(line: string): Report | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { report, address, error, configured, id } = value as Partial<Record<string, unknown>>;
  const right =
    (report === 'ready' && typeof address === 'string') ||
    (report === 'failed' && isRecord(error) && typeof error['message'] === 'string') ||
    (report === 'configured' && isRecord(configured) && isListed(configured)) ||
    (report === 'done' && typeof id === 'number');
  return right ? (value as Report) : undefined;
}

function isRecord(value: unknown): value is Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isListed({ pools, sharedWorkers, files }: Partial<Record<string, unknown>>): boolean {
  return [pools, sharedWorkers, files].every(Array.isArray);
}

/** What only the host of a machine is asked: it serves several runs. */
import type { Configured, Project } from './control.ts';

/** One run, as others see it. */
export interface RunInfo {
  /** Random. */
  readonly id: string;
  readonly folder: string;
  /** What is checked out there, if it is known. */
  readonly branch?: string | undefined;
  /** Of the runner's main process. */
  readonly pid: number;
  /** "vitest", "jest", "playwright", … */
  readonly runner: string;
}

/** The run that this connection is: it ends with it. */
export interface OpenRunRequest extends Project {
  readonly method: 'openRun';
  readonly run: RunInfo;
  /** The runner's environment and working directory: the config is evaluated in them, and children inherit them. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Milliseconds in which the config must have been loaded. */
  readonly configTimeout: number;
  /** Its workers take sessions alone: what they share beside them, another host has. */
  readonly sessionsOnly?: boolean | undefined;
}
export interface OpenRunResult extends Omit<Configured, 'host'> {
  /** What the workers of the run connect to. From another machine: `#` and a token, for the same place. */
  readonly address: string;
  /** With `sessionsOnly`: by the names of the pools, digests of what their children are made from, for other machines. */
  readonly identities?: Readonly<Record<string, string>> | undefined;
}

/** Ends the run; RESULT comes when all that it held has been given back. */
export interface CloseRunRequest {
  readonly method: 'closeRun';
}

/** Asks for an address for other machines. Only from this machine. */
export interface InviteRequest {
  readonly method: 'invite';
  /** For whom it is: shown beside what uses it. */
  readonly name: string;
  /** Milliseconds for which it opens connections. Default: as long as the host lives. */
  readonly expires?: number | undefined;
}
export interface InviteResult {
  /** The same one by each name that this machine has for others. */
  readonly addresses: readonly string[];
}

/** Takes addresses for other machines back. Only from this machine. */
export interface RevokeRequest {
  readonly method: 'revoke';
  /** For whom they were: all of that name. */
  readonly name: string;
}
/** How many there were, and with how many connections, which end. */
export interface RevokeResult {
  readonly addresses: number;
  readonly connections: number;
}

/** What the run of this connection has done. */
export interface SummaryRequest {
  readonly method: 'summary';
}

/** Which run the host serves. A worker asks before it takes something that all runs of the machine share. */
export interface RunInfoRequest {
  readonly method: 'runInfo';
}
export interface RunInfoResult {
  /** Without the runner, which the worker knows. Absent: the host serves no run. */
  readonly run?: Omit<RunInfo, 'runner'> | undefined;
  /** The address of the machine's host, where that serves the run. From another machine: `#` and a token. */
  readonly machine?: string | undefined;
}

/**
 * "/code/api, branch fix-db, pid 123"
 * @param client the name of the address of one on another machine, where a pid says little
 */
export function describeRun({ folder, branch, pid }: Omit<RunInfo, 'runner'>, client?: string): string {
  const parts = [folder, branch && `branch ${branch}`, `pid ${pid}`, client && `with the address of "${client}"`];
  return parts.filter(Boolean).join(', ');
}

/** One run on the host of a machine, from its beginning to its end. */
import type { CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import type { RecordedPool } from '../base/transcript-keeper.ts';
import { duration } from '../base/holder-label.ts';
import type { LoadedConfig } from '../config/load.ts';
import { closeNow } from '../process/close-at-exit.ts';
import type { WatchedFiles } from '../process/files.ts';
import type { TranscriptFile } from '../process/transcript-file.ts';
import { transcriptWanted } from '../process/transcript-wish.ts';
import type { HostSummary } from '../wire/control.ts';
import { leaveEndingOfRun } from '../hosts/left-ending.ts';
import { describeRun, type OpenRunRequest, type OpenRunResult } from '../wire/machine-messages.ts';
import type { RunStatus } from '../wire/status.ts';
import { endedOnPurpose, mainConnectionEnded, type Ending } from '../hosts/ended-on-purpose.ts';
import type { Hub } from '../host/hub/hub.ts';
import type { HostedRun, Runner } from '../host/hub/peer-run.ts';
import type { ServedRun } from '../host/served-run.ts';
import { printLine } from './log.ts';
import { RunTimeline } from './run-timeline.ts';

/** Milliseconds, at most, in which the system writes what the transcript has when its run is over. */
const drainTimeout = 3_000;

export interface MachineRunOptions {
  readonly runner: Runner;
  readonly request: OpenRunRequest;
  readonly served: ServedRun;
  /** Where it listens, unless it is on another machine. */
  readonly path: string;
  /** The name of the address by which it has come from another machine. */
  readonly client: string | undefined;
  /** For its large values. */
  readonly folder: string;
  readonly over: () => void;
}

export class MachineRun implements HostedRun {
  readonly path: string;
  readonly client: string | undefined;
  readonly folder: string;
  readonly timeline: RunTimeline = new RunTimeline();
  /** Its socket is there, or should be. */
  listens = false;
  opened!: OpenRunResult;
  readonly #options: MachineRunOptions;
  readonly #since = performance.now();
  /** Absent: none is wanted, or its project is on another machine. */
  #transcript: TranscriptFile | undefined;
  #closing: Promise<boolean> | undefined;

  constructor(options: MachineRunOptions) {
    this.#options = options;
    this.path = options.path;
    this.client = options.client;
    this.folder = options.folder;
    this.#say('has come');
  }

  get hub(): Hub {
    return this.#options.served.hub;
  }

  get id(): string {
    return this.#options.request.run.id;
  }

  /** Another host has opened it here, for sessions that find no place there. */
  get sessionsOnly(): boolean {
    return this.#options.request.sessionsOnly === true;
  }

  get status(): RunStatus {
    const { id, folder, branch, runner, pid } = this.#options.request.run;
    const { client } = this;
    const age = Math.round(performance.now() - this.#since);
    const workers = this.hub.peers;
    const own = client === undefined ? { pid } : { client, remotePid: Number.isSafeInteger(pid) ? pid : undefined };
    const others = this.hub.reach.placing?.status();
    return { id, folder, branch, runner, ...own, age, workers, others };
  }

  get summary(): HostSummary {
    return { ...this.#options.served.summary(), transcript: this.lacks };
  }

  get lacks(): string | undefined {
    return this.#transcript?.lacks;
  }

  get watched(): WatchedFiles {
    return this.#options.served.watched;
  }

  /** For `carpool report`, unless its config wants none. Of a run on another machine, the project is there. */
  async keepTimeline(config: LoadedConfig | undefined): Promise<void> {
    const { runner, request } = this.#options;
    const keeps = this.client === undefined && config !== undefined && config.report !== false;
    const print = (text: string): void => runner.print(text);
    const transcript = this.#transcript?.file;
    await this.timeline.goesTo(keeps ? { ...request.run, root: request.run.folder, transcript, print } : undefined);
  }

  /**
   * Before its pools are made, whose sessions are in it. Does not reject: the run goes on without it. What is wanted is told
   * by its own environment.
   */
  async openTranscript({ transcript: wish }: LoadedConfig): Promise<TranscriptFile | undefined> {
    const { runner, request } = this.#options;
    const { env, run } = request;
    if (this.client !== undefined || transcriptWanted(env, wish) === false) return undefined;
    const warn = (message: string): void => runner.print(`carpool: ${message}\n`);
    try {
      const { openRunTranscript } = await import('../host/keep-transcript.ts');
      // It may have ended meanwhile, and has no sessions then.
      if (this.#closing !== undefined) return undefined;
      const { began } = this.timeline;
      const place = { root: run.folder, runner: run.runner, pid: run.pid, env, began, warn };
      return (this.#transcript = openRunTranscript(place, { transcript: wish }));
    } catch (thrown) {
      warn(`no transcript is kept: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  /** Takes what its sessions of this pool say; `undefined`: it has no transcript. */
  recordedPool(pool: string): RecordedPool | undefined {
    return this.#transcript && { transcript: this.#transcript, pool };
  }

  async started(): Promise<void> {
    this.#transcript?.nextRun();
    await this.hub.run(true);
  }

  ended(): void {
    this.hub.sharedWorkers.ran();
  }

  async close(): Promise<void> {
    await this.end();
  }

  /** Workers on another machine may go on without their main process, or the run without this host. */
  async abandoned(): Promise<void> {
    // One that ends already has told them why.
    if (this.client !== undefined && this.#closing === undefined) this.hub.tellEnd(mainConnectionEnded());
    await this.end();
  }

  /** Another process wants it to end. */
  async stop(): Promise<void> {
    const error = this.tellEnd('run');
    if (this.client === undefined) leaveEndingOfRun(this.path, error);
    await this.end();
    this.#options.runner.hangUp(error);
  }

  /** The address by which it has come opens nothing more: it ends with its connection. */
  revoked(): void {
    this.#options.runner.hangUp(this.tellEnd('address'));
  }

  /** Its workers, which fail with what is returned. @param what somebody ends @param by as of `endedOnPurpose` */
  tellEnd(what: Ending, by?: NodeJS.Signals): CarpoolError {
    const error = endedOnPurpose(what, this.client === undefined ? 'here' : 'remote', by);
    this.hub.tellEnd(error);
    return error;
  }

  /** @returns as `ServedRun.close` */
  end(): Promise<boolean> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<boolean> {
    this.listens = false;
    const sessions = this.summary.pools.reduce((sum, pool) => sum + pool.sessions, 0);
    try {
      return await this.#options.served.close();
    } finally {
      this.#say(
        `has gone, after ${duration(performance.now() - this.#since)} and ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`,
      );
      this.#options.over();
      this.timeline.close();
      await this.#closeTranscript();
    }
  }

  /** Other runs go on meanwhile: only what a slow disk has not taken by then is written at once, which holds them up. */
  async #closeTranscript(): Promise<void> {
    if (this.#transcript === undefined) return;
    await this.#transcript.drained(drainTimeout);
    closeNow(this.#transcript);
  }

  #say(what: string): void {
    const { run } = this.#options.request;
    printLine(`${run.runner}, ${describeRun(run, this.client)}: ${what}`);
  }
}

/** A host process, controlled from the runner's main process. Every wait for it has an end, also where it is stopped. */
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { CarpoolError, fromRecord, toRecord } from '../base/errors.ts';
import { systemClock } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { within } from '../base/wait.ts';
import { findConfig } from '../config/find.ts';
import type { WatchedFiles } from '../process/files.ts';
import { forgetEnding } from '../hosts/left-ending.ts';
import { localPath } from '../wire/address.ts';
import {
  controlDescriptor,
  parseReport,
  type Boot,
  type Command,
  type Configured,
  type Done,
  type GroupLeader,
  type HostSummary,
  type Project,
} from '../wire/control.ts';
import { Heartbeat } from '../wire/heartbeat.ts';
import { endUnready, guardHost, killHost, sweepHosts, type HostProgram } from './host-guard.ts';
import { endedMeanwhile, endingAt, lateConfig, malformedReport, unreachable, withoutConfig } from './host-errors.ts';
import { ShownOutput } from './host-output.ts';
import type { Host } from './types.ts';

const [readyTimeout, replyTimeout] = [10_000, 5_000];
/** Longer, because shared workers that are replaced run their teardowns first. */
const runTimeout = 20_000;
/** Longer than the host allows itself. */
const stopTimeout = 25_000;
/** A host that is to end, or is late with its config, is first asked for a sign of life. */
const pingTimeout = 3_000;
/** Tests report a host that does not answer after at most 14 s (`client/connect.ts`); they are first. */
const heartbeat = { interval: 2_000, limit: 7 };
const noticeAfter = 10_000; // then the user reads what is being waited for

export interface HostProcessOptions extends HostProgram {
  readonly project: Project;
  /** Milliseconds. */
  readonly configTimeout: number;
}

export class HostProcess implements Host {
  readonly configured: Promise<Configured>;
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  readonly #options: HostProcessOptions;
  readonly #control: Socket;
  readonly #address = Promise.withResolvers<string>();
  readonly #configured = Promise.withResolvers<Configured>();
  readonly #replies = new Map<number, (answer: Done | undefined) => void>();
  readonly #output: ShownOutput;
  #heartbeat: Heartbeat | undefined;
  #unguard: (() => void) | undefined;
  #ids = 0;
  /** The config has been loaded, or failed to load. */
  #known = false;
  /** Why this process has killed it. */
  #fault: string | undefined;
  #swept: Promise<void> | undefined;
  #stopping: Promise<HostSummary | undefined> | undefined;
  address = '';

  constructor(child: ChildProcess, options: HostProcessOptions) {
    this.#child = child;
    this.#options = options;
    this.#control = child.stdio[controlDescriptor] as Socket;
    this.configured = this.#configured.promise;
    this.exited = new Promise((end) => child.once('exit', () => end()));
    void this.exited.then(() => this.#gone());
    this.#address.promise.catch(() => {});
    const lines = createInterface({ input: this.#control });
    lines.on('line', (line) => this.#onLine(line));
    for (const it of [this.#control, lines]) it.on('error', noop); // the exit says why
    this.#output = new ShownOutput(child, this.exited);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  boot(line: Boot): void {
    this.#write(line);
  }

  async ready(): Promise<void> {
    const expired = (): Error => unreachable(`it was not ready within ${readyTimeout} ms`);
    try {
      this.address = await within(this.#address.promise, { clock: systemClock, timeout: readyTimeout, expired });
    } catch (thrown) {
      await endUnready(this.#child, this.#options);
      throw thrown;
    }
    const { pid } = this;
    const folder = dirname(localPath(this.address));
    if (pid !== undefined) this.#unguard = guardHost({ ...this.#options, pid, folder });
    void this.#awaitConfig();
    // An idle host does not keep the event loop running; a pending call does, and a config that is being loaded.
    void this.configured.then(() => this.#ref(false));
  }

  async summary(): Promise<HostSummary> {
    return (await this.#call('summary', replyTimeout))?.summary ?? { pools: [], crashes: [] };
  }

  async runStarted(): Promise<void> {
    await this.#call('runStarted', runTimeout);
  }

  async runEnded(): Promise<WatchedFiles | undefined> {
    return (await this.#call('runEnded', replyTimeout))?.watched;
  }

  owns(groups: readonly GroupLeader[]): void {
    this.#write({ command: 'owns', groups });
  }

  stop(): Promise<HostSummary | undefined> {
    return (this.#stopping ??= this.#stop());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<HostSummary | undefined> {
    // One that answers nothing is not waited for as long as one that has something to end.
    if (!(await this.#answers())) this.#kill(`it did not answer within ${pingTimeout} ms when it was to end`);
    const stopped = await this.#call('stop', stopTimeout);
    // It ends when this process does, which it neither holds up nor keeps running.
    if (stopped?.stays === true) return stopped.summary;
    this.#control.end();
    this.#ref(true);
    const expired = (): Error => unreachable('it did not end');
    const end = { clock: systemClock, timeout: stopped === undefined ? 0 : stopTimeout, expired };
    await within(this.exited, end).catch(() => this.#kill(`it did not end within ${stopTimeout} ms`));
    await this.exited;
    await Promise.all([this.#output.over, this.#swept]);
    forgetEnding(dirname(localPath(this.address))); // workers that began until now have read it
    return stopped?.summary;
  }

  /** The heartbeat notices one that answers no more; this is for the moment in which the config is late. */
  async #answers(): Promise<boolean> {
    return (await this.#call('ping', pingTimeout)) !== undefined;
  }

  async #awaitConfig(): Promise<void> {
    const { configTimeout, project } = this.#options;
    const file =
      project.configFile === undefined ? findConfig(project.root) : resolve(project.root, project.configFile);
    const name = file ?? 'the config';
    const notice = systemClock.after(noticeAfter, () => {
      process.stderr.write(
        `carpool: ${name} has been loading for ${noticeAfter / 1000} s; the limit is ${configTimeout / 1000} s\n`,
      );
    });
    const expired = (): Error => new Error('late');
    try {
      await within(this.configured, { clock: systemClock, timeout: configTimeout, expired });
      this.#beat();
    } catch {
      await this.#configLate(file, name);
    } finally {
      notice.cancel();
    }
  }

  async #configLate(file: string | undefined, name: string): Promise<void> {
    const { configTimeout } = this.#options;
    const answers = await this.#answers();
    const files = file === undefined ? [] : [file];
    this.#settle(withoutConfig(lateConfig({ file, name, configTimeout, answers }), files));
    // One that answers goes on: locks, ports and values need no config.
    if (answers) this.#beat();
    else this.#kill('its config did not return');
  }

  /** From now on silence is the host's fault: until now a config may have blocked it for as long as it is allowed to take. */
  #beat(): void {
    if (this.#ended) return;
    this.#heartbeat = new Heartbeat({
      clock: systemClock,
      ...heartbeat,
      received: () => this.#control.bytesRead,
      wanted: () => true,
      ping: () => this.#write({ command: 'ping', id: 0 }),
      lost: (silence) => {
        const seconds = Math.round(silence / 1000);
        this.#kill(`it did not answer for ${seconds} s: it was stopped, or code of the config did not return`);
      },
    });
  }

  #kill(fault: string): void {
    if (this.#ended || this.#fault !== undefined) return;
    this.#fault = fault;
    process.stderr.write(`carpool: The host (process ${this.pid}) was killed: ${fault}\n`);
    killHost(this.#child);
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves with `undefined` when the host is gone, or does not answer in time. */
  async #call(command: Exclude<Command['command'], 'owns'>, timeout: number): Promise<Done | undefined> {
    if (this.#ended) return undefined;
    const id = ++this.#ids;
    const reply = new Promise<Done | undefined>((resolve) => this.#replies.set(id, resolve));
    this.#ref(true);
    this.#write({ command, id });
    const expired = (): Error => unreachable('it does not answer');
    try {
      return await within(reply, { clock: systemClock, timeout, expired });
    } catch {
      return undefined;
    } finally {
      this.#replies.delete(id);
      this.#ref(false);
    }
  }

  #write(line: Boot | Command): void {
    this.#control.write(`${JSON.stringify(line)}\n`);
  }

  #onLine(line: string): void {
    const report = parseReport(line);
    switch (report?.report) {
      case 'ready':
        this.#address.resolve(report.address);
        break;
      case 'failed':
        setImmediate(() => this.#address.reject(this.#output.explain(fromRecord(report.error))));
        break;
      case 'configured':
        this.#explain(report.configured);
        break;
      case 'done':
        this.#replies.get(report.id)?.(report);
        break;
      case undefined:
        this.#malformed(line);
        break;
    }
  }

  /** What a config has printed before it failed is on another pipe, and may be read after the report. */
  #explain(configured: Configured): void {
    const { problem } = configured;
    if (problem === undefined) this.#settle(configured);
    else
      setImmediate(() => this.#settle({ ...configured, problem: toRecord(this.#output.explain(fromRecord(problem))) }));
  }

  #malformed(line: string): void {
    const error = malformedReport(line);
    process.stderr.write(`carpool: ${error.message} [${error.code}]\n`);
    this.#address.reject(error);
    this.#settle(withoutConfig(error));
  }

  #settle(configured: Configured): void {
    this.#known = true;
    this.#configured.resolve(configured);
  }

  #gone(): void {
    const { exitCode, signalCode } = this.#child;
    this.#heartbeat?.stop();
    // One that has ended in order has ended its children too.
    if (exitCode !== 0 && this.address !== '') this.#swept = sweepHosts(this.#options);
    this.#unguard?.();
    const how = signalCode === null ? `exited with code ${exitCode}` : `was killed by ${signalCode}`;
    for (const resolve of this.#replies.values()) resolve(undefined);
    void this.#output.over.then(() => {
      const ending = endingAt(this.address);
      if (this.address !== '' && this.#stopping === undefined && this.#fault === undefined)
        process.stderr.write(endedMeanwhile(this.pid, how, ending));
      this.#address.reject(this.#output.explain(unreachable(`it ${how} before it was ready`)));
      const why = this.#fault ?? `it ${how}`;
      const gone = ending ?? this.#output.explain(new CarpoolError('HUB_LOST', `The host is gone: ${why}`));
      this.#settle(withoutConfig(gone));
    });
  }

  #ref(hold: boolean): void {
    if (!hold && (this.#replies.size > 0 || !this.#known)) return;
    for (const handle of [this.#child, this.#control]) {
      if (hold) handle.ref();
      else handle.unref();
    }
  }
}

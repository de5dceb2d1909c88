/** A host process, controlled from the runner's main process. Every wait for it has an end, also where it is stopped. */
import type { ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import { CarpoolError, fromRecord, toRecord } from '../base/errors.ts';
import { systemClock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import { configFileOf } from '../config/find.ts';
import type { WatchedFiles } from '../process/files.ts';
import { endUnready, killHost, killTimeout, sweepHosts, type HostProgram } from '../hosts/kill-host.ts';
import { forgetEnding } from '../hosts/left-ending.ts';
import { localPath } from '../wire/address.ts';
import type { Boot, Configured, GroupLeader, HostSummary, Project } from '../wire/control.ts';
import { Heartbeat } from '../wire/heartbeat.ts';
import { HostControl } from './host-control.ts';
import { guardHost } from './host-guard.ts';
import { endedMeanwhile, endingAt, lateConfig, malformedReport, unreachable, withoutConfig } from './host-errors.ts';
import { ShownOutput } from './host-output.ts';
import type { Host } from './types.ts';

/** Milliseconds, as all that follows. */
const readyTimeout = 10_000;
const replyTimeout = 5_000;
/** Longer, because shared workers that are replaced run their teardowns first. */
const runTimeout = 20_000;
/** Longer than the host allows itself. */
const stopTimeout = 25_000;
/** A host that is to end, or is late with its config, is first asked for a sign of life. */
const pingTimeout = 3_000;
/** Tests report a host that does not answer after at most 14 s (`client/connect.ts`); they are first. */
const heartbeat = { interval: 2_000, limit: 7 };
/** Then the user reads what is being waited for. */
const noticeAfter = 10_000;

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
  readonly #control: HostControl;
  readonly #address = Promise.withResolvers<string>();
  readonly #configured = Promise.withResolvers<Configured>();
  readonly #output: ShownOutput;
  #heartbeat: Heartbeat | undefined;
  #unguard: (() => void) | undefined;
  /** Why this process has killed it. */
  #fault: string | undefined;
  #swept: Promise<void> | undefined;
  #stopping: Promise<HostSummary | undefined> | undefined;
  address = '';

  constructor(child: ChildProcess, options: HostProcessOptions) {
    this.#child = child;
    this.#options = options;
    this.#control = new HostControl(child, {
      ready: (address) => this.#address.resolve(address),
      failed: (error) => this.#failed(error),
      configured: (configured) => this.#explain(configured),
      malformed: (line) => this.#malformed(line),
    });
    this.configured = this.#configured.promise;
    this.exited = new Promise((end) => child.once('exit', () => end()));
    void this.exited.then(() => this.#gone());
    this.#address.promise.catch(() => {});
    this.#output = new ShownOutput(child, this.exited);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  boot(line: Boot): void {
    this.#control.send(line);
  }

  async ready(): Promise<void> {
    // Until the config is loaded: an idle host does not keep this process running.
    void this.configured.then(this.#control.hold());
    const expired = (): Error => unreachable(`it was not ready within ${Math.round(readyTimeout)} ms`);
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
  }

  async summary(): Promise<HostSummary> {
    return (await this.#control.call('summary', replyTimeout))?.summary ?? { pools: [], crashes: [] };
  }

  async runStarted(): Promise<void> {
    await this.#control.call('runStarted', runTimeout);
  }

  async runEnded(): Promise<WatchedFiles | undefined> {
    return (await this.#control.call('runEnded', replyTimeout))?.watched;
  }

  owns(groups: readonly GroupLeader[]): void {
    this.#control.send({ command: 'owns', groups });
  }

  stop(): Promise<HostSummary | undefined> {
    return (this.#stopping ??= this.#stop());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<HostSummary | undefined> {
    // One that answers nothing is not waited for as long as one that has something to end.
    const answers = await this.#answers();
    if (!answers) this.#kill(`it did not answer within ${Math.round(pingTimeout)} ms when it was to end`);
    const stopped = answers ? await this.#control.call('stop', stopTimeout) : undefined;
    // It ends when this process does, which it neither holds up nor keeps running.
    if (stopped?.stays === true) return stopped.summary;
    this.#control.end();
    const release = this.#control.hold();
    const expired = (): Error => unreachable('it did not end');
    const end = { clock: systemClock, timeout: stopped === undefined ? 0 : stopTimeout, expired };
    await within(this.exited, end).catch(() => this.#kill(`it did not end within ${Math.round(stopTimeout)} ms`));
    const killed = within(this.exited, { clock: systemClock, timeout: killTimeout, expired });
    if (!(await killed.then(() => true).catch(() => false))) {
      this.#stuck();
      release();
      return stopped?.summary;
    }
    await Promise.all([this.#output.over, this.#swept]);
    forgetEnding(dirname(localPath(this.address))); // workers that began until now have read it
    return stopped?.summary;
  }

  /** The heartbeat notices one that answers no more; this is for the moment in which the config is late. */
  async #answers(): Promise<boolean> {
    return (await this.#control.call('ping', pingTimeout)) !== undefined;
  }

  async #awaitConfig(): Promise<void> {
    const { configTimeout, project } = this.#options;
    const file = configFileOf(project);
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
    this.#configured.resolve(withoutConfig(lateConfig({ file, name, configTimeout, answers }), files));
    // One that answers goes on: locks, ports and values need no config.
    if (answers) this.#beat();
    else this.#kill('its config did not return');
  }

  /** From now on silence is the host's fault: until now a config may have blocked it for as long as it is allowed to take. */
  #beat(): void {
    if (this.#control.isOver) return;
    this.#heartbeat = new Heartbeat({
      clock: systemClock,
      ...heartbeat,
      received: () => this.#control.received,
      wanted: () => true,
      ping: () => this.#control.send({ command: 'ping', id: 0 }),
      lost: (silence) => {
        const seconds = Math.round(silence / 1000);
        this.#kill(`it did not answer for ${seconds} s: it was stopped, or code of the config did not return`);
      },
    });
  }

  #kill(fault: string): void {
    if (this.#control.isOver || this.#fault !== undefined) return;
    this.#fault = fault;
    process.stderr.write(`carpool: The host (process ${this.pid}) was killed: ${fault}\n`);
    killHost(this.#child);
  }

  /** It was killed, and the system does not end it: neither the user nor this process waits for that. */
  #stuck(): void {
    this.#heartbeat?.stop();
    process.stderr.write(
      `carpool: The host (process ${this.pid}) has not ended within ${Math.round(killTimeout)} ms after SIGKILL: the system holds it. What it has started is ended by the next host\n`,
    );
  }

  /** What it has printed before is on another pipe, and may be read after the report. It may have been ready. */
  #failed(thrown: CarpoolError): void {
    setImmediate(() => {
      const error = this.#output.explain(thrown);
      this.#address.reject(error);
      this.#configured.resolve(withoutConfig(error));
    });
  }

  /** As with `failed`: a config may have printed why it cannot be loaded. */
  #explain(configured: Configured): void {
    const { problem } = configured;
    if (problem === undefined) {
      this.#configured.resolve(configured);
      return;
    }
    setImmediate(() => {
      const explained = toRecord(this.#output.explain(fromRecord(problem)));
      this.#configured.resolve({ ...configured, problem: explained });
    });
  }

  #malformed(line: string): void {
    const error = malformedReport(line);
    process.stderr.write(`carpool: ${error.message} [${error.code}]\n`);
    this.#address.reject(error);
    this.#configured.resolve(withoutConfig(error));
  }

  #gone(): void {
    const { exitCode, signalCode } = this.#child;
    this.#heartbeat?.stop();
    // One that has ended in order has ended its children too.
    if (exitCode !== 0 && this.address !== '') this.#swept = sweepHosts(this.#options);
    this.#unguard?.();
    const how = signalCode === null ? `exited with code ${exitCode}` : `was killed by ${signalCode}`;
    void this.#output.over.then(() => {
      const ending = endingAt(this.address);
      if (this.address !== '' && this.#stopping === undefined && this.#fault === undefined)
        process.stderr.write(endedMeanwhile(this.pid, how, ending));
      this.#address.reject(this.#output.explain(unreachable(`it ${how} before it was ready`)));
      const why = this.#fault ?? `it ${how}`;
      const gone = ending ?? this.#output.explain(new CarpoolError('HUB_LOST', `The host is gone: ${why}`));
      this.#configured.resolve(withoutConfig(gone));
    });
  }
}

/**
 * The control pipe of a host, in the process that has started it: commands go there, answers and reports come back. A call
 * that waits keeps this process running, and so does what holds the host; an idle host does not.
 */
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { systemClock } from '../base/clock.ts';
import { fromRecord, type CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { within } from '../base/wait.ts';
import {
  controlDescriptor,
  parseReport,
  type Boot,
  type Command,
  type Configured,
  type Done,
} from '../wire/control.ts';

/** What a host reports by itself. */
export interface HostReports {
  /** It listens. */
  ready(address: string): void;
  /** It ends, because it cannot serve. */
  failed(error: CarpoolError): void;
  /** Its config is loaded, or cannot be used. */
  configured(configured: Configured): void;
  /** What is no report has come in the place of one. */
  malformed(line: string): void;
}

/** A command that is answered. */
type HostCall = Exclude<Command['command'], 'owns'>;

export class HostControl {
  readonly #child: ChildProcess;
  readonly #pipe: Socket;
  readonly #reports: HostReports;
  readonly #replies = new Map<number, (answer: Done | undefined) => void>();
  #ids = 0;
  #holds = 0;

  constructor(child: ChildProcess, reports: HostReports) {
    this.#child = child;
    this.#pipe = child.stdio[controlDescriptor] as Socket;
    this.#reports = reports;
    const lines = createInterface({ input: this.#pipe });
    lines.on('line', (line) => this.#onLine(line));
    for (const it of [this.#pipe, lines]) it.on('error', noop); // the exit says why
    child.once('exit', () => {
      for (const resolve of this.#replies.values()) resolve(undefined);
    });
  }

  /** The process of the host has ended. */
  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Bytes, so far. */
  get received(): number {
    return this.#pipe.bytesRead;
  }

  /** Keeps this process running. @returns ends that; called once */
  hold(): () => void {
    if (this.#holds++ === 0) for (const handle of [this.#child, this.#pipe]) handle.ref();
    return () => {
      if (--this.#holds === 0) for (const handle of [this.#child, this.#pipe]) handle.unref();
    };
  }

  send(line: Boot | Command): void {
    this.#pipe.write(`${JSON.stringify(line)}\n`);
  }

  /**
   * Resolves with the answer; with `undefined` when the host is gone, or does not answer in time.
   * @param timeout milliseconds
   */
  async call(command: HostCall, timeout: number): Promise<Done | undefined> {
    if (this.isOver) return undefined;
    const id = ++this.#ids;
    const reply = new Promise<Done | undefined>((resolve) => this.#replies.set(id, resolve));
    const release = this.hold();
    this.send({ command, id });
    const expired = (): Error => new Error('no answer');
    try {
      return await within(reply, { clock: systemClock, timeout, expired });
    } catch {
      return undefined;
    } finally {
      this.#replies.delete(id);
      release();
    }
  }

  /** The host ends as if this process had. */
  end(): void {
    this.#pipe.end();
  }

  #onLine(line: string): void {
    const report = parseReport(line);
    switch (report?.report) {
      case 'ready':
        this.#reports.ready(report.address);
        break;
      case 'failed':
        this.#reports.failed(fromRecord(report.error));
        break;
      case 'configured':
        this.#reports.configured(report.configured);
        break;
      case 'done':
        this.#replies.get(report.id)?.(report);
        break;
      case undefined:
        this.#reports.malformed(line);
        break;
    }
  }
}

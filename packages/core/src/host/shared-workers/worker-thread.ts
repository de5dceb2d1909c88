/** One life of a shared worker: its thread from start to end, and what it printed. */
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../base/error-kinds.ts';
import { CarpoolError, type Evidence } from '../../base/errors.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import { Tail } from '../../base/tail.ts';
import { fingerprint, sameFingerprint, type Fingerprint } from '../../process/files.ts';
import { ownFile } from '../../process/own-file.ts';
import type { SharedWorkerPlan } from './worker-plan.ts';
import type { FromThread, ThreadData, ThreadSecret, ToThread } from '../../wire/shared-worker-messages.ts';

export interface WorkerThreadOptions {
  readonly plan: SharedWorkerPlan;
  /** Its name in message ids. */
  readonly worker: string;
  readonly path: string;
  readonly token: string;
  /** Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly run: number;
  readonly clock: Clock;
  /** It cannot be used any more, and nothing has asked it to end. Not called for one that exits with code 0, as in AVA. */
  crashed(worker: WorkerThread): void;
}

/** Milliseconds from `terminate` to the exit, for a thread whose JavaScript can be interrupted. */
const terminateTimeout = 1_000;

interface Failure {
  readonly code: ErrorCode;
  /** "crashed: …" */
  readonly how: string;
  readonly stack: string;
  /** It has ended by itself, and has reported no error. */
  readonly willing?: boolean;
}

export class WorkerThread {
  readonly plan: SharedWorkerPlan;
  readonly path: string;
  /** Resolves when test processes can connect. */
  readonly listening: Promise<void>;
  /** Resolves when the thread is gone. One in a native call goes when that returns. */
  readonly ended: Promise<void>;
  /** Resolves when it cannot be used any more: `error` says why. */
  readonly over: Promise<void>;
  readonly #clock: Clock;
  readonly #thread: Worker;
  readonly #control: MessagePort;
  readonly #listening = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #stdout = new Tail();
  readonly #stderr = new Tail();
  /** Files it has loaded, with their fingerprints at that time. */
  readonly #files = new Map<string, Fingerprint | undefined>();
  readonly #readiness: Timer;
  readonly #crashReported: (worker: WorkerThread) => void;
  #failure: Failure | undefined;
  #ending: Promise<void> | undefined;
  #exited = false;
  #members = 0;

  constructor({ plan, worker, path, token, env, run, clock, crashed }: WorkerThreadOptions) {
    this.#crashReported = crashed;
    this.plan = plan;
    this.path = path;
    this.#clock = clock;
    this.over = this.#over.promise;
    this.listening = this.#listening.promise;
    this.listening.catch(() => {}); // reported to each call of `start`
    const { file, url, initialData } = plan;
    this.#watch([url]);
    const data: ThreadData = { worker, file, url, initialData, path, run };
    this.#thread = new Worker(ownFile('shared-worker-thread.js'), {
      workerData: data,
      ...(env !== undefined && { env }),
      stdout: true,
      stderr: true,
      // Not the host's options.
      execArgv: [],
    });
    const { port1: control, port2 } = new MessageChannel();
    this.#control = control;
    control.on('message', (message: FromThread) => this.#onMessage(message));
    this.#thread.postMessage({ token, control: port2 } satisfies ThreadSecret<MessagePort>, [port2]);
    // The user's port from now on: what is posted there is for no reader, and is not kept.
    this.#thread.on('message', () => {});
    this.#thread.on('error', (thrown: unknown) => this.#crashed(thrown));
    // The host's stdout carries its reports to the runner.
    for (const [stream, tail] of [
      [this.#thread.stdout, this.#stdout],
      [this.#thread.stderr, this.#stderr],
    ] as const) {
      stream.on('data', (chunk: Uint8Array) => {
        tail.push(chunk);
        process.stderr.write(chunk);
      });
    }
    this.ended = new Promise((resolve) => {
      this.#thread.once('exit', (code) => {
        this.#exited = true;
        control.close();
        this.#fail({ code: 'SHARED_WORKER_FAILED', how: `exited with code ${code}`, stack: '', willing: code === 0 });
        this.#stopped.resolve();
        resolve();
      });
    });
    const { readyTimeout } = plan;
    this.#readiness = clock.after(readyTimeout, () => {
      const how = `was not ready within ${Math.round(readyTimeout)} ms; it must call \`ready()\` on what \`negotiateProtocol(['ava-4'])\` returns, or needs a larger \`readyTimeout\``;
      this.#fail({ code: 'SHARED_WORKER_FAILED', how, stack: '' });
    });
  }

  /** Test workers that have joined it. */
  get members(): number {
    return this.#members;
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Why it cannot be used, with what it has printed so far. */
  get error(): CarpoolError | undefined {
    if (this.#failure === undefined) return undefined;
    const { code, how, stack } = this.#failure;
    const output = this.output();
    const stderr = [output.stderr ?? '', stack].filter((text) => text !== '').join('\n');
    const evidence: Evidence = { ...output, ...(stderr === '' ? {} : { stderr }) };
    const { file } = this.plan;
    return new CarpoolError(code, `The shared worker ${file} ${how}`, { context: { file }, evidence });
  }

  output(): Evidence {
    const [stdout, stderr] = [this.#stdout.text(), this.#stderr.text()];
    return { ...(stdout === '' ? {} : { stdout }), ...(stderr === '' ? {} : { stderr }) };
  }

  /** Whether a file that it has loaded has changed since. */
  edited(): boolean {
    return [...this.#files].some(([url, then]) => !sameFingerprint(fingerprintOf(url), then));
  }

  post(message: ToThread): void {
    if (!this.failed && this.#ending === undefined) this.#control.postMessage(message);
  }

  /**
   * Runs its teardowns within their deadline, then ends the thread. @param why "the run has ended"
   * @returns false if the thread is still there: it is in a native call, which nothing but the end of the process ends
   */
  async stop(why: string): Promise<boolean> {
    await this.#end({ code: 'SHARED_WORKER_FAILED', how: `was stopped: ${why}`, stack: '' });
    return this.#exited;
  }

  /** However it ends: its teardowns release what it holds outside of the thread. */
  #end(failure: Failure): Promise<void> {
    return (this.#ending ??= this.#tearDown(failure));
  }

  async #tearDown(failure: Failure): Promise<void> {
    const { file, teardownTimeout } = this.plan;
    const expired = (): Error => new Error('too late');
    if (!this.#exited) {
      this.#control.postMessage({ type: 'stop' } satisfies ToThread);
      try {
        await within(this.#stopped.promise, { clock: this.#clock, timeout: teardownTimeout, expired });
      } catch {
        const message = `the teardowns of the shared worker ${file} took longer than ${Math.round(teardownTimeout)} ms and were abandoned`;
        process.stderr.write(`carpool: ${message}\n`);
      }
    }
    this.#fail(failure);
    void this.#thread.terminate();
    await within(this.ended, { clock: this.#clock, timeout: terminateTimeout, expired }).catch(() => {
      const message = `the thread of the shared worker ${file} is in a native call and cannot be ended before that returns`;
      process.stderr.write(`carpool: ${message}\n`);
    });
  }

  #onMessage(message: FromThread): void {
    switch (message.type) {
      case 'listening':
        this.#listening.resolve();
        break;
      case 'ready':
        this.#readiness.cancel();
        break;
      case 'files':
        this.#watch(message.files);
        break;
      case 'members':
        this.#members = message.members;
        break;
      case 'fatal':
        this.#fail(message);
        break;
      case 'stopped':
        this.#stopped.resolve();
        break;
    }
  }

  #crashed(thrown: unknown): void {
    const error = typeof thrown === 'object' && thrown !== null ? (thrown as Partial<Error>) : {};
    const message = error.message ?? String(thrown);
    this.#fail({ code: 'SHARED_WORKER_FAILED', how: `crashed: ${message}`, stack: error.stack ?? '' });
  }

  /** The first cause stays. */
  #fail(failure: Failure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#readiness.cancel();
    this.#listening.reject(this.error as CarpoolError);
    if (this.#ending === undefined && failure.willing !== true) this.#crashReported(this);
    this.#over.resolve();
    void this.#end(failure);
  }

  #watch(urls: readonly string[]): void {
    for (const url of urls) if (!this.#files.has(url)) this.#files.set(url, fingerprintOf(url));
  }
}

function fingerprintOf(url: string): Fingerprint | undefined {
  try {
    return fingerprint(fileURLToPath(url));
  } catch {
    return undefined; // no URL of a file on this system
  }
}

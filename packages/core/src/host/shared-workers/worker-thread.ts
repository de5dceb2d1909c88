/** One life of a shared worker: its thread from start to end, and what it printed. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ErrorCode } from '../../base/error-kinds.ts';
import { CarpoolError, type Evidence } from '../../base/errors.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import { Tail } from '../../base/tail.ts';
import { fingerprint, sameFingerprint, type Fingerprint } from '../../process/files.ts';
import type { SharedWorkerPlan } from './worker-plan.ts';
import type { FromThread, ThreadData, ThreadSecret, ToThread } from '../../wire/shared-worker-messages.ts';

export interface WorkerThreadOptions {
  readonly plan: SharedWorkerPlan;
  /** Its name in message ids. */
  readonly worker: string;
  readonly path: string;
  readonly token: string;
  readonly run: number;
  readonly clock: Clock;
  /** It cannot be used any more, and nothing has asked it to end. Not called for one that exits with code 0, as in AVA. */
  crashed(worker: WorkerThread): void;
}

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
  /** Resolves when the thread is gone. */
  readonly ended: Promise<void>;
  readonly #clock: Clock;
  readonly #thread: Worker;
  readonly #listening = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #stdout = new Tail();
  readonly #stderr = new Tail();
  /** Files it has loaded, with their fingerprints at that time. */
  readonly #files = new Map<string, Fingerprint | undefined>();
  readonly #readiness: Timer;
  readonly #crashReported: (worker: WorkerThread) => void;
  #failure: Failure | undefined;
  #stopping: Promise<void> | undefined;
  #members = 0;

  constructor({ plan, worker, path, token, run, clock, crashed }: WorkerThreadOptions) {
    this.#crashReported = crashed;
    this.plan = plan;
    this.path = path;
    this.#clock = clock;
    this.listening = this.#listening.promise;
    this.listening.catch(() => {}); // reported to each call of `start`
    const { file, url, initialData } = plan;
    this.#watch([url]);
    const data: ThreadData = { worker, file, url, initialData, path, run };
    this.#thread = new Worker(mainFile(), {
      workerData: data,
      stdout: true,
      stderr: true,
      // Not the host's options. An unhandled rejection ends the thread, so that it is reported.
      execArgv: ['--unhandled-rejections=strict'],
    });
    this.#thread.postMessage({ token } satisfies ThreadSecret);
    this.#thread.on('message', (message: FromThread | null | undefined) => {
      // The user's code has the same port, and may post anything.
      if (typeof message?.type === 'string') this.#onMessage(message);
    });
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
        this.#fail({ code: 'SHARED_WORKER_FAILED', how: `exited with code ${code}`, stack: '', willing: code === 0 });
        this.#stopped.resolve();
        resolve();
      });
    });
    const { readyTimeout } = plan;
    this.#readiness = clock.after(readyTimeout, () => {
      const how = `was not ready within ${readyTimeout} ms; it must call \`ready()\` on what \`negotiateProtocol(['ava-4'])\` returns, or needs a larger \`readyTimeout\``;
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
    if (!this.failed && this.#stopping === undefined) this.#thread.postMessage(message);
  }

  /** Runs its teardowns within their deadline, then ends it. @param why "the run has ended" */
  stop(why: string): Promise<void> {
    return (this.#stopping ??= this.#stop(why));
  }

  async #stop(why: string): Promise<void> {
    const { file, teardownTimeout } = this.plan;
    if (!this.failed) {
      this.#thread.postMessage({ type: 'stop' } satisfies ToThread);
      const expired = (): Error => new Error('too late');
      try {
        await within(this.#stopped.promise, { clock: this.#clock, timeout: teardownTimeout, expired });
      } catch {
        const message = `the teardowns of the shared worker ${file} took longer than ${teardownTimeout} ms and were abandoned`;
        process.stderr.write(`carpool: ${message}\n`);
      }
    }
    this.#fail({ code: 'SHARED_WORKER_FAILED', how: `was stopped: ${why}`, stack: '' });
    await this.ended;
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
        if (Array.isArray(message.files)) this.#watch(message.files);
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
    if (this.#stopping === undefined && failure.willing !== true) this.#crashReported(this);
    void this.#thread.terminate();
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

/** In the package it is beside this file; in a checkout Node runs the source. */
function mainFile(): URL {
  const name = import.meta.url.endsWith('.ts') ? '../thread/main.ts' : './shared-worker-thread.js';
  return new URL(name, import.meta.url);
}

/**
 * The shared workers of a host: one for each registered file name. A thread starts when the first test file registers, and
 * runs until the host stops. Between runs, workers that crashed or whose files were edited are replaced.
 *
 *   idle ─ start ─▶ running ─ crash, exit, never ready ─▶ failed (reported to all, for this run) ─ new run ─▶ idle
 *                     └──────────── edited, new run: stopped, with its teardowns ──────────────────────────▶ idle
 */
import { CarpoolError, isCarpoolError, toRecord, type ErrorRecord } from '../../base/errors.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import type { SharedWorkerRequest, SharedWorkerResult, SharedWorkerStateResult } from '../../wire/messages.ts';
import type { ToThread } from '../../wire/shared-worker-messages.ts';
import { defaultReadyTimeout, defaultTeardownTimeout, type SharedWorkerPlan } from './worker-plan.ts';
import type { WorkerThread } from './worker-thread.ts';

export interface SharedWorkersOptions {
  /** The path of a socket, for numbers from 1. */
  readonly pathOf: (number: number) => string;
  readonly token: string;
  /** Of the threads. Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Those of the config, by name. If it rejects, each call that names one fails with that. */
  readonly named: Promise<ReadonlyMap<string, SharedWorkerPlan>>;
  readonly clock?: Clock;
  /** Threads at a time. Default 256. */
  readonly max?: number;
}

const defaultMax = 256;
/** Threads whose state can still be asked for, and files that failed in this run. */
const remembered = 1_000;
/** Milliseconds between the end of a thread's socket and the reason. */
const exitTimeout = 5_000;
/** Milliseconds from there to the last of what it printed. */
const outputTimeout = 500;

export class SharedWorkers {
  readonly #options: SharedWorkersOptions | undefined;
  readonly #clock: Clock;
  readonly #max: number;
  readonly #running = new Map<string, Promise<WorkerThread>>();
  readonly #byPath = new Map<string, WorkerThread>();
  /** Those of the run that have crashed. */
  readonly #crashed = new Set<WorkerThread>();
  /** Those whose threads are there, also without further use. */
  readonly #threads = new Set<WorkerThread>();
  #places = 0;
  #names: readonly string[] = [];
  #started = 0;
  #run = 1;
  #closed = false;

  /** @param options absent: this host has none */
  constructor(options?: SharedWorkersOptions) {
    this.#options = options;
    this.#clock = options?.clock ?? systemClock;
    this.#max = options?.max ?? defaultMax;
    options?.named.then(
      (plans) => (this.#names = [...plans.keys()]),
      () => {}, // reported to each call that names one
    );
  }

  /** The names in the config, once it is loaded. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Threads that are there, or about to be. */
  get threads(): number {
    return this.#places;
  }

  /**
   * Resolves when the worker listens; `join` waits until it is ready.
   * @throws CarpoolError SHARED_WORKER_FAILED, SHARED_WORKER_PROTOCOL, CONFIG_INVALID
   */
  async start(request: SharedWorkerRequest): Promise<SharedWorkerResult> {
    const plan = await this.#plan(request);
    if (this.#closed) throw new CarpoolError('SHARED_WORKER_FAILED', `Cannot start ${plan.file}: the run has ended`);
    let starting = this.#running.get(plan.file);
    if (starting === undefined) {
      if (this.#places >= this.#max || this.#running.size >= remembered) throw tooMany(plan.file, this.#places);
      starting = this.#start(plan);
      this.#running.set(plan.file, starting);
      this.#account(plan.file, starting);
    }
    const worker = await starting;
    await worker.listening;
    if (worker.error !== undefined) throw worker.error;
    return { path: worker.path, file: plan.file, readyTimeout: worker.plan.readyTimeout };
  }

  /** Whether one of them has its socket there. */
  listensAt(path: string): boolean {
    return this.#byPath.has(path);
  }

  /** What it printed last, and why it is gone. @param ended its socket has closed: waits until the reason is known */
  async state(path: string, ended: boolean = false): Promise<SharedWorkerStateResult> {
    const worker = this.#byPath.get(path);
    if (worker === undefined) return {};
    if (ended) {
      const expired = (): Error => new Error('it is still there');
      const upTo = (timeout: number) => ({ clock: this.#clock, timeout, expired });
      await within(worker.over, upTo(exitTimeout)).catch(() => {});
      // What it printed last is complete then. Its teardowns may take longer.
      await within(worker.ended, upTo(outputTimeout)).catch(() => {});
    }
    const { error } = worker;
    return { ...worker.output(), error: error && toRecord(error) };
  }

  /** Why shared workers have crashed in this run; where several runners share the host, in its life. */
  crashes(): ErrorRecord[] {
    return [...this.#crashed].flatMap(({ error }) => (error === undefined ? [] : [toRecord(error)]));
  }

  /**
   * A new run begins. Resolves when what must be replaced has been stopped.
   * @param alone no other runner uses this host, so edited workers are not in use
   */
  async run(alone: boolean): Promise<void> {
    this.#run++;
    if (alone) this.#crashed.clear();
    const sharedWorkers = await this.#sharedWorkers();
    const stops = sharedWorkers.map(async (worker) => {
      if (!worker.failed && !(worker.edited() && (alone || worker.members === 0))) {
        worker.post({ type: 'run', event: 're-run', run: this.#run });
        return;
      }
      this.#running.delete(worker.plan.file);
      await worker.stop('its files were edited');
    });
    await Promise.all(stops);
  }

  ran(): void {
    this.#post({ type: 'run', event: 'end', run: this.#run });
  }

  /** Their sockets have been removed: each makes a new one. */
  listenAgain(): void {
    this.#post({ type: 'listen again' });
  }

  #post(message: ToThread): void {
    for (const starting of this.#running.values()) starting.then((worker) => worker.post(message)).catch(() => {});
  }

  /**
   * Runs their teardowns in parallel, each within its deadline, and ends the threads.
   * @returns false if one is still there: `process.exit` would wait for it
   */
  async close(): Promise<boolean> {
    this.#closed = true;
    await this.#sharedWorkers();
    const ends = [...this.#threads].map((worker) => worker.stop('the run has ended'));
    return (await Promise.all(ends)).every(Boolean);
  }

  /** One that never listened is forgotten: the system had no thread or no socket, and may have one for the next file. */
  #account(file: string, starting: Promise<WorkerThread>): void {
    this.#places++;
    const free = (): void => void this.#places--;
    starting.then(({ ended }) => ended).then(free, free);
    const forget = (): void => {
      if (this.#running.get(file) === starting) this.#running.delete(file);
    };
    starting.then(({ listening }) => listening).catch(forget);
  }

  /** Those that have started. */
  async #sharedWorkers(): Promise<WorkerThread[]> {
    const all = await Promise.allSettled(this.#running.values());
    return all.flatMap((starting) => (starting.status === 'fulfilled' ? [starting.value] : []));
  }

  async #start(plan: SharedWorkerPlan): Promise<WorkerThread> {
    const { pathOf, token, env } = this.#options as SharedWorkersOptions;
    const number = ++this.#started;
    // Loaded late: most hosts run no shared worker.
    const { WorkerThread: Running } = await import('./worker-thread.ts');
    const worker = new Running({
      plan,
      worker: `shared-worker-${number}`,
      path: pathOf(number),
      token,
      env,
      run: this.#run,
      clock: this.#clock,
      crashed: (crashed) => this.#crashed.add(crashed),
    });
    this.#threads.add(worker);
    void worker.ended.then(() => this.#threads.delete(worker));
    this.#byPath.set(worker.path, worker);
    const [oldest] = this.#byPath.keys();
    if (this.#byPath.size > remembered && oldest !== undefined) this.#byPath.delete(oldest);
    return worker;
  }

  async #plan({ filename, name, initialData }: SharedWorkerRequest): Promise<SharedWorkerPlan> {
    const { named } = this.#options ?? {};
    if (named === undefined) throw new CarpoolError('SHARED_WORKER_FAILED', 'This host runs no shared workers');
    if (filename === undefined) return byName(await named.catch(noneIfEmpty), String(name));
    const plans = await named.catch((): ReadonlyMap<string, SharedWorkerPlan> => new Map());
    const known = [...plans.values()].find(({ file }) => file === filename);
    if (known !== undefined) return known;
    return {
      file: filename,
      url: await urlOf(filename),
      initialData: initialData === undefined ? undefined : Buffer.from(initialData, 'base64'),
      readyTimeout: defaultReadyTimeout,
      teardownTimeout: defaultTeardownTimeout,
    };
  }
}

/** Where there is no config, or an empty one, there are no shared workers. */
function noneIfEmpty(thrown: unknown): ReadonlyMap<string, SharedWorkerPlan> {
  if (isCarpoolError(thrown, 'CONFIG_INVALID') && thrown.context['empty'] === true) return new Map();
  throw thrown;
}

function byName(plans: ReadonlyMap<string, SharedWorkerPlan>, name: string): SharedWorkerPlan {
  const plan = plans.get(name);
  if (plan !== undefined) return plan;
  const known = [...plans.keys()].map((other) => JSON.stringify(other)).join(', ');
  const has = known === '' ? 'no shared workers' : `only ${known}`;
  const message = `There is no shared worker ${JSON.stringify(name)}: the config has ${has}; add it there: \`defineConfig({ sharedWorkers: { ${name}: … } })\``;
  const context = { path: `sharedWorkers.${name}`, found: name, allowed: [...plans.keys()] };
  throw new CarpoolError('CONFIG_INVALID', message, { scope: 'call', context });
}

async function urlOf(filename: string): Promise<string> {
  if (filename.startsWith('file:')) return filename;
  const { pathToFileURL } = await import('node:url');
  return pathToFileURL(filename).href;
}

function tooMany(file: string, running: number): CarpoolError {
  const message = `Cannot start ${file}: ${running} shared workers run already, or too many have failed in this run`;
  return new CarpoolError('SHARED_WORKER_FAILED', message);
}

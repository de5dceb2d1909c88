/**
 * The shared workers of a host: one for each file name, as it was registered. It starts a thread when the first test file
 * wants it, and keeps it until the host stops; between runs those are replaced that crashed, or whose files were edited.
 *
 *   nobody wants it ─ start ─▶ running ─ crash, exit, never ready ─▶ failed (told to all, for this run) ─ new run ─▶ nobody …
 *                                └───────────── edited, new run: stopped, with its teardowns ──────────────────▶ nobody …
 */
import { CarpoolError, isCarpoolError, toRecord } from '../../base/errors.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import type { SharedWorkerRequest, SharedWorkerResult, SharedWorkerStateResult } from '../../wire/messages.ts';
import { defaultReadyTimeout, defaultTeardownTimeout, type SharedWorkerPlan } from './worker-plan.ts';
import type { WorkerThread } from './worker-thread.ts';

export interface SharedWorkersOptions {
  /** A place to listen at that was not used before. */
  readonly pathOf: (number: number) => string;
  readonly token: string;
  /** Those of the config, by name. A rejection is what whoever asks for a name is told. */
  readonly named: Promise<ReadonlyMap<string, SharedWorkerPlan>>;
  readonly clock?: Clock;
}

const maxWorkers = 256;
/** Those that are gone and can still say why. */
const remembered = 1_000;
/** For a thread to be gone whose socket has closed. */
const exitTimeout = 5_000;

export class SharedWorkers {
  readonly #options: SharedWorkersOptions | undefined;
  readonly #clock: Clock;
  readonly #running = new Map<string, Promise<WorkerThread>>();
  readonly #byPath = new Map<string, WorkerThread>();
  #names: readonly string[] = [];
  #started = 0;
  #run = 1;
  #closed = false;

  /** @param options absent: there are none here */
  constructor(options?: SharedWorkersOptions) {
    this.#options = options;
    this.#clock = options?.clock ?? systemClock;
    options?.named.then(
      (plans) => (this.#names = [...plans.keys()]),
      () => {}, // told to whoever asks for a name
    );
  }

  /** Those of the config, once it is loaded. */
  get names(): readonly string[] {
    return this.#names;
  }

  /**
   * Resolves when the worker listens; those who join wait until it is ready.
   * @throws CarpoolError SHARED_WORKER_FAILED, SHARED_WORKER_PROTOCOL, CONFIG_INVALID
   */
  async start(request: SharedWorkerRequest): Promise<SharedWorkerResult> {
    const plan = await this.#plan(request);
    if (this.#closed) throw new CarpoolError('SHARED_WORKER_FAILED', `Cannot start ${plan.file}: the run has ended`);
    let starting = this.#running.get(plan.file);
    if (starting === undefined) {
      if (this.#running.size >= maxWorkers) throw tooMany(plan.file);
      starting = this.#start(plan);
      this.#running.set(plan.file, starting);
    }
    const worker = await starting;
    await worker.listening;
    if (worker.error !== undefined) throw worker.error;
    return { path: worker.path, file: plan.file, readyTimeout: worker.plan.readyTimeout };
  }

  /** What it printed last, and why it is gone. @param ended its socket has closed */
  async state(path: string, ended: boolean = false): Promise<SharedWorkerStateResult> {
    const worker = this.#byPath.get(path);
    if (worker === undefined) return {};
    if (ended) {
      const expired = (): Error => new Error('it is still there');
      await within(worker.ended, { clock: this.#clock, timeout: exitTimeout, expired }).catch(() => {});
    }
    const { error } = worker;
    return { ...worker.output(), error: error && toRecord(error) };
  }

  /**
   * A new run begins. Resolves when what must be replaced has been stopped.
   * @param alone no other runner is on this host: nobody can be using what was edited
   */
  async run(alone: boolean): Promise<void> {
    this.#run++;
    const sharedWorkers = await this.#sharedWorkers();
    const stops = sharedWorkers.map(async (worker) => {
      if (!worker.failed && !(worker.edited() && (alone || worker.seats === 0))) {
        worker.post({ type: 'run', event: 're-run', run: this.#run });
        return;
      }
      this.#running.delete(worker.plan.file);
      await worker.stop('its files were edited');
    });
    await Promise.all(stops);
  }

  ran(): void {
    for (const starting of this.#running.values()) {
      starting.then((worker) => worker.post({ type: 'run', event: 'end', run: this.#run })).catch(() => {});
    }
  }

  /** Their own teardowns run, side by side, each within its deadline; then they are ended. */
  async close(): Promise<void> {
    this.#closed = true;
    const sharedWorkers = await this.#sharedWorkers();
    await Promise.all(sharedWorkers.map((worker) => worker.stop('the run has ended')));
  }

  /** Those that could be started. */
  async #sharedWorkers(): Promise<WorkerThread[]> {
    const all = await Promise.allSettled(this.#running.values());
    return all.flatMap((starting) => (starting.status === 'fulfilled' ? [starting.value] : []));
  }

  async #start(plan: SharedWorkerPlan): Promise<WorkerThread> {
    const { pathOf, token } = this.#options as SharedWorkersOptions;
    const number = ++this.#started;
    // A host that no test asks for a shared worker has none of this.
    const { WorkerThread: Running } = await import('./worker-thread.ts');
    const worker = new Running({
      plan,
      worker: `shared-worker-${number}`,
      path: pathOf(number),
      token,
      run: this.#run,
      clock: this.#clock,
    });
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

/** A config that has nothing, or that there is not, has no shared workers either. */
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

function tooMany(file: string): CarpoolError {
  return new CarpoolError('SHARED_WORKER_FAILED', `Cannot start ${file}: ${maxWorkers} shared workers run already`);
}

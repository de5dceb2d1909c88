/** The connections of one client to shared workers, and what the host says of those. */
import { CarpoolError, fromRecord, isCarpoolError } from '../../base/errors.ts';
import type { WorkerRequest, WorkerResult, WorkerStateRequest, WorkerStateResult } from '../../wire/messages.ts';
import { NoAnswer, WorkerConnection } from './connection.ts';
import { grace } from './membership.ts';

/** The client, as far as shared workers are concerned. */
export interface WorkerCalls {
  readonly token: string;
  readonly runner: string;
  /** The number of this client at its host. */
  readonly peer: number;
  worker(request: WorkerRequest): Promise<WorkerResult>;
  state(request: WorkerStateRequest): Promise<WorkerStateResult>;
}

export interface Link extends WorkerResult {
  readonly connection: WorkerConnection;
}

export class WorkerLinks {
  readonly #calls: WorkerCalls;
  readonly #connections = new Map<string, Promise<WorkerConnection>>();
  #files = 0;

  constructor(calls: WorkerCalls) {
    this.#calls = calls;
  }

  /** An id that no other test worker of the host has. */
  nextTestWorker(): string {
    return `w${this.#calls.peer}f${++this.#files}`;
  }

  /**
   * Has the shared worker started, if it is not there, and connects with it.
   * @throws CarpoolError WORKER_FAILED, CONFIG_INVALID, HUB_LOST
   */
  async open(request: Omit<WorkerRequest, 'method'>): Promise<Link> {
    const worker = await this.#calls.worker({ method: 'worker', ...request });
    try {
      return { ...worker, connection: await this.#connection(worker) };
    } catch (thrown) {
      if (isCarpoolError(thrown)) throw thrown;
      throw await this.why(worker, thrown);
    }
  }

  /** Why a shared worker is gone whose connection has ended. Never rejects. */
  async why({ path, file }: WorkerResult, cause?: unknown): Promise<CarpoolError> {
    const busy = cause instanceof NoAnswer;
    const state = await this.state(path, !busy);
    if (state.error !== undefined) return fromRecord(state.error);
    const { stderr, stdout } = state;
    const evidence = { ...(stderr === undefined ? {} : { stderr }), ...(stdout === undefined ? {} : { stdout }) };
    const words = busy
      ? `Cannot use the shared worker ${file}: ${cause.message}`
      : `The connection to the shared worker ${file} has ended`;
    return new CarpoolError('WORKER_FAILED', words, { context: { file }, evidence, cause });
  }

  /** What it printed last, and why it is gone if it is. Never rejects. */
  async state(path: string, ended: boolean): Promise<WorkerStateResult> {
    return await this.#calls.state({ method: 'workerState', path, ...(ended ? { ended } : {}) }).catch(() => ({}));
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.then((open) => open.close()).catch(() => {});
  }

  #connection({ path, readyTimeout }: WorkerResult): Promise<WorkerConnection> {
    const known = this.#connections.get(path);
    if (known !== undefined) return known;
    const { token, runner } = this.#calls;
    const connecting = WorkerConnection.connect({ path, token, runner, timeout: readyTimeout + grace });
    this.#connections.set(path, connecting);
    const forget = (): void => void this.#connections.delete(path);
    connecting.then(({ closed }) => void closed.then(forget)).catch(forget);
    return connecting;
  }
}

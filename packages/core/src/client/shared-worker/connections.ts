/** The connections of one client to shared workers, and what the host knows of those. */
import { CarpoolError, fromRecord, isCarpoolError } from '../../base/errors.ts';
import type {
  SharedWorkerRequest,
  SharedWorkerResult,
  SharedWorkerStateRequest,
  SharedWorkerStateResult,
} from '../../wire/messages.ts';
import { deadlineGrace } from '../../wire/deadline-grace.ts';
import { NoAnswer, SharedWorkerConnection, type SharedWorkerAddress } from './connection.ts';

/** What shared workers need of the client. */
export interface SharedWorkerCalls {
  readonly token: string;
  readonly runner: string;
  /** The host's number for this client. */
  readonly peer: number;
  /** A socket to a shared worker. */
  readonly dial: SharedWorkerAddress['dial'];
  worker(request: SharedWorkerRequest): Promise<SharedWorkerResult>;
  state(request: SharedWorkerStateRequest): Promise<SharedWorkerStateResult>;
}

export interface ConnectedWorker extends SharedWorkerResult {
  readonly connection: SharedWorkerConnection;
}

export class SharedWorkerConnections {
  readonly #calls: SharedWorkerCalls;
  readonly #connections = new Map<string, Promise<SharedWorkerConnection>>();
  #files = 0;

  constructor(calls: SharedWorkerCalls) {
    this.#calls = calls;
  }

  /** How many are connected. */
  get size(): number {
    return this.#connections.size;
  }

  /** An id for a test worker, unique at the host. */
  nextTestWorker(): string {
    return `w${this.#calls.peer}f${++this.#files}`;
  }

  /**
   * Connects to a shared worker, which the host starts if it is not running.
   * @throws CarpoolError SHARED_WORKER_FAILED, CONFIG_INVALID, HUB_LOST
   */
  async open(request: Omit<SharedWorkerRequest, 'method'>): Promise<ConnectedWorker> {
    const worker = await this.#calls.worker({ method: 'sharedWorker', ...request });
    try {
      return { ...worker, connection: await this.#connection(worker) };
    } catch (thrown) {
      if (isCarpoolError(thrown)) throw thrown;
      throw await this.why(worker, thrown);
    }
  }

  /** Why a connection has ended. Never rejects. */
  async why({ path, file }: SharedWorkerResult, cause?: unknown): Promise<CarpoolError> {
    const busy = cause instanceof NoAnswer;
    const state = await this.state(path, !busy);
    if (state.error !== undefined) return fromRecord(state.error);
    const { stderr, stdout } = state;
    const evidence = { ...(stderr === undefined ? {} : { stderr }), ...(stdout === undefined ? {} : { stdout }) };
    const message = busy
      ? `Cannot use the shared worker ${file}: ${cause.message}`
      : `The connection to the shared worker ${file} has ended`;
    return new CarpoolError('SHARED_WORKER_FAILED', message, { context: { file }, evidence, cause });
  }

  /** What the shared worker printed last, and why it is gone, if it is. Never rejects. */
  async state(path: string, ended: boolean): Promise<SharedWorkerStateResult> {
    return await this.#calls.state({ method: 'sharedWorkerState', path, ended }).catch(() => ({}));
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.then((open) => open.close()).catch(() => {});
  }

  #connection({ path, readyTimeout }: SharedWorkerResult): Promise<SharedWorkerConnection> {
    const known = this.#connections.get(path);
    if (known !== undefined) return known;
    const { token, runner, dial } = this.#calls;
    const timeout = readyTimeout + deadlineGrace;
    const connecting = SharedWorkerConnection.connect({ path, token, runner, timeout, dial });
    this.#connections.set(path, connecting);
    const forget = (): void => void this.#connections.delete(path);
    connecting.then(({ closed }) => void closed.then(forget)).catch(forget);
    return connecting;
  }
}

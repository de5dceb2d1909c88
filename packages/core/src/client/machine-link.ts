/**
 * A worker's connection to the host of the machine, beside the one to its run's: made for the first call that wants what all
 * runs share, and again once it has ended. The same owners end what is held on both.
 */
import { resolveAddress, type Place } from '../wire/address.ts';
import type { RunInfo, RunInfoRequest, RunInfoResult } from '../wire/machine-messages.ts';
import type { CarpoolError } from '../base/errors.ts';
import type { OwnerPath } from '../wire/owner-path.ts';
import { silenceOf } from './silent-host.ts';
import type { ClientOptions } from './types.ts';

/** As much of a client as is needed here. */
interface LinkedClient {
  readonly over: boolean;
  readonly closed: Promise<CarpoolError | undefined>;
  ask(request: RunInfoRequest, timeout: number): Promise<RunInfoResult>;
  end(owner: OwnerPath): Promise<void> | undefined;
  close(reason: CarpoolError | undefined): void;
}

/** What a connection to the machine's host is made from. */
export interface MachineLinkOptions<C> {
  readonly runner: string;
  /** The connection to the host of the run. */
  readonly own: C;
  /** Where that host is. */
  readonly place: Place;
  readonly connect: (options: ClientOptions) => Promise<C>;
}

const replyTimeout = 30_000;
/** Milliseconds for a host that did not answer before: each further test is to fail at once. */
const silentTimeout = 1_000;

export class MachineLink<C extends LinkedClient> {
  readonly #options: MachineLinkOptions<C>;
  /** Made up where the host knows none; the same for all connections. */
  #run: Promise<{ readonly run: RunInfo; readonly machine?: string | undefined }> | undefined;
  #client: C | undefined;
  #connecting: Promise<C> | undefined;
  #silent = false;
  #closed: { readonly reason: CarpoolError | undefined } | undefined;

  constructor(options: MachineLinkOptions<C>) {
    this.#options = options;
  }

  /**
   * The connection, to a host that is started if there is none.
   * @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED, HUB_LOST
   */
  connected(): C | Promise<C> {
    if (this.#closed?.reason !== undefined) throw this.#closed.reason;
    if (this.#client?.over === false) return this.#client;
    return (this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined)));
  }

  /** Gives back what an owner holds there. */
  end(owner: OwnerPath): void {
    if (this.#client?.over === false) void this.#client.end(owner);
  }

  /** @param reason why the connection to the run's host has ended; absent: this process has ended it */
  close(reason: CarpoolError | undefined): void {
    this.#closed = { reason };
    this.#client?.close(reason);
  }

  async #connect(): Promise<C> {
    // Most test files load none of it.
    const { connectToMachine, ownRun } = await import('./machine-client.ts');
    const { runner, own, connect, place } = this.#options;
    const known = await (this.#run ??= own.ask({ method: 'runInfo' }, replyTimeout).then(
      ({ run, machine }) => ({
        run: run === undefined ? ownRun(runner) : { ...run, runner },
        machine: machine && resolveAddress(machine, place),
      }),
      (thrown: unknown) => {
        this.#run = undefined;
        throw thrown;
      },
    ));
    const { run, machine: address } = known;
    const options = { runner, run, timeout: this.#silent ? silentTimeout : undefined };
    let client: C;
    try {
      client =
        address === undefined
          ? (await connectToMachine(connect, options)).client
          : await connect({ ...options, address, known: true, hosted: true });
    } catch (thrown) {
      this.#silent = silenceOf(thrown as CarpoolError) !== undefined;
      throw thrown;
    }
    void client.closed.then((reason) => (this.#silent = silenceOf(reason) !== undefined));
    if (this.#closed !== undefined) client.close(this.#closed.reason);
    return (this.#client = client);
  }
}

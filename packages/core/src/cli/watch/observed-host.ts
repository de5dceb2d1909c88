/** A connection to a host that is looked at. To look keeps no run going, and the end of the host is no failure. */
import { HostClient } from '../../client/client.ts';
import { silenceOf } from '../../client/silent-host.ts';
import type { ObservedBody, ObserveRequest, ObserveResult } from '../../wire/observe.ts';
import type { StatusResult } from '../../wire/status.ts';

/** Milliseconds for one answer: one that is busy may be late. */
const answerTimeout = 10_000;

/** How the look has ended. */
export interface HostEnd {
  /** A sentence. */
  readonly text: string;
  /** The exit code: 0 where the host has ended. */
  readonly code: 0 | 1;
}

export class ObservedHost {
  /** Resolves when the host has ended, or answers no more. */
  readonly ended: Promise<HostEnd>;
  readonly #client: HostClient;

  private constructor(client: HostClient) {
    this.#client = client;
    this.ended = client.closed.then((reason) =>
      silenceOf(reason) === undefined
        ? { text: 'the host has ended', code: 0 }
        : { text: `the host does not answer: ${reason?.message ?? ''}`, code: 1 },
    );
  }

  /** @param command as whose it is known there @throws CarpoolError HUB_UNREACHABLE, HUB_LOST, HUB_REJECTED */
  static async connect(
    address: string,
    command: string,
    observed: (body: ObservedBody) => void,
  ): Promise<ObservedHost> {
    return new ObservedHost(await HostClient.connect({ address, runner: command, observer: true, observed }));
  }

  /** @param most entries of each list @throws CarpoolError */
  async status(most: number): Promise<StatusResult> {
    return await this.#client.ask({ method: 'status', most }, answerTimeout);
  }

  /** As `observe` of the wire. @throws CarpoolError, HUB_REJECTED by a host that is older */
  async observe(request: Omit<ObserveRequest, 'method'>): Promise<ObserveResult> {
    return await this.#client.ask({ method: 'observe', ...request }, answerTimeout);
  }

  close(): void {
    this.#client.close();
  }
}

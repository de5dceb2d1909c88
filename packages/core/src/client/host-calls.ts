/** Calls to the host, each with a deadline. While one is pending the process stays alive; an idle connection does not keep it. */
import type { CancelSignal } from '../base/cancellation.ts';
import { systemClock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import { BusyPoll } from '../transport/busy-poll.ts';
import { deadlineGrace } from '../wire/deadline-grace.ts';
import type { CallRequest, ResultOf } from '../wire/messages.ts';
import type { HostConnection } from './connect.ts';
import { giveUpOnSilence, hostError, type HostHeartbeat } from './silent-host.ts';

export class HostCalls {
  readonly #connection: HostConnection;
  /** It looks at the calls that are pending, and is there after them. */
  readonly #heartbeat: () => HostHeartbeat;
  readonly #busyPoll: BusyPoll = new BusyPoll();
  #pending = 0;

  constructor(connection: HostConnection, heartbeat: () => HostHeartbeat) {
    this.#connection = connection;
    this.#heartbeat = heartbeat;
  }

  get pending(): number {
    return this.#pending;
  }

  async call<R extends CallRequest>(request: R, timeout: number, signal?: CancelSignal): Promise<ResultOf<R>> {
    const expired = (): Error => {
      const why = this.#heartbeat().describeSilence();
      const message = late(request, timeout);
      return hostError(why === undefined ? message : `${message}: ${why}`, { timeout });
    };
    const end = this.begin();
    try {
      const answered = this.#connection.mux.root.port.request(request);
      return (await within(answered, { clock: systemClock, timeout, expired, signal })) as ResultOf<R>;
    } finally {
      end();
      if (this.#pending === 0) this.#busyPoll.hit();
    }
  }

  /** The host answers within `timeout`, or at once: a lease that is free is given so. */
  async due<R extends CallRequest>(request: R, timeout: number, signal?: CancelSignal): Promise<ResultOf<R>> {
    this.#busyPoll.start();
    const wait = giveUpOnSilence(this.#heartbeat(), { due: timeout, signal, tried: late(request, timeout) });
    try {
      return await this.call(request, timeout + deadlineGrace, wait.signal);
    } finally {
      wait.stop();
    }
  }

  /** Of a call that is made in another way. @returns ends it */
  begin(): () => void {
    this.#hold(1);
    return () => this.#hold(-1);
  }

  #hold(by: 1 | -1): void {
    this.#pending += by;
    const { socket } = this.#connection;
    if (this.#pending > 0) socket.ref();
    else socket.unref();
  }
}

function late({ method }: CallRequest, timeout: number): string {
  return `The host did not answer "${method}" within ${Math.round(timeout)} ms`;
}

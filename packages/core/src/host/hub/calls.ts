/** Calls of a worker that wait for their answer, those for leases aside. */
import { Cancellation, type CancelSignal } from '../../base/cancellation.ts';
import { CarpoolError } from '../../base/errors.ts';
import type { AcceptedConnection } from '../../wire/accepted-connection.ts';
import { Elsewhere } from '../../wire/elsewhere.ts';
import { op } from '../../wire/frames.ts';
import type { HubLimits } from './limits.ts';

export class Calls {
  readonly #connection: AcceptedConnection;
  readonly #limits: HubLimits;
  readonly #waiting = new Map<number, Cancellation>();

  constructor(connection: AcceptedConnection, limits: HubLimits) {
    this.#connection = connection;
    this.#limits = limits;
  }

  /** Those that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** True for one that is too large, which has its answer then: to decode it would keep all other workers waiting. */
  refuses(call: number, size: number): boolean {
    const { maxCallBytes: limit } = this.#limits;
    if (size <= limit) return false;
    const message = `The worker sent a call of ${size} bytes, and the limit is ${limit}`;
    const error = new CarpoolError('FRAME_TOO_LARGE', message, { scope: 'call', context: { size, limit } });
    this.#connection.fail(0, call, error);
    return true;
  }

  async answer(call: number, answer: (cancelled: CancelSignal) => Promise<unknown>): Promise<void> {
    const { maxCalls: limit } = this.#limits;
    if (this.#waiting.size >= limit) {
      const message = `${limit} calls of the worker wait for their answer, and that is the limit`;
      const error = new CarpoolError('SESSION_OVERFLOW', message, { scope: 'call', context: { limit } });
      this.#connection.fail(0, call, error);
      return;
    }
    const cancelled = new Cancellation();
    this.#waiting.set(call, cancelled);
    try {
      this.#connection.writeJson(op.RESULT, 0, call, await answer(cancelled));
    } catch (thrown) {
      if (thrown instanceof Elsewhere) this.#connection.writeJson(op.RESULT, 0, call, thrown.result);
      else this.#connection.fail(0, call, thrown);
    } finally {
      this.#waiting.delete(call);
    }
  }

  cancel(call: number): void {
    this.#waiting.get(call)?.abort(() => new Error('cancelled by its caller'));
  }

  /** The worker is gone. */
  cancelAll(): void {
    for (const call of this.#waiting.values()) call.abort(() => new Error('its worker is gone'));
  }
}

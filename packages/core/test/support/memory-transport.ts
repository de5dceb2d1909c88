/** Two transports joined back to back, for tests. */
import type { CarpoolError } from '../../src/base/errors.ts';
import type { Frame } from '../../src/codec/frame.ts';
import type { Transport, TransportHandlers } from '../../src/transport/transport.ts';

export function memoryPair(): [Transport, Transport] {
  const left = new MemoryTransport();
  const right = new MemoryTransport();
  left.other = right;
  right.other = left;
  return [left, right];
}

class MemoryTransport implements Transport {
  other: MemoryTransport | undefined;
  readonly backlog = 0;
  #handlers: TransportHandlers | undefined;
  #ended = false;

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
  }

  sendSoon(frame: Frame): void {
    this.send(frame);
  }

  send(frame: Frame): void {
    if (this.#ended) return;
    // Each message in its own turn, as a pipe would deliver it.
    queueMicrotask(() => this.other?.receive(frame));
  }

  receive(frame: Frame): void {
    if (!this.#ended) this.#handlers?.frame(frame);
  }

  close(): void {
    queueMicrotask(() => {
      this.end(undefined);
      this.other?.end(undefined);
    });
  }

  abort(reason: CarpoolError): void {
    this.end(reason);
    queueMicrotask(() => this.other?.end(undefined));
  }

  end(reason: CarpoolError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#handlers?.closed(reason);
  }
}

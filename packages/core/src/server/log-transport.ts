/** The pipes of a server carry no messages: all that a mux learns of it is its end. */
import { CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';
import type { Child } from '../process/child.ts';
import type { Transport, TransportHandlers } from '../transport/transport.ts';

export class LogTransport implements Transport {
  readonly backlog = 0;
  readonly #child: Child;
  #abort: (reason: CarpoolError) => void = () => {};

  constructor(child: Child) {
    this.#child = child;
  }

  start(handlers: TransportHandlers): void {
    const aborted = new Promise<CarpoolError>((resolve) => (this.#abort = resolve));
    void Promise.race([this.#child.exited, aborted]).then((end) =>
      handlers.closed(end instanceof Error ? end : undefined),
    );
  }

  send(_frame: Frame): void {
    throw new CarpoolError('SESSION_MISUSED', 'A server gets no messages on its pipes');
  }

  sendSoon(frame: Frame): void {
    this.send(frame);
  }

  close(): void {}

  abort(reason: CarpoolError): void {
    this.#abort(reason);
  }
}

/** The pipes of a server carry no messages: a mux learns of its end, and what the config finds wrong with a session. */
import { CarpoolError } from '../base/errors.ts';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import type { Child } from '../process/child.ts';
import type { Transport, TransportHandlers } from '../transport/transport.ts';

/** What the config found wrong with a session. */
export interface ServerDiagnostic {
  readonly session: string;
  readonly message: string;
  /** The end of the session fails with it, whatever the option `diagnostics` of the pool is. */
  readonly fails?: boolean | undefined;
}

export class LogTransport implements Transport {
  readonly backlog = 0;
  readonly #child: Child;
  #handlers: TransportHandlers | undefined;
  #abort: (reason: CarpoolError) => void = () => {};

  constructor(child: Child) {
    this.#child = child;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    const aborted = new Promise<CarpoolError>((resolve) => (this.#abort = resolve));
    void Promise.race([this.#child.exited, aborted]).then((end) =>
      handlers.closed(end instanceof Error ? end : undefined),
    );
  }

  /** As if the server had said it. */
  diagnose(diagnostic: ServerDiagnostic): void {
    this.#handlers?.frame(Frame.of(diagnostic, json));
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

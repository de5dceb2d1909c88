/** A session as the transport of a runtime that speaks the dialect itself and writes its own ids. */
import type { Frame } from '../codec/frame.ts';
import type { Messages } from '../protocol/protocol.ts';
import { Session } from './session.ts';
import type { CloseReason } from './state.ts';

export interface PooledTransport {
  /** The format of the child: "msgpack", "json". */
  readonly format: string;
  /** @throws as `Session.send` */
  send(message: unknown): void;
  /** Everything the child says in this session, replies included, decoded. Called once, before the first `send`. */
  onMessage(handler: (message: unknown) => void): void;
  /** Once. */
  onClose(handler: (reason: CloseReason) => void): void;
  /** Unregisters the session. */
  close(): Promise<void>;
}

export function pooledTransport<M extends Messages>(session: Session<M>): PooledTransport {
  return {
    format: session.format,
    send: (message) => session.send(message),
    onMessage: (handler) => Session.tap(session, (frame: Frame) => handler(frame.message)),
    onClose: (handler) => void session.closed.then(handler),
    close: () => session[Symbol.asyncDispose](),
  };
}

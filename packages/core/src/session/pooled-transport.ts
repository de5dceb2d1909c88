/** A session as the transport of a runtime that speaks the dialect itself and writes its own ids. */
import type { Messages } from '../protocol/protocol.ts';
import type { CloseReason } from './state.ts';
import type { UserSession } from './session.ts';
import type { Session } from './types.ts';

/** What a runtime plugs in, in place of a process of its own. */
export interface PooledTransport {
  /** The format of the child: "msgpack", "json". */
  readonly format: string;
  /** @throws CarpoolError as `Session.send` */
  send(message: unknown): void;
  /** Everything the child says in this session, replies included, decoded. Call it once, before the first `send`. */
  onMessage(handler: (message: unknown) => void): void;
  /** Called once, when the session has ended. */
  onClose(handler: (reason: CloseReason) => void): void;
  /** Unregisters the session. */
  close(): Promise<void>;
}

/** A session as the transport of such a runtime. `events()` of the session gives nothing any more. */
export function pooledTransport<M extends Messages>(session: Session<M>): PooledTransport {
  return {
    format: session.format,
    send: (message) => session.send(message),
    onMessage: (handler) => (session as UserSession<M>).tap((frame) => handler(frame.message)),
    onClose: (handler) => void session.closed.then(handler),
    close: () => session[Symbol.asyncDispose](),
  };
}

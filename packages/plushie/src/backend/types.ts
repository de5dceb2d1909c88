/** The transport of a runtime, as it sees it. */

/**
 * What a Plushie runtime plugs in, in place of a renderer of its own. It has the shape of `Transport` in
 * plushie-typescript: a runtime cannot tell it from a transport that has spawned a renderer.
 */
export interface PooledTransport {
  /** How the renderer's messages travel; messages are objects here all the same, with bytes as `Uint8Array`. */
  readonly format: 'msgpack' | 'json';
  /**
   * Sends a message in the session; it may name the session, or leave that empty or out. After the end of the session it
   * does nothing: `onClose` has the reason.
   * @throws CarpoolError SESSION_REFUSED if the message names another session, SESSION_OVERFLOW, FRAME_TOO_LARGE,
   * FRAME_MALFORMED
   */
  send(message: Record<string, unknown>): void;
  /**
   * Gets everything that the renderer says in this session, in order: its hello first, once the runtime has sent a
   * message, then replies, steps and events. A second call replaces the handler.
   */
  onMessage(handler: (message: Record<string, unknown>) => void): void;
  /**
   * Called once, if the session ends by anything but `close`, with the reason as Plushie's runtimes read it: a kind
   * (`crash`, `connection_lost`, `shutdown`), a colon, and a sentence. A second call replaces the handler.
   */
  onClose(handler: (reason: string) => void): void;
  /** Ends the session and gives its slot back. Resolves when the renderer has confirmed that, or the session was over. */
  close(): Promise<void>;
}

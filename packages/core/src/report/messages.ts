/** What the sessions of a run have said, as far as a page has it. */

export interface PageMessage {
  /** Milliseconds since the begin of the run. */
  readonly t: number;
  /** As in a transcript: "request", "reply", "event", … */
  readonly e: string;
  /** Ties a reply to its request, an answer to its question. */
  readonly n?: number | undefined;
  /** It is the protocol's own. */
  readonly in?: 'open' | 'close' | undefined;
  /** Much of it. */
  readonly text: string;
  /** Pictures in it, as `data:` addresses. */
  readonly images?: readonly string[] | undefined;
}

export interface SessionMessages {
  /** `cart/s1` */
  readonly session: string;
  /** Messages before these that are left out. */
  readonly before: number;
  readonly messages: readonly PageMessage[];
}

/** Of a run that has a transcript. */
export interface RunMessages {
  readonly sessions: readonly SessionMessages[];
  /** A sentence: what else is not here. */
  readonly note?: string | undefined;
}

const sent: ReadonlySet<string> = new Set(['send', 'request', 'answer', 'cancel']);

/** It went to the child. */
export function isSent({ e }: PageMessage): boolean {
  return sent.has(e);
}

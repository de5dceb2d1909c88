/** Where a message of the child goes, and as what: what `route` of a protocol returns. */
import type { Frame } from '../codec/frame.ts';
import type { ByKey } from './by-key.ts';

/** The id by which the child tells sessions apart. One session may own several. */
export type WireId = string | number;

/** Who ended a session. `owner`: the test, file or worker it belonged to has ended. */
export type ClosedBy = 'unregister' | 'owner' | 'child' | 'pool' | 'hub' | 'overflow';

/** What ties a reply to its request, within one session. */
export type Key = string;

/**
 * Where a message of the child goes. `to: undefined` is the root: the child itself, outside all sessions. `to: byKey` is
 * where the request of this `key` came from, for replies that name no session. `adopt` is an id,
 * or several, that the session which gets the message owns from now on, under the rules of `SessionPort.adopt`: for a page
 * that names a popup, or a request that names the token of its progress. If the id is one of another open session, the
 * session that gets the message ends with SESSION_REFUSED.
 */
export type Route =
  | {
      readonly as: 'reply' | 'step';
      readonly to: WireId | ByKey | undefined;
      readonly key: Key;
      readonly frame?: Frame | undefined;
      readonly adopt?: Adopted;
    }
  /** The child refuses one request; the session lives on. */
  | {
      readonly as: 'refusal';
      readonly to: WireId | ByKey | undefined;
      readonly key: Key;
      readonly refusal: Refusal;
      readonly adopt?: Adopted;
    }
  | {
      readonly as: 'event';
      readonly to: WireId | undefined;
      readonly frame?: Frame | undefined;
      readonly adopt?: Adopted;
      readonly logged?: LoggedError | undefined;
    }
  /** An event of each of these sessions: the child speaks to all that listen. To none: it is an event of the root. */
  | {
      readonly as: 'broadcast';
      readonly to: readonly WireId[];
      readonly frame?: Frame | undefined;
      readonly logged?: LoggedError | undefined;
    }
  /**
   * The child finds fault with what a session sent, and the session lives on. It is an event; with `diagnostics: 'fail'`
   * the pool keeps it for the end of the session. To the root: the child does not say which session it means.
   */
  | {
      readonly as: 'diagnostic';
      readonly to: WireId | undefined;
      readonly diagnostic: Diagnostic;
      readonly adopt?: Adopted;
    }
  /** The child asks, and waits for an answer under `key`. To the root: `Protocol.answer` answers it. */
  | {
      readonly as: 'ask';
      readonly to: WireId | undefined;
      readonly key: Key;
      readonly frame?: Frame | undefined;
      readonly adopt?: Adopted;
      readonly logged?: LoggedError | undefined;
    }
  /** The session is over for the child. `gone`: nothing of it is left there, so its slot is free. */
  | {
      readonly as: 'lost';
      readonly to: WireId;
      readonly gone: boolean;
      readonly refusal?: Refusal | undefined;
      /** Where the child did not end it: what did, and why in half a sentence. */
      readonly by?: ClosedBy | undefined;
      readonly reason?: string | undefined;
      readonly adopt?: undefined;
    }
  /** The protocol cannot tell; the message is shown to the root's listeners and counted as a stray. */
  | { readonly as: 'unknown' };

/** Ids that a session owns from the message on whose `Route` names them. */
export type Adopted = WireId | readonly WireId[] | undefined;

/** The child's "no". */
export interface Refusal {
  /** The child's own code, if it has one. */
  readonly code?: string | undefined;
  /** Its own text. */
  readonly message: string;
  /** A CarpoolError that came from the host; it passes unchanged. */
  readonly error?: unknown;
}

/** What the child found wrong. */
export interface Diagnostic {
  /** The child's own code, if it has one. */
  readonly code?: string | undefined;
  /** Its own text. */
  readonly message: string;
  /** The end of the session fails with it, whatever `diagnostics` of the pool is. Default false. */
  readonly fails?: boolean | undefined;
}

/**
 * An error that the child reports beside its work: it fails no call. It is in the evidence of the session that gets the
 * message, or where that is none or several, of all; and it is a warning of the pool, once for each text. An error whose text
 * holds that of a refusal, and what is logged after `goodbye`, is no warning.
 */
export interface LoggedError {
  /** Its own text. */
  readonly message: string;
  /** False: it is no warning. Default true. */
  readonly warn?: boolean | undefined;
  /** How the config of the pool turns the warnings off, a sentence. */
  readonly advice?: string | undefined;
}

/** What an open session stands on. The pool in process and the client in a test process both fill it in. */
import type { Evidence } from '../base/errors.ts';
import type { OpenCalls } from '../base/open-calls.ts';
import type { Format } from '../codec/codec.ts';
import type { Conversation } from './conversation.ts';
import type { RequestNaming } from './request-label.ts';

/** Known only when the child has opened the session. */
export interface OpenSession {
  readonly conversation: Conversation;
  readonly format: Format;
  readonly requestTimeout: number;
  readonly closeTimeout: number;
  readonly maxUnreadEvents: number;
  /** The name of its pool, where that was not known before. */
  readonly pool?: string;
  /** What the child said of itself. */
  readonly hello: unknown;
  /** What its protocol's `open` found out. */
  readonly opened: unknown;
  /** Milliseconds that a wait which begins now may take, so that it ends before the test does. Absent, or `Infinity`: any. */
  readonly timeLeft?: (() => number) | undefined;
  /** Of its protocol. */
  readonly naming: RequestNaming;
  /** Its child is a server: it carries no messages. Default false. */
  readonly silent?: boolean;
  /** An owner may end it, and reports what it left without a reply. Default false. */
  readonly hasOwner?: boolean;
  /** The calls of that owner: it also reports events and interactions that were not awaited. */
  readonly calls?: OpenCalls | undefined;
  /** What becomes of what its test leaves behind. Default 'warn'. */
  readonly leaks?: 'fail' | false | undefined;
  /** What is known of the child from outside the session: the end of its stderr. @param failed its test has failed */
  diagnose(failed: boolean): Promise<Evidence> | Evidence;
  /** Makes an address for one other process. Absent: none can join. */
  address?(): Promise<string>;
  /** Where another process holds the child, and that process does not answer: so, in half a sentence. */
  hostSilence?(): string | undefined;
}

/** What is known of a session whose child may be blocked. */
import type { Timer } from '../base/clock.ts';
import type { Conversation } from '../session/conversation.ts';
import type { Doubt } from '../session/listener.ts';
import type { Slot } from './admission.ts';
import type { Generation } from './generation.ts';

/** A session in its slot. */
export interface SuspectSession {
  readonly slot: Slot;
  readonly generation: Generation;
  readonly conversation: Conversation;
}

/** The time in which a session was not opened: its own, or what its call had. */
export type LateOpening = 'open' | 'call';

/** One session after whose end the child may be blocked. */
export interface Suspicion {
  readonly session: SuspectSession;
  doubt: Doubt | undefined;
  /** `answered`: that may prove nothing. `silent`: it did not, in time. */
  question: 'none' | 'answered' | 'silent';
  /** The question was there before, after the end or the failure of another. */
  joined: boolean;
  asking?: Promise<void> | undefined;
  confirmed: boolean;
  /** It is the reason to hold its child back, or will be then. */
  held: true | Timer;
}

/** An end that is under way. */
export interface Ending {
  readonly since: number;
  readonly timer: Timer;
  /** Messages that had come when it was late. Those may have been on their way before it began. */
  received?: number;
}

/** What a pool looks like at this moment, for `carpool ps`: plain data, made when it is asked for. */
import type { HolderLabel } from '../base/holder-label.ts';
import type { KeptFrame } from '../session/kept-frame.ts';
import type { PoolStats } from './types.ts';

/** What holds something, or waits for it. */
export interface HolderStatus extends HolderLabel {
  /** `file:line:column` of the call, if it is known. */
  readonly takenAt?: string | undefined;
  /** The id of its run, on a host that serves several. */
  readonly run?: string | undefined;
  /** Milliseconds. Absent where nothing counts them. */
  readonly age?: number | undefined;
  /** How much of it, where that is more than one. */
  readonly amount?: number | undefined;
}

/** As what each message of a session is shown. Undefined: none of it is. */
export type ShowsSession = (
  of: HolderLabel & { readonly pool: string; readonly poolId?: string | undefined; readonly id?: string | undefined },
) => ((frame: KeptFrame) => string) | undefined;

/** What is said in a session, a line each, "→ {…}" to the child and "← {…}" from it; the oldest first. */
export interface SaidStatus {
  /** Its last messages. */
  readonly recent: readonly string[];
  /** Requests that have no reply. */
  readonly unanswered: readonly string[];
}

export interface SessionStatus extends HolderStatus {
  /** Absent while it is being opened. */
  readonly id?: string | undefined;
  /** Of its child. Absent while that one starts. */
  readonly pid?: number | undefined;
  /** Absent where it is not asked for. */
  readonly said?: SaidStatus | undefined;
}

export interface ChildStatus {
  /** Absent until it has said hello. */
  readonly pid?: number | undefined;
  /** `ending`: it takes no more sessions. */
  readonly state: 'starting' | 'serving' | 'ending';
  /** Which of the processes that the pool has started in this place, from 1. */
  readonly generation: number;
  /** Milliseconds since its start. */
  readonly age: number;
  /** Milliseconds from its start until it could serve. Absent until then, and where its protocol has no `hello`: it is not known. */
  readonly startup?: number | undefined;
  /** That are open on it, warm ones included. */
  readonly sessions: number;
  /** Sessions that it may have at a time. */
  readonly slots: number;
  /** That have passed, to it and from it. */
  readonly messages: number;
  /** Why it gets no sessions at the moment, half a sentence. Absent: it does. */
  readonly heldBack?: string | undefined;
}

export interface PoolStatus {
  readonly name: string;
  /** "browser#2": tells it from others of its name, on the host of a machine. Absent: there are none. */
  readonly id?: string | undefined;
  readonly maxSessions: number;
  /** Sessions that hold a slot, without warm ones. */
  readonly open: number;
  /** Calls that wait for a slot. */
  readonly queued: number;
  /** Sessions that were opened since the beginning. */
  readonly opened: number;
  readonly warm: number;
  /** Slots that are lost until their child ends. */
  readonly quarantined: number;
  readonly children: readonly ChildStatus[];
  /** The oldest of those that are open. */
  readonly sessions: readonly SessionStatus[];
  /** The first of those that wait, in the order of their turns. */
  readonly waiting: readonly HolderStatus[];
  /** The file or folder from which it is answered: no child runs. Absent: it is not. */
  readonly replays?: string | undefined;
  /** On the host of a machine: why it is not the pool of this name that was there before it, half a sentence. */
  readonly unlike?: string | undefined;
}

export function poolStatus(
  { name, maxSessions, open, queued, sessions: opened, warm, quarantined, replayed }: PoolStats,
  all: readonly ChildStatus[],
  { sessions, waiting }: Pick<PoolStatus, 'sessions' | 'waiting'>,
): PoolStatus {
  // Where it is answered from recordings, nothing runs.
  const [children, replays] = replayed === undefined ? [all, undefined] : [[], replayed.place];
  return { name, maxSessions, open, queued, opened, warm, quarantined, children, sessions, waiting, replays };
}

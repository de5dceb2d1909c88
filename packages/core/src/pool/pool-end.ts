/**
 * The end of a pool: first its sessions, then its children. Between the two a host looks whether that would break what
 * tests have left.
 */
import type { Clock } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import type { CloseReason } from '../session/state.ts';
import type { Admission } from './admission.ts';
import type { Children } from './children.ts';
import type { PoolSettings } from './options.ts';
import type { SlotHolders } from './slot-holders.ts';
import type { WarmSessions } from './warm-sessions.ts';

export interface PoolEndOptions {
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly children: Children;
  readonly holders: SlotHolders;
  /** Absent where none are kept. */
  readonly warm: () => WarmSessions | undefined;
  /** Its children are no longer bounded with others. */
  readonly leaveCap: () => void;
}

export class PoolEnd {
  readonly #options: PoolEndOptions;
  #sessions: Promise<void> | undefined;
  #children: Promise<void> | undefined;

  constructor(options: PoolEndOptions) {
    this.#options = options;
  }

  /** The pool takes no more sessions. */
  get begun(): boolean {
    return this.#sessions !== undefined;
  }

  /** What `register` fails with from then on. */
  error(): CarpoolError {
    const { name } = this.#options.settings;
    const message = `Cannot register a session: pool "${name}" is closed`;
    return new CarpoolError('POOL_CLOSED', message, { context: { pool: name } });
  }

  /** Resolves when all sessions have ended. A second call joins the first. */
  endSessions(): Promise<void> {
    this.#sessions ??= this.#endSessions();
    return this.#sessions;
  }

  /** Ends the sessions and the children. A second call joins the first. @throws CarpoolError CHILD_UNKILLABLE */
  close(): Promise<void> {
    this.#children ??= this.#endChildren();
    return this.#children;
  }

  async #endSessions(): Promise<void> {
    const { clock, settings, holders, warm } = this.#options;
    const reason: CloseReason = { by: 'pool', at: clock.now(), reason: 'because its pool was closed' };
    const conversations = holders.conversations();
    await Promise.all([
      warm()?.close(),
      ...conversations.map((conversation) => conversation.close(reason, settings.closeTimeout)),
    ]);
  }

  async #endChildren(): Promise<void> {
    const { admission, children, leaveCap } = this.#options;
    await this.endSessions();
    try {
      await children.stopAll(this.error());
    } finally {
      leaveCap();
      admission.renewAll(); // those still queued are granted a slot, and find the pool closed
    }
  }
}

/**
 * Children that may be blocked: they get no sessions until something shows that they answer, because what one test has
 * blocked must not fail the next one.
 *
 *   the end of a session begins ── a reply is missing, or its test has failed, and nothing has come since ─▶ held back
 *        └── not confirmed soon, and nothing has come since ────────────────────────────────────────────────▶ held back
 *
 *   held back ── the end is confirmed, or the child answers ──▶ serves again
 *        ├── its test is over, and no answer in its time ──▶ retired: its successor serves, it may end its sessions
 *        └── no confirmation in `closeTimeout`, and no answer in its time ──▶ replaced
 *
 * Soon is 500 ms, or twice as long as the last end has taken; its time is `probeTimeout`, or twice as long as it needs when
 * it is well.
 *
 * What a server of the config confirms may be none of the server's doing, and so it is asked in any case. An answer may take
 * it long, and all wait for it: where that has cost too much for nothing, it is held back only if it is later than usual.
 */
import type { Clock, Timer } from '../base/clock.ts';
import { isCarpoolError, type CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { within } from '../base/wait.ts';
import type { Doubt } from '../session/listener.ts';
import type { Released } from '../session/state.ts';
import type { Admission } from './admission.ts';
import type { Children } from './children.ts';
import type { Generation } from './generation.ts';
import { HeldChildren } from './held-children.ts';
import type { PoolSettings } from './options.ts';
import { afterEnd, afterUnconfirmed, answersProve, whyHeldBack, type Silence } from './silence.ts';
import type { Ending, LateOpening, SuspectSession, Suspicion } from './suspicion.ts';

/** Milliseconds in which the end of a session is confirmed where nothing is wrong. */
const soon = 500;
/** Milliseconds that a failed test waits for what its server answers. */
const longestAsk = 5_000;

export interface SuspectsOptions {
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly children: Children;
  /** The pool takes no more sessions. */
  readonly isClosing: () => boolean;
  /** A child may be used again. */
  readonly changed: () => void;
}

export class Suspects {
  readonly #options: SuspectsOptions;
  readonly #endings = new Map<SuspectSession, Ending>();
  /** Those that were not opened, and whose time that was. */
  readonly #unopened = new Map<SuspectSession, LateOpening | undefined>();
  readonly #suspicions = new Map<SuspectSession, Suspicion>();
  readonly #answersProve: boolean;
  readonly #held: HeldChildren;
  /** Milliseconds that the last end has taken which was confirmed. */
  #usual = 0;

  constructor(options: SuspectsOptions) {
    this.#options = options;
    this.#held = new HeldChildren(options);
    this.#answersProve = answersProve(options.settings);
  }

  /** The end of a session begins; or while it is under way, one more reason to doubt is known. */
  ends(session: SuspectSession, doubt: Doubt | undefined): void {
    const { settings, isClosing } = this.#options;
    if (isClosing()) return;
    if (doubt !== undefined && this.#isSilent(session)) {
      const suspicion = this.#suspect(session, doubt);
      // It was asked when the test had failed.
      if (session.generation.liveness.isLeft) this.#replaceAfterEnd(suspicion);
      // The `close` of a server need not ask it anything.
      else if (doubt === 'failed' && settings.server !== undefined) void this.#ask(suspicion);
    }
    this.#watch(session);
  }

  /**
   * A test that has this session has failed, and the session goes on for now. Resolves when it is known whether its server
   * answers, for the error of the test: nothing that a test sends to it passes here.
   */
  async failed(session: SuspectSession): Promise<void> {
    const { settings, clock, isClosing } = this.#options;
    const { conversation } = session;
    const { liveness } = session.generation;
    const isOpen = conversation.state.name === 'open';
    if (settings.server === undefined || isClosing() || !isOpen || liveness.isLeft) return;
    // It is asked at the end, and no test waits for that.
    if (!this.#held.mayHold) return;
    const suspicion = this.#suspect(session, 'failed');
    const expired = (): Error => new Error('it takes too long');
    await within(this.#ask(suspicion), { clock, timeout: longestAsk, expired }).catch(noop);
    // A connection that is accepted proves nothing, but a session may go on for long.
    const goesOn = !liveness.isLeft && conversation.state.name === 'open';
    if (suspicion.question === 'answered' && goesOn) this.#clear(suspicion);
  }

  /**
   * It could not be opened: what is on its way is ended by now, or its child has not answered.
   * @param why what `open` failed with, or was given up for
   */
  unopened(session: SuspectSession, why: unknown): void {
    if (session.conversation.over || this.#options.isClosing()) return;
    const ofCall = isCarpoolError(why, 'REQUEST_TIMEOUT') ? 'call' : undefined;
    this.#unopened.set(session, isCarpoolError(why, 'SESSION_FAILED') ? 'open' : ofCall);
    this.#watch(session);
  }

  /** A session was opened, or its end is confirmed: the child answers. */
  heard(generation: Generation): void {
    for (const suspicion of this.#suspicions.values()) {
      const { session, doubt } = suspicion;
      if (session.generation !== generation) continue;
      const isServer = this.#options.settings.server !== undefined;
      // Of a server that can be asked, its own answer counts.
      const answers = isServer ? !this.#answersProve && doubt !== 'failed' : !this.#isSilent(session);
      if (answers) this.#clear(suspicion);
    }
  }

  /** The end of a session is known. Before its slot is given back. */
  released(session: SuspectSession, { confirmed, failure }: Released): void {
    const ending = this.#endings.get(session);
    ending?.timer.cancel();
    this.#endings.delete(session);
    if (!confirmed) {
      void this.#unconfirmed(session, failure, ending?.received);
      return;
    }
    if (ending !== undefined) this.#usual = this.#options.clock.now() - ending.since;
    this.#unopened.delete(session);
    const suspicion = this.#suspicions.get(session);
    if (suspicion !== undefined) this.#confirmed(suspicion);
    this.heard(session.generation);
  }

  #watch(session: SuspectSession): void {
    if (this.#endings.has(session)) return;
    const { clock, isClosing } = this.#options;
    const late = (): void => {
      ending.received = session.generation.liveness.received;
      if (isClosing() || !this.#isSilent(session)) return;
      void this.#ask(this.#suspect(session, undefined));
    };
    const ending: Ending = { since: clock.now(), timer: clock.after(this.#soon(), late) };
    ending.timer.unref();
    this.#endings.set(session, ending);
  }

  /** What takes longer is late. @param usual what else it may take */
  #soon(usual = 0): number {
    return Math.max(soon, 2 * Math.max(this.#usual, usual));
  }

  #confirmed(suspicion: Suspicion): void {
    const { session, question, doubt } = suspicion;
    suspicion.confirmed = true;
    // Its message was the answer, or there is none to be had.
    if (!this.#isSilent(session) || !session.generation.liveness.canBeAsked) this.#clear(suspicion);
    else if (suspicion.asking !== undefined) return;
    else if (question === 'answered' || (question === 'silent' && doubt === 'failed')) this.#clear(suspicion);
    // Where it was silent before, it may have confirmed the end since then, or something else has.
    else void this.#ask(suspicion);
  }

  /** A second call joins the first. */
  #ask(suspicion: Suspicion): Promise<void> {
    suspicion.asking ??= this.#askNow(suspicion).finally(() => (suspicion.asking = undefined));
    return suspicion.asking;
  }

  async #askNow(suspicion: Suspicion): Promise<void> {
    const { session } = suspicion;
    const { liveness } = session.generation;
    suspicion.joined = liveness.isAsked;
    const answers = await liveness.answers();
    suspicion.question = answers ? 'answered' : 'silent';
    // Decided meanwhile.
    if (this.#suspicions.get(session) !== suspicion) return;
    const { doubt, confirmed } = suspicion;
    const isOver = doubt === 'failed' || confirmed;
    if (!answers && isOver && liveness.canBeAsked) this.#replaceAfterEnd(suspicion);
    if (confirmed || (answers && this.#answersProve)) this.#clear(suspicion);
  }

  async #unconfirmed(session: SuspectSession, failure: CarpoolError | undefined, received?: number): Promise<void> {
    const { settings, isClosing } = this.#options;
    const { generation, conversation } = session;
    const known = this.#suspicions.get(session);
    const lateOpening = this.#unopened.get(session);
    const wasOpened = !this.#unopened.delete(session);
    if (isClosing() || (received !== generation.liveness.received && !this.#isSilent(session))) {
      if (known !== undefined) this.#clear(known);
      return;
    }
    const suspicion = this.#suspect(session, known?.doubt);
    const answers = await generation.liveness.answers();
    const ofEnd = failure === undefined || failure.code === 'REQUEST_TIMEOUT' ? 'close' : undefined;
    // What was given up for another reason had, if it did not end, all of its time since then.
    const ofOpening = lateOpening ?? (failure === undefined ? 'open' : undefined);
    const late = wasOpened ? ofEnd : ofOpening;
    if (!answers || (late !== undefined && !this.#answersProve)) {
      const verdict = !answers && generation.liveness.canBeAsked ? 'proven' : 'unproven';
      const waited = generation.liveness.patience;
      this.#replace(session, afterUnconfirmed(settings, conversation, { wasOpened, late, verdict, waited }));
    }
    this.#clear(suspicion);
  }

  #replaceAfterEnd({ session, doubt, question, joined }: Suspicion): void {
    const { generation, conversation } = session;
    const { patience: waited } = generation.liveness;
    const wasAsked = question === 'silent' && !joined;
    this.#replace(session, afterEnd(this.#options.settings, conversation, { doubt, waited, wasAsked }));
  }

  #replace({ generation, slot }: SuspectSession, silence: Silence): void {
    const { children, isClosing } = this.#options;
    if (isClosing()) return;
    this.#held.wasBlocked(generation);
    children.at(slot.child).replaceSilent(generation, silence);
  }

  /** Nothing has come since it has sent something. Of a server nothing ever comes. */
  #isSilent({ generation, conversation }: SuspectSession): boolean {
    return generation.liveness.isSilentFor(conversation);
  }

  #suspect(session: SuspectSession, doubt: Doubt | undefined): Suspicion {
    const known = this.#suspicions.get(session);
    const suspicion: Suspicion = known ?? {
      session,
      doubt,
      question: 'none',
      joined: false,
      confirmed: false,
      held: this.#held.mayHold || this.#holdLater(session),
    };
    suspicion.doubt = doubt ?? suspicion.doubt;
    this.#suspicions.set(session, suspicion);
    this.#show(session);
    return suspicion;
  }

  #holdLater(session: SuspectSession): Timer {
    const hold = (): void => {
      const suspicion = this.#suspicions.get(session);
      if (suspicion === undefined) return;
      suspicion.held = true;
      this.#show(session);
    };
    const timer = this.#options.clock.after(this.#soon(session.generation.liveness.readyIn), hold);
    timer.unref();
    return timer;
  }

  #clear(suspicion: Suspicion): void {
    const { session, held } = suspicion;
    if (this.#suspicions.get(session) !== suspicion) return;
    this.#suspicions.delete(session);
    if (held !== true) held.cancel();
    this.#show(session);
    this.#options.changed();
  }

  /** What is left of the suspicions about its child. */
  #show({ generation, slot }: SuspectSession): void {
    const all = [...this.#suspicions.values()];
    const left = all.find(({ session, held }) => session.generation === generation && held === true);
    this.#held.set(generation, slot, left && whyHeldBack(left.session.conversation, left.doubt));
  }
}

/**
 * Children that may be blocked: they get no sessions until something shows that they answer, because what one test has
 * blocked must not fail the next one.
 *
 *   the end of a session begins ── a reply is missing, or its test has failed, and nothing has come since ─▶ held back
 *        └── not confirmed in 500 ms, and nothing has come since ───────────────────────────────────────────▶ held back
 *
 *   held back ── the end is confirmed, or the child answers ──▶ serves again
 *        ├── its test has failed, and no answer in `probeTimeout` ──▶ retired: its successor serves, it may end its sessions
 *        └── no confirmation in `closeTimeout`, and no answer in `probeTimeout` ──▶ replaced
 *
 * What a server of the config confirms may be none of the server's doing, and so it is asked in any case.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { within } from '../base/wait.ts';
import type { Conversation } from '../session/conversation.ts';
import type { Doubt } from '../session/listener.ts';
import type { Released } from '../session/state.ts';
import type { Admission, Slot } from './admission.ts';
import type { Children } from './children.ts';
import type { Generation } from './generation.ts';
import type { PoolSettings } from './options.ts';
import { afterFailure, afterUnconfirmed, whyHeldBack } from './silence.ts';

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

/** A session in its slot. */
export interface SuspectSession {
  readonly slot: Slot;
  readonly generation: Generation;
  readonly conversation: Conversation;
}

/** One session after whose end the child may be blocked. */
interface Suspicion {
  readonly session: SuspectSession;
  doubt: Doubt | undefined;
  /** `asked`: it has answered, but that proves nothing. */
  question: 'none' | 'asked';
  asking?: Promise<void> | undefined;
  confirmed: boolean;
}

export class Suspects {
  readonly #options: SuspectsOptions;
  readonly #late = new Map<SuspectSession, Timer>();
  /** Those whose time to be opened is over. */
  readonly #unopened = new Set<SuspectSession>();
  readonly #suspicions = new Map<SuspectSession, Suspicion>();
  /** A port accepts connections as long as the system does; an answer is the server's own. */
  readonly #answersProve: boolean;

  constructor(options: SuspectsOptions) {
    this.#options = options;
    const { server } = options.settings;
    const ready = server?.ready;
    this.#answersProve = ready === undefined || typeof ready === 'function' || 'http' in ready;
  }

  /** The end of a session begins; or while it is under way, one more reason to doubt is known. */
  ends(session: SuspectSession, doubt: Doubt | undefined): void {
    const { settings, isClosing } = this.#options;
    if (isClosing()) return;
    if (doubt !== undefined && this.#isSilent(session)) {
      const suspicion = this.#suspect(session, doubt);
      // The `close` of a server need not ask it anything.
      if (doubt === 'failed' && settings.server !== undefined) void this.#ask(suspicion);
    }
    this.#watch(session);
  }

  /**
   * A test that has this session has failed, and the session goes on for now. Resolves when it is known whether its server
   * answers, for the error of the test: nothing that a test sends to it passes here.
   */
  async failed(session: SuspectSession): Promise<void> {
    const { settings, clock, isClosing } = this.#options;
    const { generation, conversation } = session;
    const isOpen = conversation.state.name === 'open';
    if (settings.server === undefined || isClosing() || !isOpen || generation.isLeft) return;
    const suspicion = this.#suspect(session, 'failed');
    const expired = (): Error => new Error('it takes too long');
    await within(this.#ask(suspicion), { clock, timeout: longestAsk, expired }).catch(noop);
    // A connection that is accepted proves nothing, but a session may go on for long.
    const goesOn = !generation.isLeft && conversation.state.name === 'open';
    if (suspicion.question === 'asked' && goesOn) this.#clear(suspicion);
  }

  /** It could not be opened: what is on its way is ended by now, or its child has not answered. */
  unopened(session: SuspectSession): void {
    if (session.conversation.over || this.#options.isClosing()) return;
    this.#unopened.add(session);
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
    this.#late.get(session)?.cancel();
    this.#late.delete(session);
    if (!confirmed) {
      void this.#unconfirmed(session, failure);
      return;
    }
    this.#unopened.delete(session);
    const suspicion = this.#suspicions.get(session);
    if (suspicion !== undefined) this.#confirmed(suspicion);
    this.heard(session.generation);
  }

  #watch(session: SuspectSession): void {
    if (this.#late.has(session)) return;
    const late = (): void => {
      if (this.#options.isClosing() || !this.#isSilent(session)) return;
      const suspicion = this.#suspect(session, undefined);
      void this.#ask(suspicion);
    };
    const timer = this.#options.clock.after(soon, late);
    timer.unref();
    this.#late.set(session, timer);
  }

  #confirmed(suspicion: Suspicion): void {
    const { session, question } = suspicion;
    suspicion.confirmed = true;
    // Its message was the answer, or there is none to be had.
    if (!this.#isSilent(session) || session.generation.protocol.probe === undefined) this.#clear(suspicion);
    else if (suspicion.asking !== undefined) return;
    else if (question === 'asked') this.#clear(suspicion);
    else void this.#ask(suspicion);
  }

  /** A second call joins the first. */
  #ask(suspicion: Suspicion): Promise<void> {
    suspicion.asking ??= this.#askNow(suspicion).finally(() => (suspicion.asking = undefined));
    return suspicion.asking;
  }

  async #askNow(suspicion: Suspicion): Promise<void> {
    const { session } = suspicion;
    const { generation, slot, conversation } = session;
    const answers = await generation.answers();
    suspicion.question = 'asked';
    // Decided meanwhile.
    if (this.#suspicions.get(session) !== suspicion) return;
    const { settings, children, isClosing } = this.#options;
    const isGone = !answers && suspicion.doubt === 'failed' && generation.protocol.probe !== undefined;
    if (isGone && !isClosing()) children.at(slot.child).replaceSilent(generation, afterFailure(settings, conversation));
    if (suspicion.confirmed || (answers && this.#answersProve)) this.#clear(suspicion);
  }

  async #unconfirmed(session: SuspectSession, failure: CarpoolError | undefined): Promise<void> {
    const { settings, children, isClosing } = this.#options;
    const { generation, slot, conversation } = session;
    const known = this.#suspicions.get(session);
    const unopened = this.#unopened.delete(session);
    if (isClosing() || !this.#isSilent(session)) {
      if (known !== undefined) this.#clear(known);
      return;
    }
    const suspicion = this.#suspect(session, known?.doubt);
    const answers = await generation.answers();
    const tooLate = failure === undefined || failure.code === 'REQUEST_TIMEOUT';
    const late = unopened ? 'open' : tooLate ? 'close' : undefined;
    if (!answers || (late !== undefined && !this.#answersProve)) {
      const verdict = !answers && generation.protocol.probe !== undefined ? 'proven' : 'unproven';
      const silence = afterUnconfirmed(settings, conversation, { late, verdict });
      children.at(slot.child).replaceSilent(generation, silence);
    }
    this.#clear(suspicion);
  }

  /** Nothing has come since it has sent something. Of a server nothing ever comes. */
  #isSilent({ generation, conversation }: SuspectSession): boolean {
    return generation.isSilentFor(conversation);
  }

  #suspect(session: SuspectSession, doubt: Doubt | undefined): Suspicion {
    const known = this.#suspicions.get(session);
    const suspicion: Suspicion = known ?? { session, doubt, question: 'none', confirmed: false };
    suspicion.doubt = doubt ?? suspicion.doubt;
    this.#suspicions.set(session, suspicion);
    this.#show(session);
    return suspicion;
  }

  #clear(suspicion: Suspicion): void {
    const { session } = suspicion;
    if (this.#suspicions.get(session) !== suspicion) return;
    this.#suspicions.delete(session);
    this.#show(session);
    this.#options.changed();
  }

  /** What is left of the suspicions about its child. */
  #show({ generation, slot }: SuspectSession): void {
    const { admission } = this.#options;
    const left = [...this.#suspicions.values()].find(({ session }) => session.generation === generation);
    const why = left && whyHeldBack(left.session.conversation, left.doubt);
    generation.suspected(why);
    if (why === undefined) admission.cleared(slot);
    else admission.suspect(slot, why);
  }
}

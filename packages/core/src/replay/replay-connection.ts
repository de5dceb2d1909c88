/**
 * Stands in the place of a child: the transport and the protocol of a mux whose sessions are answered from recordings. What
 * the user of a session sees is as with the child: the same fields stand in each message, with the ids of now.
 */
import type { Clock, Timer } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import type { HolderLabel } from '../base/holder-label.ts';
import { nextTurn } from '../base/natives.ts';
import { recordedValue, recordValue, type Recorded } from '../base/transcript-value.ts';
import type { Format } from '../codec/codec.ts';
import { Frame } from '../codec/frame.ts';
import type { Addressed, Messages, Opened, Outgoing, Protocol, Route, WireId } from '../protocol/protocol.ts';
import type { Transport, TransportHandlers } from '../transport/transport.ts';
import { blockedError, blockedSentence, isIncomplete, notReplayed, notWhole, unansweredError } from './errors.ts';
import { lostIn, recordedForm, redactedForm, withoutStamps, type Stamps } from './recorded-form.ts';
import type { RecordedLoss } from './recorded-session.ts';
import { decoded, lossError, recordedError, stamped } from './revived.ts';
import type { ReplayBook } from './replay-book.ts';
import type { Arriving, Blocked } from './replay-session.ts';
import type { ReplayedSession } from './replayed-session.ts';
import { routeOf } from './route-of.ts';

export { serverNotReplayed } from './errors.ts';

export interface ReplayConnectionOptions {
  readonly book: ReplayBook;
  /** Of the pool: for the fields in which it names sessions and requests, and what its messages mean. */
  readonly protocol: Protocol<Messages>;
  readonly format: Format;
  readonly clock: Clock;
  /**
   * Milliseconds for a message of the test that was recorded before a reply, beside twice the time that it took then.
   * Default 5,000.
   */
  readonly patience?: number | undefined;
}

/** Messages that come in one turn of the event loop: what reads them gets a turn, too. */
const atOnce = 64;
const defaultPatience = 5_000;

interface Live {
  readonly replayed: ReplayedSession;
  /** What its child had said of itself. */
  readonly hello: unknown;
  /** The ids that requests had of their own, by their keys. */
  readonly ownIds: Map<string, string>;
  isFlushing: boolean;
  isOver: boolean;
  waiting: Timer | undefined;
}

export class ReplayConnection implements Transport {
  readonly backlog = 0;
  readonly protocol: Protocol<Messages>;
  readonly #options: ReplayConnectionOptions;
  readonly #claims = new Map<string, () => Promise<ReplayedSession>>();
  readonly #live = new Map<WireId, Live>();
  readonly #routes = new WeakMap<Frame, Route>();
  #handlers: TransportHandlers | undefined;

  constructor(options: ReplayConnectionOptions) {
    this.#options = options;
    this.protocol = this.#protocol(options.protocol);
  }

  /**
   * Finds the recording of a session that begins. Where there is none, its `open` fails.
   * @param id of the session, where there is none
   * @returns the id under which it begins
   */
  begin(id: string, holder: HolderLabel | undefined, params: unknown): string {
    try {
      const claim = this.#options.book.claim(
        holder,
        params === undefined ? undefined : recordValue(params, { redact: true }),
      );
      this.#claims.set(claim.id, () =>
        claim.open(({ kind, m }) => withoutStamps(redactedForm(m), this.#stampsOf(kind))),
      );
      return claim.id;
    } catch (thrown) {
      this.#claims.set(id, () => Promise.reject(thrown as Error));
      return id;
    }
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
  }

  /** What `address` has seen has been taken. */
  send(): void {}

  sendSoon(): void {}

  close(): void {
    this.#end(undefined);
  }

  abort(reason: CarpoolError): void {
    this.#end(reason);
  }

  #end(reason: CarpoolError | undefined): void {
    const handlers = this.#handlers;
    this.#handlers = undefined;
    for (const wireId of this.#live.keys()) this.#ended(wireId);
    handlers?.closed(reason);
  }

  /** What the child of a session had said of itself. @param id of one that is open */
  helloOf(id: string): unknown {
    return this.#live.get(id)?.hello;
  }

  #protocol(original: Protocol<Messages>): Protocol<Messages> {
    const { name, sessionField, idField, labelFields, refuse } = original;
    const { book } = this.#options;
    return {
      name,
      ...(sessionField !== undefined && { sessionField }),
      ...(idField !== undefined && { idField }),
      ...(labelFields !== undefined && { labelFields }),
      ...(refuse !== undefined && { refuse: (question) => refuse.call(original, question) }),
      // Of the pool, which has no child: each session has that of its own, see `helloOf`.
      hello: async () => (book.hello === undefined ? undefined : recordedValue(book.hello)),
      open: (port) => this.#open(port.freshId),
      route: (frame) => this.#routes.get(frame) ?? { as: 'unknown' },
      address: (outgoing) => this.#address(outgoing),
      // It answers as long as it is there.
      probe: async () => {},
      activity: (wireIds) => this.#activity(wireIds),
    };
  }

  async #open(id: string): Promise<Opened> {
    const claimed = this.#claims.get(id);
    this.#claims.delete(id);
    if (claimed === undefined) throw new CarpoolError('SESSION_MISUSED', `Session ${id} has not begun`);
    const replayed = await claimed();
    const { failed, opened, hello } = replayed.recorded;
    if (failed !== undefined || this.#handlers === undefined) {
      this.#options.book.ended(id);
      throw recordedError(failed?.code, failed?.message ?? 'the replay has ended', 'SESSION_FAILED');
    }
    const [found, said] = this.#read(replayed, [opened, hello]);
    const live: Live = {
      replayed,
      hello: said,
      ownIds: new Map(),
      isFlushing: false,
      isOver: false,
      waiting: undefined,
    };
    this.#live.set(id, live);
    replayed.exchanged = () => queueMicrotask(() => this.#flush(live));
    // What was recorded before the first message of the test comes when the session is open.
    void nextTurn().then(() => this.#flush(live));
    return {
      wireId: id,
      opened: found,
      close: () => this.#ended(id),
    };
  }

  /** @throws CarpoolError NOT_RECORDED */
  #read({ id, of }: ReplayedSession, values: readonly (Recorded | undefined)[]): unknown[] {
    try {
      return values.map((value) => (value === undefined ? undefined : recordedValue(value)));
    } catch (thrown) {
      this.#options.book.ended(id);
      throw notReplayed(of, thrown);
    }
  }

  #ended(wireId: WireId): void {
    const live = this.#live.get(wireId);
    if (live === undefined) return;
    live.isOver = true;
    live.waiting?.cancel();
    this.#live.delete(wireId);
    this.#options.book.ended(live.replayed.id);
  }

  /** @throws CarpoolError NOT_RECORDED */
  #address({ kind, frame, wireId, call, key }: Outgoing): Addressed {
    const live = wireId === undefined ? undefined : this.#live.get(wireId);
    if (live === undefined) return { frame };
    const { idField } = this.#options.protocol;
    const under = String(call);
    const m = recordedForm(decoded(frame), this.#stampsOf(kind));
    const n = kind === 'answer' ? Number(key) : undefined;
    live.replayed.sent({ kind, m, key: kind === 'request' ? under : undefined, n });
    const own = idField === undefined ? undefined : frame.fields([idField])[idField];
    if (kind === 'request' && typeof own === 'string') live.ownIds.set(under, own);
    // In a turn of its own: the request is not among those that wait so far.
    queueMicrotask(() => this.#flush(live));
    return { frame, key: under };
  }

  /** What is not compared. By `send` a message may have an id to which an event answers. */
  #stampsOf(kind: Outgoing['kind']): Stamps {
    const { sessionField, idField } = this.#options.protocol;
    return kind === 'request' ? { sessionField, idField } : { sessionField };
  }

  /** What may come now comes. A recording that cannot be sent on, by the format of the pool say, ends its session alone. */
  #flush(live: Live): void {
    if (live.isFlushing) return;
    live.isFlushing = true;
    live.waiting?.cancel();
    live.waiting = undefined;
    void this.#arriveAll(live).catch((thrown: unknown) => {
      const error = notReplayed(live.replayed.of, thrown);
      this.#lose(live, error, { by: 'pool', reason: 'because of a message that cannot be replayed' });
    });
  }

  async #arriveAll(live: Live): Promise<void> {
    try {
      for (let count = 1; !live.isOver; count++) {
        const arriving = live.replayed.take();
        if (arriving === undefined) break;
        this.#arrive(live, arriving);
        if (count % atOnce === 0) await nextTurn();
      }
    } finally {
      live.isFlushing = false;
    }
    if (!live.isOver) this.#await(live);
  }

  /** A reply may have been recorded behind something that the test does not send: then it is told, and not only that it is late. */
  #await(live: Live): void {
    const { session, of } = live.replayed;
    // In one that is whole, the child had not answered either.
    if (isIncomplete(of)) for (const key of session.unanswered) this.#fail(live, key, unansweredError(of));
    if (!session.isAwaited) return;
    const blocked = session.blocked();
    if (blocked === undefined) return;
    const { clock, patience = defaultPatience } = this.#options;
    const time = 2 * blocked.gap + patience;
    live.waiting = clock.after(time, () => {
      const error = blockedError(of, blocked, time);
      for (const key of session.waiting) this.#fail(live, key, error);
    });
    live.waiting.unref();
  }

  #fail(live: Live, key: string, error: CarpoolError): void {
    live.replayed.giveUp(key);
    const to = live.replayed.id;
    this.#emit({}, { as: 'refusal', to, key, refusal: { message: error.message, error } });
  }

  #arrive(live: Live, arriving: Arriving): void {
    const { id, of } = live.replayed;
    if (arriving.kind === 'lost') return this.#lose(live, lossError(arriving), arriving);
    const lost = lostIn(arriving.m);
    if (lost !== undefined) {
      const error = notWhole(of, lost);
      if ('key' in arriving) this.#fail(live, arriving.key, error);
      else this.#lose(live, error, { by: 'pool', reason: 'because of a message that was not recorded as a whole' });
      return;
    }
    const { format } = this.#options;
    // Through the format, so that its user gets what a child's message would be decoded to.
    const message = stamped(arriving, this.#options.protocol, { session: id, ownIds: live.ownIds });
    const frame = Frame.encoded(format.encode(message), format);
    this.#emitFrame(frame, routeOf(frame, { arriving, to: id, protocol: this.#options.protocol }));
  }

  #lose(live: Live, error: CarpoolError, { by, reason }: Pick<RecordedLoss, 'by' | 'reason'>): void {
    const to = live.replayed.id;
    this.#emit({}, { as: 'lost', to, gone: true, by, reason, refusal: { message: error.message, error } });
    // What is told that it is gone does not close it.
    this.#ended(to);
  }

  #emit(message: object, route: Route): void {
    this.#emitFrame(Frame.of(message, this.#options.format), route);
  }

  #emitFrame(frame: Frame, route: Route): void {
    this.#routes.set(frame, route);
    this.#handlers?.frame(frame);
  }

  #activity(wireIds: readonly WireId[]): string | undefined {
    const blocked = wireIds.map((id) => this.#live.get(id)?.replayed.session.blocked()).find(isThere);
    return blocked && `it is a replay: ${blockedSentence(blocked)}`;
  }
}

function isThere(blocked: Blocked | undefined): blocked is Blocked {
  return blocked !== undefined;
}

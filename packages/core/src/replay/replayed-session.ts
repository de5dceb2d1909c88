/**
 * One session of now, with its recording. Sessions of one test that are open at the same time may open in another order than
 * then: as long as what they have sent and got is the same in both, one can go on in the recording of the other.
 */
import { noop } from '../base/noop.ts';
import type { Recorded } from '../base/transcript-value.ts';
import { notRecorded, type OfSession, type RecordingSource } from './errors.ts';
import { isGivenUp, isOut, type RecordedEvent, type RecordedOut, type RecordedSession } from './recorded-session.ts';
import { ReplaySession, type Arriving, type Sent } from './replay-session.ts';

/** A recording, ready to answer from. */
export interface Script {
  readonly recorded: RecordedSession;
  /** From its beginning. */
  readonly begin: () => ReplaySession;
}

/** What of a recorded message of the test is compared: not what names its session, nor an id that a test has made. */
export type Compared = (out: RecordedOut) => Recorded;

export function scriptOf(recorded: RecordedSession, compared: Compared): Script {
  const events: RecordedEvent[] = [];
  const cancelled = new Set<number>();
  for (const event of recorded.events) {
    if (isOut(event)) events.push({ ...event, m: compared(event) });
    else if (!isGivenUp(event)) events.push(event);
    else if (event.kind === 'cancel') cancelled.add(event.n);
  }
  return { recorded, begin: () => new ReplaySession(events, cancelled) };
}

export interface ReplayedSessionOptions {
  readonly id: string;
  /** Looks for another recording, which has what is sent, and gives it to `goOnIn`. Absent: there is none. */
  readonly exchange?: ((sent: Sent) => boolean) | undefined;
}

export class ReplayedSession {
  readonly id: string;
  /** Called when it goes on in another recording: something may come. */
  exchanged: () => void = noop;
  readonly #source: RecordingSource;
  readonly #exchange: ((sent: Sent) => boolean) | undefined;
  #script: Script;
  #session: ReplaySession;
  /** What has been sent and has come, in this order. Absent: it cannot go on in another recording. */
  #past: (Sent | Arriving)[] | undefined;

  constructor(source: RecordingSource, script: Script, { id, exchange }: ReplayedSessionOptions) {
    this.id = id;
    this.#source = source;
    this.#exchange = exchange;
    this.#script = script;
    this.#session = script.begin();
    this.#past = exchange && [];
  }

  get recorded(): RecordedSession {
    return this.#script.recorded;
  }

  /** For errors. */
  get of(): OfSession {
    return { ...this.#source, id: this.id, recorded: this.recorded };
  }

  /** For what changes nothing. */
  get session(): Pick<ReplaySession, 'blocked' | 'isAwaited' | 'unanswered' | 'unsent' | 'waiting'> {
    return this.#session;
  }

  /** @throws CarpoolError NOT_RECORDED */
  sent(sent: Sent): void {
    if (!this.#session.sent(sent) && this.#exchange?.(sent) !== true) throw notRecorded(this.of, this.#session, sent);
    this.#past?.push(sent);
  }

  /** As `ReplaySession.take`. */
  take(): Arriving | undefined {
    const arriving = this.#session.take();
    if (arriving?.kind === 'lost') this.#past = undefined;
    else if (arriving !== undefined) this.#past?.push(arriving);
    return arriving;
  }

  /** As `ReplaySession.giveUp`. */
  giveUp(key: string): void {
    this.#past = undefined;
    this.#session.giveUp(key);
  }

  /**
   * Where it would be in another recording, if all that it has sent and got is there too.
   * @param next what it sends now, and has to be there as well
   */
  placeIn({ recorded, begin }: Script, next?: Sent): ReplaySession | undefined {
    if (this.#past === undefined || !opensAlike(recorded, this.recorded)) return undefined;
    const session = begin();
    for (const one of this.#past) {
      const isThere = isSent(one) ? session.sent(one) : isSameArriving(session.take(), one);
      if (!isThere) return undefined;
    }
    return next === undefined || session.sent(next) ? session : undefined;
  }

  /** @param at what `placeIn` has returned for this script */
  goOnIn(script: Script, at: ReplaySession): void {
    this.#script = script;
    this.#session = at;
    this.exchanged();
  }
}

function isSent(one: Sent | Arriving): one is Sent {
  return one.kind === 'send' || one.kind === 'request' || one.kind === 'answer';
}

/** What the user has seen of it before its first message. */
function opensAlike(a: RecordedSession, b: RecordedSession): boolean {
  return a.failed === undefined && isEqual([a.hello, a.opened], [b.hello, b.opened]);
}

function isSameArriving(a: Arriving | undefined, b: Arriving): boolean {
  if (a === undefined || a.kind === 'lost' || b.kind === 'lost') return false;
  return isEqual(seenOf(a), seenOf(b));
}

/** The numbers of requests are those of the recording, those of questions are their keys. */
function seenOf(arriving: Exclude<Arriving, { kind: 'lost' }>): unknown {
  const { kind, m } = arriving;
  if (kind === 'event') return [kind, m];
  return kind === 'ask' ? [kind, m, arriving.n] : [kind, m, arriving.key];
}

/** Of values as a transcript has them: what was recorded as redacted is equal to nothing else here. */
function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

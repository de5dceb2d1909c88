/**
 * The last messages of each session of a transcript, so many that they fit into a page: a transcript may have gigabytes. What
 * fits is known at its end, so each session keeps fewer of them whenever there are too many in all.
 */
import { recordedValue, Unrecorded, type Recorded } from '../../base/transcript-value.ts';
import type { TranscriptEnd, TranscriptEvent } from '../../base/transcript.ts';
import { describeMessage } from '../../codec/describe.ts';
import type { PageMessage, SessionMessages } from '../../report/messages.ts';
import { shortened } from '../../report/units.ts';
import { picturesIn } from './pictures.ts';

export interface CollectorLimits {
  /** Messages of a session. */
  readonly messages: number;
  /** Characters of a message. */
  readonly text: number;
  /** Characters of the messages of a session. */
  readonly session: number;
  /** Of those of all sessions. */
  readonly all: number;
  /** Characters of all pictures, in base64: the last ones are kept. */
  readonly pictures: number;
}

export const pageLimits: CollectorLimits = {
  messages: 200,
  text: 2_000,
  session: 64 * 1024,
  all: 12 * 1024 * 1024,
  pictures: 8 * 1024 * 1024,
};

/** Characters that each message takes besides its text. */
const overhead = 60;

interface Kept {
  readonly message: Omit<PageMessage, 'images'>;
  readonly size: number;
  pictures: readonly string[];
}

interface Session {
  readonly kept: Kept[];
  size: number;
  before: number;
}

export class MessageCollector {
  readonly #limits: CollectorLimits;
  readonly #offset: number;
  readonly #sessions = new Map<string, Session>();
  /** Messages with pictures, in their order. */
  #withPictures: Kept[] = [];
  #pictures = 0;
  #size = 0;
  #ofSession: number;
  #left = 0;

  /** @param offset milliseconds that are added to each time */
  constructor(offset: number, limits: CollectorLimits = pageLimits) {
    this.#offset = offset;
    this.#limits = limits;
    this.#ofSession = limits.session;
  }

  /** @param size characters of its line */
  add(event: TranscriptEvent | TranscriptEnd, size: number): void {
    if (event.e === 'end' || !('m' in event)) return;
    const { t, e, n, m, in: phase, s } = event;
    const message = { t: t + this.#offset, e, n, in: phase, text: textOf(m, this.#limits.text, size) };
    const kept: Kept = {
      message,
      size: message.text.length + overhead,
      pictures: picturesIn(m, this.#limits.pictures),
    };
    const session = this.#sessions.get(s) ?? { kept: [], size: 0, before: 0 };
    this.#sessions.set(s, session);
    session.kept.push(kept);
    session.size += kept.size;
    this.#size += kept.size;
    this.#keepPictures(kept);
    this.#trim(session);
    while (this.#size > this.#limits.all) this.#shrink();
  }

  /** Sessions whose messages are all left out. */
  get left(): number {
    return this.#left;
  }

  get sessions(): SessionMessages[] {
    return [...this.#sessions].map(([session, { kept, before }]) => ({
      session,
      before,
      messages: kept.map(({ message, pictures }) =>
        pictures.length === 0 ? message : { ...message, images: pictures },
      ),
    }));
  }

  #keepPictures(kept: Kept): void {
    if (kept.pictures.length === 0) return;
    this.#withPictures.push(kept);
    this.#pictures += lengthOf(kept.pictures);
    let first = 0;
    for (; this.#pictures > this.#limits.pictures; first++) {
      const oldest = this.#withPictures[first];
      if (oldest === undefined) break;
      this.#pictures -= lengthOf(oldest.pictures);
      oldest.pictures = [];
    }
    if (first > 0) this.#withPictures = this.#withPictures.slice(first);
  }

  #trim(session: Session): void {
    const { kept } = session;
    // The last one is kept, however long it is.
    let first = 0;
    for (; first < kept.length - 1; first++) {
      if (session.size <= this.#ofSession && kept.length - first <= this.#limits.messages) break;
      const one = kept[first] as Kept;
      session.size -= one.size;
      this.#size -= one.size;
      session.before++;
      this.#pictures -= lengthOf(one.pictures);
      one.pictures = [];
    }
    kept.splice(0, first);
  }

  /** Each session keeps half as much; where that is next to nothing, the first sessions keep nothing. */
  #shrink(): void {
    if (this.#ofSession > overhead) {
      this.#ofSession /= 2;
      for (const session of this.#sessions.values()) this.#trim(session);
      return;
    }
    for (const [name, session] of this.#sessions) {
      if (this.#size <= this.#limits.all) return;
      this.#sessions.delete(name);
      this.#size -= session.size;
      this.#left++;
      for (const one of session.kept) {
        this.#pictures -= lengthOf(one.pictures);
        one.pictures = [];
      }
    }
  }
}

function lengthOf(pictures: readonly string[]): number {
  return pictures.reduce((sum, { length }) => sum + length, 0);
}

/** Of a long message its structure is shown, with the begin of each text. @param size characters of all of it */
function textOf(recorded: Recorded, most: number, size: number): string {
  const value = recordedValue(recorded);
  if (value instanceof Unrecorded) return `<${value.what}>`;
  return size > 10 * most ? describeMessage(value, most) : shortened(describeMessage(value, Infinity), most);
}

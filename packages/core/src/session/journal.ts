/**
 * The last messages of all sessions of one child, in their order: what was said before it died, and what it has not answered
 * since. A session remembers only its own. Where evidence is turned off, there are their sizes alone: by those that have no
 * answer a child is found that hangs.
 */
import { areMessagesKept } from '../base/evidence-option.ts';
import { nameOf, type HolderLabel } from '../base/holder-label.ts';
import type { SessionName } from './errors.ts';
import { arrow, describeKept, showKept, type Direction, type KeptFrame } from './kept-frame.ts';
import type { Told } from './passing.ts';

const kept = 16;

/** Which session, and whose it is. */
export interface Speaker extends SessionName {
  /** Changes where a session gets its caller later. */
  holder?: HolderLabel | undefined;
  /** It was opened ahead, and no call has it yet. */
  isWarm?: boolean;
}

/** A request that the child has answered. */
interface Answered {
  sent: KeptFrame;
  speaker: Speaker;
  at: number;
}

interface Entry {
  direction: Direction;
  speaker: Speaker;
  frame: KeptFrame;
}

export class Journal {
  readonly #pool: string;
  readonly #passing: Told | undefined;
  readonly #keeps = areMessagesKept();
  readonly #entries: Entry[] = [];
  #next = 0;
  /** Entries so far, and those when the child has last said something that is none. */
  #count = 0;
  #came = 0;
  #heard = false;
  #spoken = false;
  #answered: Answered | undefined;

  /** @param passing is told each message, as one of this pool */
  constructor(pool: string = '', passing?: Told) {
    this.#pool = pool;
    this.#passing = passing;
  }

  /** Messages so far, both ways. */
  get count(): number {
    return this.#count;
  }

  /** A session has got a message. */
  get heard(): boolean {
    return this.#heard;
  }

  /** A message has come, be it for no session. */
  get spoken(): boolean {
    return this.#spoken;
  }

  add(direction: Direction, speaker: Speaker, frame: KeptFrame): void {
    if (direction === 'in') {
      this.#spoken = true;
      if (speaker.id !== rootId) this.#heard = true;
    }
    const entry = this.#entries[this.#next];
    if (entry === undefined) {
      this.#entries[this.#next] = { direction, speaker, frame };
    } else {
      // Not a new object for each message.
      entry.direction = direction;
      entry.speaker = speaker;
      entry.frame = frame;
    }
    this.#next = (this.#next + 1) % kept;
    this.#count++;
  }

  /** A message that is told to what looks at the pool, if anything does, whether it is kept or not. */
  pass(direction: Direction, speaker: Speaker, frame: KeptFrame): void {
    if (this.#passing?.idle === false) this.#passing.tell({ pool: this.#pool, direction, speaker, frame });
  }

  /** The child has said something that is no message of the journal: it is not silent. */
  came(): void {
    this.#came = this.#count;
  }

  /** @param at the clock's time */
  answered(speaker: Speaker, sent: KeptFrame, at: number): void {
    if (!this.#keeps) return;
    const last = (this.#answered ??= { sent, speaker, at });
    last.sent = sent;
    last.speaker = speaker;
    last.at = at;
  }

  /**
   * The last request that the child has answered, a sentence; `undefined`: there is none.
   * @param own of which it is said: it need not be named
   */
  describeAnswered(now: number, own: Speaker): string | undefined {
    if (this.#answered === undefined) return undefined;
    const { sent, speaker, at } = this.#answered;
    const age = Math.max(0, now - at);
    const whose = speaker === own ? '' : ` (${speakerName(speaker)})`;
    return `the last request that the child has answered is ${describeKept(sent)}${whose}, ${Math.round(age)} ms ago`;
  }

  /**
   * One line a message, oldest first, each with its session where there are several. Of what was said before any of the
   * open sessions began, by sessions that are over, it says whose it was.
   * @param open sessions. Without any, all is said
   */
  describe(open: readonly Speaker[] = []): readonly string[] {
    if (!this.#keeps) return [];
    const entries = this.#ordered();
    const first = entries.findIndex(({ speaker }) => open.includes(speaker));
    const shown = entries.slice(Math.max(0, first));
    const alone = first >= 0 && shown.every(({ speaker }) => speaker === shown[0]?.speaker);
    const lines = shown.map(({ direction, speaker, frame }) => {
      const line = `${arrow(direction)}${showKept(frame)}`;
      return alone ? line : `${line} (${speakerName(speaker)})`;
    });
    const before = entries.slice(0, Math.max(0, first)).map(({ speaker }) => speaker);
    const names = [...new Set(before)].filter(({ id }) => id !== rootId).map(speakerName);
    return names.length === 0 ? lines : [`(before these, sessions that have ended: ${names.join(', ')})`, ...lines];
  }

  /** What was sent since the child has last said anything, oldest first. */
  unanswered(): readonly Readonly<Entry>[] {
    const entries = this.#ordered();
    const since = this.#came - (this.#count - entries.length);
    return entries.slice(Math.max(since, entries.findLastIndex(({ direction }) => direction === 'in') + 1));
  }

  #ordered(): Entry[] {
    return [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)];
  }
}

/** "session s1 of "cart › adds an item" (cart.test.ts)" */
export function speakerName({ id, holder, isWarm }: Speaker): string {
  if (id === rootId) return 'outside any session';
  if (isWarm === true) return `session ${id}, opened ahead (warm)`;
  if (holder?.test === undefined && holder?.file === undefined) return `session ${id}`;
  return `session ${id} of ${nameOf(holder, 'a test')}`;
}

/** The id of the conversation with the child itself. */
export const rootId = 'root';

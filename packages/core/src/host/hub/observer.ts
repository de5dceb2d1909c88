/**
 * Shows what passes to one process that only looks. It may look as slowly as it likes: what does not fit is lost, and
 * counted, and no session waits. To describe messages takes at most a tenth of the host's time, whatever number of them looks.
 */
import type { Clock, Timer } from '../../base/clock.ts';
import type { HolderLabel } from '../../base/holder-label.ts';
import { redactText } from '../../base/redact.ts';
import { rootId } from '../../session/journal.ts';
import { describeKept, type KeptFrame } from '../../session/kept-frame.ts';
import type { Passed, Passing } from '../../session/passing.ts';
import type { AcceptedConnection } from '../../wire/accepted-connection.ts';
import { op } from '../../wire/frames.ts';
import type { ObservedBody, ObservedFilter, ObservedMessage } from '../../wire/observe.ts';

/** Messages that wait to be shown. Each is of 16 KiB at most: larger ones are kept as their size. */
const mostWaiting = 1_000;
/** Milliseconds between two looks at what waits, and for what is described then by all observers of a host together. */
const interval = 50;
const described = 5;
/** Bytes that the observer has not taken, above which no more is written. */
const mostBehind = 512 * 1024;
/** Characters of a frame, which is not larger by more than one message. */
const frameCharacters = 256 * 1024;

const defaultCharacters = 200;
const mostCharacters = 16 * 1024;

export interface ObserverOptions {
  readonly connection: Pick<AcceptedConnection, 'backlog' | 'writeJson'>;
  readonly clock: Clock;
  readonly passing: Passing;
  readonly filter: ObservedFilter;
  /** As in `ObserveRequest`. */
  readonly characters?: number | undefined;
  /** Milliseconds since 1970. */
  readonly time: () => number;
}

/** Or how many are lost there. */
type Waiting = (Passed & { readonly time: number }) | { lost: number };

export class Observer {
  readonly #options: ObserverOptions;
  readonly #characters: number;
  readonly #waiting: Waiting[] = [];
  readonly #stop: () => void;
  #timer: Timer | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#characters = shownCharacters(options.characters);
    this.#stop = options.passing.add((passed) => this.#passed(passed));
  }

  /** The last that fits is written, and of the rest how much it is. */
  end(): void {
    this.#timer?.cancel();
    this.#write();
    this.#stop();
    const lost = this.#waiting.reduce((sum, waiting) => sum + ('lost' in waiting ? waiting.lost : 1), 0);
    this.#waiting.length = 0;
    if (lost > 0) this.#options.connection.writeJson(op.OBSERVED, 0, 0, { messages: [], lost } satisfies ObservedBody);
  }

  #passed(passed: Passed): void {
    const { pool, poolId, speaker } = passed;
    const id = speaker.id === rootId ? undefined : speaker.id;
    if (!isMeant(this.#options.filter, { ...speaker.holder, pool, poolId, id })) return;
    const last = this.#waiting.at(-1);
    if (last !== undefined && 'lost' in last) last.lost++;
    else if (this.#waiting.length >= mostWaiting) this.#waiting.push({ lost: 1 });
    // A session that is kept warm gets its holder later.
    else this.#waiting.push({ ...passed, speaker: { ...speaker }, time: this.#options.time() });
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= this.#options.clock.after(interval, () => {
      this.#timer = undefined;
      this.#write();
      if (this.#waiting.length > 0) this.#schedule();
    });
    this.#timer.unref();
  }

  #write(): void {
    const { connection, clock, passing } = this.#options;
    if (connection.backlog > mostBehind) return;
    const until = clock.now() + described / Math.max(1, passing.size);
    const messages: ObservedMessage[] = [];
    let characters = 0;
    let lost: number | undefined;
    let taken = 0;
    for (const waiting of this.#waiting) {
      taken++;
      if ('lost' in waiting) {
        ({ lost } = waiting);
        break;
      }
      const message = this.#describe(waiting);
      messages.push(message);
      characters += message.text.length;
      if (characters >= frameCharacters || clock.now() >= until) break;
    }
    this.#waiting.splice(0, taken);
    if (taken > 0) connection.writeJson(op.OBSERVED, 0, 0, { messages, lost } satisfies ObservedBody);
  }

  #describe({ time, pool, poolId, direction, speaker, frame }: Passed & { readonly time: number }): ObservedMessage {
    const { test, file, shard, run } = speaker.holder ?? {};
    const session = speaker.id === rootId ? undefined : speaker.id;
    const text = redactText(describeShown(frame, this.#characters));
    return { time, pool, poolId, session, test, file, shard, run, direction, text };
  }
}

/** As evidence shows it; in more characters than that has, texts and lists are not shortened for themselves. */
export function describeShown(frame: KeptFrame, characters: number = defaultCharacters): string {
  if (typeof frame === 'number') return describeKept(frame);
  return frame.describe(characters, characters > defaultCharacters ? 'whole' : 'short');
}

/** @param wanted as in `ObserveRequest` */
export function shownCharacters(wanted: number | undefined): number {
  if (typeof wanted !== 'number' || !(wanted > 0)) return defaultCharacters;
  return Math.min(Math.floor(wanted), mostCharacters);
}

export interface OfSession extends HolderLabel {
  readonly pool: string;
  readonly poolId?: string | undefined;
  /** Absent: outside any session, or one that opens. */
  readonly id?: string | undefined;
}

/** Whether a filter wants this session. */
export function isMeant({ pool, session, test }: ObservedFilter, of: OfSession): boolean {
  if (pool !== undefined && of.pool !== pool && of.poolId !== pool) return false;
  if (session !== undefined && of.id !== session) return false;
  return test === undefined || of.test?.includes(test) === true || of.file?.includes(test) === true;
}

/**
 * The recordings of one pool, and which session of now gets which of them: those of its test, in the order of their
 * opening, the first with the same `params`.
 */
import { asCarpoolError, type CarpoolError } from '../base/errors.ts';
import type { HolderLabel } from '../base/holder-label.ts';
import type { Recorded } from '../base/transcript-value.ts';
import { isSame } from './compare.ts';
import { notRecorded, sessionNotRecorded, unsentLine, type OfSession, type RecordingSource } from './errors.ts';
import {
  isGivenUp,
  isOut,
  type RecordedEvent,
  type RecordedHead,
  type RecordedOut,
  type RecordedSession,
} from './recorded-session.ts';
import { redactedForm } from './recorded-form.ts';
import { ReplaySession, type Sent } from './replay-session.ts';

/** A recording that can be used. */
export interface Recording {
  readonly head: RecordedHead;
  /** Its messages, which may be read from a file. */
  load(): RecordedSession | Promise<RecordedSession>;
}

export interface ReplayBookOptions extends RecordingSource {
  readonly recordings: readonly Recording[];
  /** Files of tests are relative to it in recordings. */
  readonly relative: (file: string) => string;
  /** All of them belong to whatever registers: they are those of one test. Default false. */
  readonly isOfAny?: boolean | undefined;
}

/** What a pool does with its recordings, as numbers for its summary. */
export interface ReplayStats {
  /** The file or folder of the recordings. */
  readonly place: string;
  /** Messages, and sessions, that were recorded for the tests that ran, and that they have not asked for. */
  readonly unasked: number;
  /** A sentence for each of the first of them. */
  readonly firstUnasked: readonly string[];
}

const mostUnasked = 10;

export interface ReplayedSessionOptions {
  readonly id: string;
  /** What of a recorded message of the test is compared: not what names its session, nor an id that a test has made. */
  readonly compared: (out: RecordedOut) => Recorded;
}

/** One session of now, with its recording. */
export class ReplayedSession {
  readonly id: string;
  readonly of: OfSession;
  readonly recorded: RecordedSession;
  readonly session: ReplaySession;

  constructor(source: RecordingSource, recorded: RecordedSession, { id, compared }: ReplayedSessionOptions) {
    this.id = id;
    this.recorded = recorded;
    this.of = { ...source, id, recorded };
    const events: RecordedEvent[] = [];
    const cancelled = new Set<number>();
    for (const event of recorded.events) {
      if (isOut(event)) events.push({ ...event, m: compared(event) });
      else if (!isGivenUp(event)) events.push(event);
      else if (event.kind === 'cancel') cancelled.add(event.n);
    }
    this.session = new ReplaySession(events, cancelled);
  }

  /** @throws CarpoolError NOT_RECORDED */
  sent(sent: Sent): void {
    if (!this.session.sent(sent)) throw notRecorded(this.of, this.session, sent);
  }
}

export interface Claim {
  /** For the session of now: that of the recorded one, unless another one has it. */
  readonly id: string;
  open(compared: ReplayedSessionOptions['compared']): Promise<ReplayedSession>;
}

export class ReplayBook {
  readonly source: RecordingSource;
  readonly #options: ReplayBookOptions;
  /** By test and file. */
  readonly #recordings: ReadonlyMap<string, readonly Recording[]>;
  #used = new Set<Recording>();
  readonly #open = new Map<string, ReplayedSession | undefined>();
  #unasked = 0;
  #firstUnasked: string[] = [];

  constructor(options: ReplayBookOptions) {
    const { pool, place, recordings } = options;
    this.#options = options;
    this.source = { pool, place };
    this.#recordings = Map.groupBy(recordings, ({ head }) => this.#keyOf(head));
  }

  /** What the first of the recorded children has said of itself. */
  get hello(): Recorded | undefined {
    return this.#options.recordings[0]?.head.hello;
  }

  /** @throws CarpoolError NOT_RECORDED */
  claim(given: HolderLabel | undefined, params: Recorded | undefined): Claim {
    const holder = given ?? {};
    const { relative } = this.#options;
    const file = holder.file === undefined ? undefined : relative(holder.file);
    const all = this.#recordings.get(this.#keyOf({ test: holder.test, file })) ?? [];
    const left = all.filter((recording) => !this.#used.has(recording));
    const found = left.find(({ head }) => isSameOrNone(paramsOf(head), params));
    if (found === undefined) throw this.#missing({ ...holder, file }, { all, left, now: params });
    this.#used.add(found);
    const id = this.#freeId(found.head);
    this.#open.set(id, undefined);
    return { id, open: (compared) => this.#opened(found, { id, compared }) };
  }

  /** The session is over. */
  ended(id: string): void {
    const session = this.#open.get(id);
    this.#open.delete(id);
    const unsent = session?.session.unsent() ?? [];
    if (session !== undefined && unsent.length > 0) this.#left(unsent.length, unsentOf(session, unsent));
  }

  /** Another run begins: everything may be asked for again. */
  countAnew(): void {
    this.#used = new Set();
    this.#unasked = 0;
    this.#firstUnasked = [];
  }

  stats(): ReplayStats {
    const open = [...this.#open.values()].flatMap((session) => {
      const unsent = session?.session.unsent() ?? [];
      return session === undefined || unsent.length === 0
        ? []
        : { count: unsent.length, line: unsentOf(session, unsent) };
    });
    const sessions = [...this.#recordings.values()].flatMap((all) => {
      const unused = all.filter((recording) => !this.#used.has(recording));
      // Tests that did not run were not asked for.
      if (unused.length === 0 || unused.length === all.length) return [];
      return { count: unused.length, line: this.#unusedLine(unused, all.length) };
    });
    const more = [...open, ...sessions];
    return {
      place: this.source.place,
      unasked: more.reduce((sum, { count }) => sum + count, this.#unasked),
      firstUnasked: [...this.#firstUnasked, ...more.map(({ line }) => line)].slice(0, mostUnasked),
    };
  }

  /** @throws CarpoolError NOT_RECORDED */
  async #opened({ head, load }: Recording, options: ReplayedSessionOptions): Promise<ReplayedSession> {
    const { id } = options;
    try {
      const session = new ReplayedSession(this.source, await load(), options);
      // It may have been given up meanwhile.
      if (this.#open.has(id)) this.#open.set(id, session);
      return session;
    } catch (thrown) {
      this.#open.delete(id);
      throw asCarpoolError(thrown, 'NOT_RECORDED', `Cannot replay session ${head.s} of ${this.source.place}`);
    }
  }

  #left(count: number, line: string): void {
    this.#unasked += count;
    if (this.#firstUnasked.length < mostUnasked) this.#firstUnasked.push(line);
  }

  #unusedLine([first]: readonly Recording[], all: number): string {
    const { test, file } = first?.head ?? {};
    const name = test === undefined ? (file ?? 'a test') : JSON.stringify(test);
    return `${name} has opened fewer sessions than the ${all} that were recorded`;
  }

  #missing(
    holder: HolderLabel,
    {
      all,
      left,
      now,
    }: { readonly all: readonly Recording[]; readonly left: readonly Recording[]; readonly now: Recorded | undefined },
  ): CarpoolError {
    const heads = this.#options.recordings.map(({ head }) => head);
    const tests = heads.flatMap(({ test, file }) => (file === holder.file && test !== undefined ? test : []));
    const params = left.length === 0 ? undefined : { recorded: left.map(({ head }) => paramsOf(head)), now };
    return sessionNotRecorded({ ...this.source, holder, recorded: all.length, tests: [...new Set(tests)], params });
  }

  /** Several transcripts may have the same. */
  #freeId({ s, id = s }: RecordedHead): string {
    let free = id;
    for (let number = 2; this.#open.has(free); number++) free = `${id}.${number}`;
    return free;
  }

  #keyOf({ test, file }: Pick<HolderLabel, 'test' | 'file'>): string {
    return this.#options.isOfAny === true ? '' : JSON.stringify([test ?? null, file ?? null]);
  }
}

function unsentOf({ of }: ReplayedSession, unsent: readonly RecordedOut[]): string {
  return unsentLine(of, unsent);
}

/** As those of now are compared. */
function paramsOf({ params }: RecordedHead): Recorded | undefined {
  return params === undefined ? undefined : redactedForm(params);
}

function isSameOrNone(one: Recorded | undefined, other: Recorded | undefined): boolean {
  return one === undefined || other === undefined ? one === other : isSame(one, other);
}

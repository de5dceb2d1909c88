/**
 * The recordings of one pool, and which session of now gets which of them: those of its test, in the order of their
 * opening, the first with the same `params`. Of those that were open at the same time, what a session sends decides.
 */
import { asCarpoolError, type CarpoolError } from '../base/errors.ts';
import type { HolderLabel } from '../base/holder-label.ts';
import { redactRulesNumber } from '../base/redact.ts';
import type { Recorded } from '../base/transcript-value.ts';
import { isSame } from './compare.ts';
import { sessionNotRecorded, unsentLine, type RecordingSource } from './errors.ts';
import { isAtOnce, type RecordedHead, type RecordedOut, type Recording } from './recorded-session.ts';
import { redactedForm } from './recorded-form.ts';
import type { Sent } from './replay-session.ts';
import { ReplayedSession, type Compared } from './replayed-session.ts';
import { Scripts } from './scripts.ts';

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
/** Recordings that one session loads beside its own. */
const mostOthers = 50;

export interface Claim {
  /** For the session of now: that of the recorded one, unless another one has it. */
  readonly id: string;
  open(compared: Compared): Promise<ReplayedSession>;
}

/** A session of now that is not over. */
interface Open {
  recording: Recording;
  /** Since it has its messages. */
  session?: ReplayedSession | undefined;
}

export class ReplayBook {
  readonly source: RecordingSource;
  readonly #options: ReplayBookOptions;
  /** By test and file. */
  readonly #recordings: ReadonlyMap<string, readonly Recording[]>;
  #used = new Set<Recording>();
  readonly #open = new Map<string, Open>();
  readonly #scripts = new Scripts();
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
    const open: Open = { recording: found };
    this.#open.set(id, open);
    return { id, open: (compared) => this.#opened(id, open, compared) };
  }

  /** The session is over. */
  ended(id: string): void {
    const { recording, session } = this.#open.get(id) ?? {};
    this.#open.delete(id);
    if (recording !== undefined) this.#forget(recording);
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
    const open = [...this.#open.values()].flatMap(({ session }) => {
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
  async #opened(id: string, open: Open, compared: Compared): Promise<ReplayedSession> {
    const { head } = open.recording;
    const others = this.#nearest(open.recording);
    try {
      // Where one of the others cannot be read, the session that gets it says so. One file at a time: there may be many.
      for (const other of others) await Promise.allSettled([this.#scripts.load(other, compared)]);
      await this.#scripts.load(open.recording, compared);
      // Another session may have taken it meanwhile, and left its own, which has been read.
      const script = this.#scripts.ready(open.recording) ?? (await this.#scripts.load(open.recording, compared));
      const exchange = others.length === 0 ? undefined : (sent: Sent) => this.#exchange(open, sent);
      open.session = new ReplayedSession(this.source, script, { id, exchange });
      return open.session;
    } catch (thrown) {
      this.ended(id);
      throw asCarpoolError(thrown, 'NOT_RECORDED', `Cannot replay session ${head.s} of ${this.source.place}`);
    }
  }

  /** Of those that it may be exchanged with, the nearest in the order of their opening: a test may have thousands. */
  #nearest(recording: Recording): Recording[] {
    const others = this.#exchangeable(recording);
    if (others.length <= mostOthers) return others;
    const places = new Map(this.#besides(recording.head).map((one, at) => [one, at]));
    const own = places.get(recording) ?? 0;
    const distance = (other: Recording): number => Math.abs((places.get(other) ?? 0) - own);
    return others.toSorted((a, b) => distance(a) - distance(b)).slice(0, mostOthers);
  }

  /** Those of the same test and `params` that were open at the same time as this one, and are not over now. */
  #exchangeable({ head }: Recording): Recording[] {
    const now = new Set([...this.#open.values()].map(({ recording }) => recording));
    const params = paramsOf(head);
    return this.#besides(head).filter(
      (other) =>
        other.head !== head &&
        // All may be of any.
        other.head.test === head.test &&
        other.head.file === head.file &&
        (!this.#used.has(other) || now.has(other)) &&
        isAtOnce(head, other.head) &&
        isSameOrNone(paramsOf(other.head), params),
    );
  }

  /** What is sent was recorded in another session: this one goes on there, and that of now, if there is one, here. */
  #exchange(open: Open, sent: Sent): boolean {
    const own = this.#scripts.ready(open.recording);
    for (const recording of this.#exchangeable(open.recording)) {
      // Not every one is loaded.
      const script = this.#scripts.ready(recording);
      const place = script && open.session?.placeIn(script, sent);
      if (own === undefined || script === undefined || place === undefined) continue;
      const other = [...this.#open.values()].find((one) => one.recording === recording);
      const itsPlace = other?.session?.placeIn(own);
      if (other?.session !== undefined && itsPlace === undefined) continue;
      if (other === undefined) {
        this.#used.delete(open.recording);
        this.#used.add(recording);
      } else other.recording = open.recording;
      open.recording = recording;
      open.session?.goOnIn(script, place);
      if (itsPlace !== undefined) other?.session?.goOnIn(own, itsPlace);
      return true;
    }
    return false;
  }

  /** Its session is over. Others of its test may look into theirs. */
  #forget(recording: Recording): void {
    const all = this.#besides(recording.head);
    const isLast = ![...this.#open.values()].some((open) => all.includes(open.recording));
    this.#scripts.forget(isLast ? all : [recording]);
  }

  #besides(head: RecordedHead): readonly Recording[] {
    return this.#recordings.get(this.#keyOf(head)) ?? [];
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

/** By the rules of which number. */
const redactedParams = new WeakMap<RecordedHead, { readonly rules: number; readonly params: Recorded | undefined }>();

/** As those of now are compared. */
function paramsOf(head: RecordedHead): Recorded | undefined {
  const rules = redactRulesNumber();
  const before = redactedParams.get(head);
  if (before?.rules === rules) return before.params;
  const params = head.params === undefined ? undefined : redactedForm(head.params);
  redactedParams.set(head, { rules, params });
  return params;
}

function isSameOrNone(one: Recorded | undefined, other: Recorded | undefined): boolean {
  return one === undefined || other === undefined ? one === other : isSame(one, other);
}

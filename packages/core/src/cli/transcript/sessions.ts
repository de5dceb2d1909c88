/** Which sessions a transcript has, whose they are, and which of them are asked for. Pure. */
import { closestTo } from '../../base/similar.ts';
import type { TranscriptEnd, TranscriptEvent, TranscriptHolder } from '../../base/transcript.ts';

/** Names that an error lists. */
const mostNames = 8;

export interface ListedSession extends TranscriptHolder {
  readonly s: string;
  readonly pool: string;
  readonly messages: number;
  /** Messages of it that are not in the file. */
  readonly dropped: number;
  readonly failed: boolean;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What is needed of each session, with memory for the sessions alone. */
export class SessionList {
  readonly #sessions = new Map<string, Mutable<ListedSession>>();
  /** Messages of all sessions that are not in the file, as its last line says. */
  dropped = 0;

  add(event: TranscriptEvent | TranscriptEnd): void {
    if (event.e === 'end') {
      this.dropped = event.dropped;
      return;
    }
    if (event.e === 'open') {
      const { s, pool } = event;
      this.#sessions.set(s, { s, pool, messages: 0, dropped: 0, failed: false, ...holderIn(event) });
      return;
    }
    const session = this.#sessions.get(event.s);
    if (session === undefined) return;
    if ('m' in event) session.messages++;
    else if (event.e === 'taken') Object.assign(session, holderIn(event));
    else if (event.e === 'closed') {
      session.failed = event.failed === true;
      session.dropped = event.dropped ?? 0;
    } else if (event.e === 'failed') session.failed = true;
  }

  get all(): ListedSession[] {
    return [...this.#sessions.values()];
  }
}

export interface Wanted {
  /** Names of tests, or parts of them. */
  readonly test?: readonly string[] | undefined;
  /** Of one session: "cart/s1", or "s1" where one pool alone has it. */
  readonly session?: string | undefined;
  /** All that failed. */
  readonly failed?: boolean | undefined;
}

/**
 * What is asked for: all, where nothing is. Of a test that is among them, all sessions are.
 * @throws Error with half a sentence: there is none, or what is named is not clear
 */
export function chosenOf(sessions: readonly ListedSession[], { test = [], session, failed }: Wanted): ListedSession[] {
  if (test.length === 0 && session === undefined && failed !== true) return [...sessions];
  const keys = new Set(test.flatMap((name) => testsNamed(name, sessions)));
  if (failed === true) {
    const failing = sessions.filter((one) => one.failed);
    if (failing.length === 0) throw new Error('no session of it is one of a test that was known to have failed');
    for (const one of failing) keys.add(keyOf(one));
  }
  const named = session === undefined ? undefined : sessionNamed(session, sessions).s;
  return sessions.filter((one) => one.s === named || keys.has(keyOf(one)));
}

/** Of the tests that these sessions belong to. Those of no test are each for themselves. */
export function testsOf(sessions: readonly ListedSession[]): ListedSession[] {
  return [...new Map(sessions.map((one) => [keyOf(one), one])).values()];
}

function keyOf({ s, test, file }: ListedSession): string {
  return test === undefined ? s : JSON.stringify([test, file]);
}

/** Runners put other signs between the titles of a test and those around it. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[\s›>»|]+/g, ' ')
    .trim();
}

function testsNamed(name: string, sessions: readonly ListedSession[]): string[] {
  const tests = testsOf(sessions.filter(({ test }) => test !== undefined));
  const whole = tests.filter(({ test }) => test === name);
  const equal = whole.length > 0 ? whole : tests.filter(({ test = '' }) => plain(test) === plain(name));
  if (equal.length > 0) return equal.map(keyOf);
  const wanted = plain(name);
  const parts = wanted === '' ? [] : tests.filter(({ test = '' }) => plain(test).includes(wanted));
  const [only] = parts;
  if (only === undefined) throw new Error(noneNamed(name, tests));
  if (new Set(parts.map(({ test }) => test)).size === 1) return parts.map(keyOf);
  throw new Error(
    `${JSON.stringify(name)} is a part of the names of ${parts.length} of its tests, of which --test must name one: ${listed(parts)}`,
  );
}

function noneNamed(name: string, tests: readonly ListedSession[]): string {
  if (tests.length === 0) return 'none of its sessions is known to be one of a test';
  // Users write the title of the test, without those around it.
  const titles = tests.flatMap(({ test = '' }) => [test, ...test.split(/ [›>»|] /)]);
  const meant = closestTo(name, titles);
  const first = `it has no session of a test ${JSON.stringify(name)}`;
  if (meant !== undefined) return `${first}; did you mean ${JSON.stringify(meant)}?`;
  return `${first}; tests with sessions are ${listed(tests)}`;
}

function sessionNamed(name: string, sessions: readonly ListedSession[]): ListedSession {
  const exact = sessions.find(({ s }) => s === name);
  if (exact !== undefined) return exact;
  const [only, ...more] = sessions.filter(({ s }) => s.endsWith(`/${name}`));
  if (only !== undefined && more.length === 0) return only;
  const found = only === undefined ? sessions : [only, ...more];
  const names = few(found.map(({ s }) => s));
  throw new Error(
    only === undefined
      ? `it has no session ${JSON.stringify(name)}; sessions are ${names}`
      : `several of its pools have a session ${JSON.stringify(name)}: ${names}`,
  );
}

function listed(tests: readonly ListedSession[]): string {
  return few([...new Set(tests.map(({ test = '' }) => JSON.stringify(test)))]);
}

function few(names: readonly string[]): string {
  const more = names.length - mostNames;
  return `${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function holderIn({ test, file, shard, takenAt }: TranscriptHolder): TranscriptHolder {
  return { test, file, shard, takenAt };
}

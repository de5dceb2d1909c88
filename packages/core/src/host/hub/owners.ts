/**
 * The owners within one worker, and what each holds: test ⊂ file ⊂ worker. An owner is a path, `[file, test]`; ending one ends all
 * under it, the innermost first, then newest first. One that has ended holds nothing any more: a test whose time is up runs on, and must not be
 * given a session that would never be taken back.
 */
import { CarpoolError } from '../../base/errors.ts';
import { Scope, type Held } from '../../base/scope.ts';
import { endReason, ownerEndedError, type OwnerPath } from '../../wire/owner-path.ts';

/** Why an owner ends. */
export interface WhyEnded {
  /** The end of a sentence. */
  readonly reason: string;
  /** It is a test that has failed. */
  readonly failed: boolean;
  /** Resolves when what was held later and is of other pools has ended; absent: there is nothing to wait for. */
  readonly later?: Promise<unknown> | undefined;
}

/** The end of a session that has begun. */
interface EndingSession {
  readonly pool: string;
  readonly over: Promise<unknown>;
}

/** Releases what is held, saying why. True: the end was confirmed. `report`: what the child found wrong. */
export type ReleaseHeld = (why: WhyEnded, report: (diagnosed: CarpoolError) => void) => Promise<boolean>;

/** What the end of an owner brought. */
export interface OwnerEnd {
  /** Ends that were not confirmed. */
  readonly unconfirmed: number;
  /** What children found wrong with what its sessions sent. */
  readonly diagnosed: readonly CarpoolError[];
}

/** Owners that have ended are remembered as long as the file they belong to, and at most this many. */
const mostRemembered = 10_000;
/** Names in a path: file and test, and room for more. */
const deepest = 8;
/** Characters of a name. */
const longestName = 8_192;
/** Owners of one worker that have not ended. */
const mostOwners = 100_000;

/** One end of one owner, and why. */
interface Ending extends OwnerEnd, WhyEnded {
  unconfirmed: number;
  readonly diagnosed: CarpoolError[];
}

/** Sessions of one test that are over, of which it is told that the test has failed: the last ones. */
const mostPast = 1_000;

const nothing: OwnerEnd = { unconfirmed: 0, diagnosed: [] };

interface Owner {
  readonly scope: Scope;
  readonly outer: Owner | undefined;
  /** Of itself and of those inside of it: what is released after them may be what they use. */
  readonly endingSessions: Set<EndingSession>;
  ending: Ending | undefined;
  /** What is called if it fails, for what it holds no more. Absent: there is nothing. */
  past: (() => void)[] | undefined;
  readonly inner: Map<string, Owner>;
  readonly ended: Set<string>;
}

export class Owners {
  readonly #root: Owner;
  /** Owners that have not ended. */
  #size = 0;

  constructor(name: string) {
    this.#root = ownerIn(new Scope(name), undefined);
  }

  /** @param pool of a session @throws CarpoolError SESSION_CLOSED if the owner has ended */
  hold(path: OwnerPath, release: ReleaseHeld, pool?: string): Held {
    const owner = this.#find(path);
    return owner.scope.hold(async () => {
      const ending = endingOf(owner);
      const { reason, failed } = ending;
      const why = { reason, failed, later: pool === undefined ? undefined : laterThan(owner, pool) };
      const over = release(why, (diagnosed) => ending.diagnosed.push(diagnosed));
      if (pool !== undefined) remembered(owner, { pool, over });
      if (!(await over)) ending.unconfirmed++;
    });
  }

  /**
   * A session of a test is over before the test: if the test fails, that is told with `failed`. Ignored where the path is that
   * of no test, or has ended.
   */
  tellIfFails(path: OwnerPath, failed: () => void): void {
    if (path.length < 2) return;
    const owner = this.#lookUp(path);
    if (typeof owner === 'string') return;
    const past = (owner.past ??= []);
    past.push(failed);
    if (past.length > mostPast) past.shift();
  }

  /** What all of them hold: sessions, and what children found wrong that no end has told so far. */
  get held(): number {
    return heldBy(this.#root);
  }

  /** @throws CarpoolError SESSION_CLOSED if the owner has ended */
  check(path: OwnerPath): void {
    this.#find(path);
  }

  /** Ends an owner. @param failed it is a test that has failed */
  async end(path: OwnerPath, failed = false): Promise<OwnerEnd> {
    const last = path.at(-1);
    if (last === undefined) return await this.endAll(endReason(path));
    // Also where nothing was ever held: what has ended must be known to have ended.
    const parent = this.#lookUp(path.slice(0, -1));
    if (typeof parent === 'string') return nothing;
    const owner = parent.inner.get(last);
    parent.inner.delete(last);
    remember(parent.ended, last);
    if (owner === undefined) return nothing;
    this.#size -= sizeOf(owner);
    if (failed) tellFailure(owner);
    return await ended(owner, { reason: endReason(path), failed });
  }

  async endAll(message: string): Promise<OwnerEnd> {
    return await ended(this.#root, { reason: message, failed: false });
  }

  #find(path: OwnerPath): Owner {
    const owner = this.#lookUp(path);
    if (typeof owner !== 'string') return owner;
    throw ownerEndedError('SESSION_CLOSED', 'register a session', `${JSON.stringify(owner)}, which would own it,`);
  }

  /** The owner, made if it is not there; the name of the one that has ended. */
  #lookUp(path: OwnerPath): Owner | string {
    checkPath(path);
    let owner = this.#root;
    if (owner.scope.ended) return owner.scope.name;
    for (const name of path) {
      if (owner.ended.has(name)) return name;
      let inner = owner.inner.get(name);
      if (inner === undefined) {
        if (this.#size >= mostOwners) throw tooMany();
        this.#size++;
        inner = ownerIn(owner.scope.inner(name), owner);
        owner.inner.set(name, inner);
      }
      owner = inner;
    }
    return owner;
  }
}

/** Whatever a worker has sent. */
function checkPath(path: unknown): void {
  if (Array.isArray(path) && path.length <= deepest && path.every(isName)) return;
  const message = `An owner is a list of at most ${deepest} names with at most ${longestName} characters`;
  throw new CarpoolError('SESSION_REFUSED', message);
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.length <= longestName;
}

function tooMany(): CarpoolError {
  const message = `The worker has ${mostOwners} owners that have not ended, and that is the limit`;
  return new CarpoolError('SESSION_REFUSED', message, { context: { limit: mostOwners } });
}

/** It, and all inside it. */
function sizeOf({ inner }: Owner): number {
  let size = 1;
  for (const owner of inner.values()) size += sizeOf(owner);
  return size;
}

function heldBy({ scope, inner }: Owner): number {
  let held = scope.held;
  for (const owner of inner.values()) held += heldBy(owner);
  return held;
}

function ownerIn(scope: Scope, outer: Owner | undefined): Owner {
  return {
    scope,
    outer,
    endingSessions: new Set(),
    ending: undefined,
    past: undefined,
    inner: new Map(),
    ended: new Set(),
  };
}

/** Sessions of one pool have nothing to do with each other. */
function laterThan({ endingSessions }: Owner, own: string): Promise<unknown> | undefined {
  const others = [...endingSessions].filter(({ pool }) => pool !== own);
  return others.length === 0 ? undefined : Promise.allSettled(others.map(({ over }) => over));
}

/** Until it is over, for the owner and those around it. */
function remembered(owner: Owner, session: EndingSession): void {
  const owners: Owner[] = [];
  for (let at: Owner | undefined = owner; at !== undefined; at = at.outer) owners.push(at);
  for (const { endingSessions } of owners) endingSessions.add(session);
  const forget = (): void => {
    for (const { endingSessions } of owners) endingSessions.delete(session);
  };
  session.over.then(forget, forget);
}

function tellFailure({ past = [], inner }: Owner): void {
  for (const failed of past) failed();
  for (const owner of inner.values()) tellFailure(owner);
}

async function ended(owner: Owner, why: WhyEnded): Promise<OwnerEnd> {
  owner.ending ??= endingFor(why);
  await owner.scope.end();
  const { unconfirmed, diagnosed } = owner.ending;
  // Each is reported once: a worker may end itself before its socket does.
  return { unconfirmed, diagnosed: diagnosed.splice(0) };
}

function endingFor({ reason, failed }: WhyEnded): Ending {
  return { reason, failed, unconfirmed: 0, diagnosed: [] };
}

/** The end that takes an owner along: its own, or that of one around it. */
function endingOf(owner: Owner): Ending {
  for (let at: Owner | undefined = owner; at !== undefined; at = at.outer)
    if (at.ending !== undefined) return at.ending;
  return endingFor({ reason: 'because its owner has ended', failed: false });
}

function remember(ended: Set<string>, name: string): void {
  ended.add(name);
  if (ended.size <= mostRemembered) return;
  const [oldest] = ended;
  if (oldest !== undefined) ended.delete(oldest);
}

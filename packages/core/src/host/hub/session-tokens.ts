/**
 * Tokens with which other processes join a session: one for one process.
 *
 *   made ──join──▶ used
 *     └──────────────┴── end of the session ──▶ over
 *
 * A token is a number, by which it is found, and a secret, which is compared in constant time. Those that are over are
 * kept for a while, so that a process that comes too late learns it.
 */
import { sameToken } from '../../wire/greeting.ts';
import { CarpoolError } from '../../base/errors.ts';
import type { SharedSession } from './shared-session.ts';

/** Of one session, that no process has used. */
const maxUnused = 100;
/** That are over. The oldest are forgotten, and their processes learn only that the token is wrong. */
const maxOver = 10_000;

export class SessionToken {
  readonly session: SharedSession;
  readonly secret: Buffer;
  #usedBy: number | undefined;

  constructor(session: SharedSession, secret: Buffer) {
    this.session = session;
    this.secret = secret;
  }

  get used(): boolean {
    return this.#usedBy !== undefined;
  }

  /** Why a process cannot join with it, in half a sentence. */
  get fault(): string | undefined {
    const { id, over } = this.session;
    if (over !== undefined) return `session ${id} was closed ${over}, and a process can join it no more`;
    if (this.#usedBy === undefined) return undefined;
    return `the process ${this.#usedBy} has joined session ${id} with this address already; each call of \`session.address()\` makes an address for one process`;
  }

  /** @param pid 0: it did not say */
  use(pid: number): void {
    this.#usedBy = pid;
  }
}

export class SessionTokens {
  readonly #made = new Map<number, SessionToken>();
  readonly #over = new Map<number, SessionToken>();
  #count = 0;

  /** @throws CarpoolError SESSION_OVERFLOW */
  make(session: SharedSession): string {
    const unused = [...this.#made.values()].filter((token) => token.session === session && !token.used);
    if (unused.length >= maxUnused) {
      const message = `Cannot make an address of session ${session.id}: no process has used the last ${maxUnused}, and that is the limit`;
      throw new CarpoolError('SESSION_OVERFLOW', message, { scope: 'call', context: { limit: maxUnused } });
    }
    const { randomBytes } = process.getBuiltinModule('node:crypto');
    const secret = randomBytes(32).toString('hex');
    const number = ++this.#count;
    this.#made.set(number, new SessionToken(session, Buffer.from(secret)));
    return `${number}-${secret}`;
  }

  find(shown: string): SessionToken | undefined {
    const [, digits = '', secret = ''] = /^(\d{1,15})-([0-9a-f]{64})$/.exec(shown) ?? [];
    const number = Number(digits);
    const token = this.#made.get(number) ?? this.#over.get(number);
    return token !== undefined && sameToken(secret, token.secret) ? token : undefined;
  }

  /** Those that are known, also of sessions that have ended. */
  *all(): Generator<string> {
    for (const tokens of [this.#made, this.#over])
      for (const [number, { secret }] of tokens) yield `${number}-${secret.toString()}`;
  }

  /** The session has ended. */
  end(session: SharedSession): void {
    for (const [number, token] of this.#made) {
      if (token.session !== session) continue;
      this.#made.delete(number);
      this.#over.set(number, token);
    }
    for (const number of this.#over.keys()) {
      if (this.#over.size <= maxOver) break;
      this.#over.delete(number);
    }
  }
}

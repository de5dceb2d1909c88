/** Which calls and sessions hold the slots of a pool, for its errors, and the owners that may hold one session at a time. */
import type { Clock } from '../base/clock.ts';
import { CarpoolError, type CallSite } from '../base/errors.ts';
import { redactText } from '../base/redact.ts';
import { take } from '../base/take.ts';
import type { Timeline } from '../base/timeline.ts';
import { callerLocation, nameOfSession } from '../base/holder-label.ts';
import type { Conversation } from '../session/conversation.ts';
import { arrow } from '../session/kept-frame.ts';
import { relationOf } from './holder-relation.ts';
import type { Holder } from './errors.ts';
import type { Generation } from './generation.ts';
import type { RegisterDeadline } from './register-deadline.ts';
import type { OpenOptions } from './registration.ts';
import type { SaidStatus, SessionStatus, ShowsSession } from './status.ts';

/** Requests without a reply that are shown of a session. */
const mostUnanswered = 20;

/** One `register` call, and the session that it became. */
export interface SlotHolder {
  /** When the call was made, in milliseconds of the pool's clock. */
  readonly since: number;
  /** When it got its slot, which may be long after that. Absent until then. */
  grantedAt?: number;
  /** Milliseconds that it has waited for slots, and whether for one more child of all pools. Absent: it has not waited so far. */
  waited?: number;
  capped?: boolean;
  /** What its wait for the slot has cost, a sentence. Absent: it was short. */
  slotWait?: string;
  /** When its session was open. */
  openedAt?: number;
  /** When its slot was given back, and whether its child knew by then. */
  ended?: { readonly at: number; readonly confirmed: boolean } | undefined;
  /** The call has got its session, or an error. */
  settled?: true;
  /** The test that has its session has failed. */
  failed?: true;
  readonly site: CallSite;
  readonly options: OpenOptions;
  readonly deadline: RegisterDeadline;
  /** Absent until its session is being opened. */
  conversation?: Conversation | undefined;
  /** Where that one is. */
  generation?: Generation | undefined;
}

export class SlotHolders {
  readonly #pool: string;
  readonly #timeline: Timeline | undefined;
  readonly #clock: Clock;
  readonly #holders = new Set<SlotHolder>();
  readonly #owners = new Map<string, SlotHolder>();

  /** @param timeline takes each call, once it is settled, and what it held has ended */
  constructor(pool: string, clock: Clock, timeline?: Timeline) {
    this.#pool = pool;
    this.#timeline = timeline;
    this.#clock = clock;
  }

  get size(): number {
    return this.#holders.size;
  }

  /** From now on it holds a slot. @param now by the clock of the pool */
  add(holder: SlotHolder, now: number): void {
    holder.grantedAt = now;
    this.#holders.add(holder);
  }

  /** It has no slot, and goes on. */
  delete(holder: SlotHolder): void {
    this.#holders.delete(holder);
  }

  /** It has no slot any more, or will get none. @param now by the clock of the pool. @param confirmed its child knows */
  end(holder: SlotHolder, now: number, confirmed: boolean): void {
    this.#holders.delete(holder);
    this.disclaimOwner(holder);
    holder.ended = { at: now, confirmed };
    if (holder.settled === true) this.#tell(holder);
  }

  /** After `end`: the same call takes another slot, because its session was lost while it opened. @throws as `claimOwner` */
  again(holder: SlotHolder): void {
    holder.ended = undefined;
    holder.conversation = undefined;
    holder.generation = undefined;
    this.claimOwner(holder);
  }

  /** The call has got its session, or an error. */
  settle(holder: SlotHolder): void {
    holder.settled = true;
    if (holder.ended !== undefined) this.#tell(holder);
  }

  #tell({ since, grantedAt, openedAt, ended, failed, conversation, generation, options }: SlotHolder): void {
    const timeline = options.timeline ?? this.#timeline;
    if (timeline === undefined || ended === undefined) return;
    const { test, file, shard } = options.holder ?? {};
    timeline.add({
      event: 'session',
      pool: this.#pool,
      worker: options.worker,
      id: conversation?.id,
      child: generation?.pid,
      since,
      granted: grantedAt,
      opened: openedAt,
      over: ended.at,
      ...(!ended.confirmed && { unconfirmed: true }),
      failed,
      test,
      file,
      shard,
    });
  }

  /** For when its session is over: what tells that its test has failed. It holds nothing of the session: a test may have had many. */
  lateFailure({ conversation, options }: Partial<SlotHolder> = {}): () => void {
    const timeline = options?.timeline ?? this.#timeline;
    const clock = this.#clock;
    const pool = this.#pool;
    const id = conversation?.id;
    const write = conversation?.record?.lateFailure;
    return () => {
      write?.();
      if (id !== undefined) timeline?.add({ event: 'failed', pool, id, over: clock.now() });
    };
  }

  /** The sessions that are there or being opened. */
  conversations(): Conversation[] {
    return [...this.#holders].flatMap(({ conversation }) => conversation ?? []);
  }

  /** How messages name the holder of this session, and the id of its run. */
  nameOf(session: string): { readonly name: string; readonly run?: string | undefined } {
    for (const { conversation, options, site } of this.#holders) {
      if (conversation?.id !== session) continue;
      const takenAt = callerLocation(site);
      return { name: nameOfSession(session, { ...options.holder, takenAt }), run: options.run?.id };
    }
    // One that is kept warm.
    return { name: nameOfSession(session, {}) };
  }

  /** Those that hold slots now, oldest first. */
  get all(): readonly SlotHolder[] {
    return [...this.#holders];
  }

  /**
   * @param asker the call that reads it: its run is not named, and its own test is not named like another one
   * @param holders Default: those of now, oldest first
   */
  describe(now: number, asker: OpenOptions, holders: Iterable<SlotHolder> = this.#holders): Holder[] {
    return [...holders].map(({ grantedAt = now, site, options, conversation }) => ({
      ...options.holder,
      ...(options.run?.id !== asker.run?.id && { run: options.run?.name }),
      relation: relationOf(options, asker),
      session: conversation?.id,
      takenAt: callerLocation(site),
      heldFor: Math.round(now - grantedAt),
    }));
  }

  /** Oldest first. @param most of them @param shows of which with what is said in them */
  status(now: number, most: number, shows?: ShowsSession): SessionStatus[] {
    return [...take(this.#holders, most)].map(({ grantedAt = now, site, options, conversation, generation }) => ({
      ...options.holder,
      id: conversation?.id,
      pid: generation?.pid,
      takenAt: callerLocation(site),
      run: options.run?.id,
      age: Math.round(now - grantedAt),
      ...(conversation !== undefined && {
        said: saidIn(conversation, shows?.({ ...options.holder, pool: this.#pool, id: conversation.id })),
      }),
    }));
  }

  /** @throws CarpoolError ALREADY_REGISTERED if its `owner` has a session, or waits for one */
  claimOwner(holder: SlotHolder): void {
    const { owner } = holder.options;
    const key = ownerKey(holder);
    if (key === undefined) return;
    const other = this.#owners.get(key);
    if (other === undefined) {
      this.#owners.set(key, holder);
      return;
    }
    const id = other.conversation?.id;
    const name = id === undefined ? 'a session that is being opened' : `session ${id}`;
    const message = `Cannot register a session: ${JSON.stringify(owner)} already has ${name} of pool "${this.#pool}"`;
    throw new CarpoolError('ALREADY_REGISTERED', message, { context: { pool: this.#pool, owner, session: id } });
  }

  disclaimOwner(holder: SlotHolder): void {
    const key = ownerKey(holder);
    if (key !== undefined && this.#owners.get(key) === holder) this.#owners.delete(key);
  }
}

function saidIn({ recent, calls }: Conversation, show: ReturnType<ShowsSession>): SaidStatus | undefined {
  if (show === undefined) return undefined;
  const unanswered = [...take(calls.unanswered, mostUnanswered)].flatMap(({ sent }) =>
    sent === undefined ? [] : redactText(`${arrow('out')}${show(sent)}`),
  );
  return { recent: recent.describe(show).map(redactText), unanswered };
}

function ownerKey({ options: { owner, ownerScope = '', run } }: SlotHolder): string | undefined {
  return owner === undefined ? undefined : JSON.stringify([ownerScope, owner, run?.id]);
}

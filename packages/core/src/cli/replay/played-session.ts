/** The side of the test of one recorded session, against a real child: what comes is compared with what came then. */
import { CarpoolError, isCarpoolError } from '../../base/errors.ts';
import { systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/thrown.ts';
import { recordedValue, type Recorded } from '../../base/transcript-value.ts';
import { Frame } from '../../codec/frame.ts';
import type { ChildPool } from '../../pool/pool.ts';
import type { Registration } from '../../pool/registration.ts';
import { compare, type CompareOptions } from '../../replay/compare.ts';
import { Boxes, type Item } from './boxes.ts';
import { firstLine, isRefusedAlike, nameOfBox, nouns, type Finding } from './finding.ts';
import { lostIn, recordedForm, redactedForm } from '../../replay/recorded-form.ts';
import {
  isGivenUp,
  isOut,
  type RecordedGivenUp,
  type RecordedIn,
  type RecordedLoss,
  type RecordedOut,
  type RecordedSession,
  type RecordedStep,
} from '../../replay/recorded-session.ts';
import { shown } from '../../replay/show.ts';
import type { Listener } from '../../session/listener.ts';
import type { CloseReason } from '../../session/state.ts';

export interface PlayOptions {
  /** Milliseconds for each thing that comes. */
  readonly timeout: number;
  readonly ignored: CompareOptions['ignored'];
  readonly signal: AbortSignal;
}

/** What a comparison of one session needs no more of: it is not played on. */
class Over extends Error {}

export class PlayedSession {
  readonly findings: Finding[] = [];
  /** Answers that were compared, and that were as then. */
  compared = 0;
  same = 0;
  /** It ended by itself, or its end was not confirmed, as it was then: a sentence. */
  happened: string | undefined;
  readonly #recorded: RecordedSession;
  readonly #pool: ChildPool;
  readonly #options: PlayOptions;
  readonly #boxes = new Boxes();
  /** The keys of questions of now, by the numbers of then. */
  readonly #questions = new Map<number, string>();
  readonly #requests = new Map<number, Recorded>();
  readonly #calls = new Map<number, ReturnType<Registration['conversation']['request']>>();
  /** The numbers of requests of which no more is compared: nothing waits for them, or their failure is told. */
  readonly #done = new Set<number>();
  #open: Registration | undefined;
  #closed: CloseReason | undefined;
  #isOver = false;

  constructor(recorded: RecordedSession, pool: ChildPool, options: PlayOptions) {
    this.#recorded = recorded;
    this.#pool = pool;
    this.#options = options;
  }

  async open(): Promise<void> {
    await this.#unlessOver(async () => {
      const { test, file, params, failed, opened, hello } = this.#recorded;
      const { signal } = this.#options;
      const given = params === undefined ? undefined : recordedValue(params);
      try {
        this.#open = await this.#pool.open({ params: given, holder: { test, file }, signal }, this.#listener, {
          stack: '',
        });
      } catch (thrown) {
        signal.throwIfAborted();
        this.#ended(
          'its opening',
          failed,
          isCarpoolError(thrown) ? thrown : new CarpoolError('SESSION_FAILED', messageOf(thrown)),
        );
      }
      if (failed !== undefined) this.#tell('its opening', `it opened, and then it failed: ${failed.message}`);
      this.#compareValues('what its child said of itself, `session.hello`', hello, this.#open?.hello);
      this.#compareValues('what its opening found, `session.opened`', opened, this.#open?.opened);
    });
  }

  async play(event: RecordedStep): Promise<void> {
    await this.#unlessOver(async () => {
      if (isOut(event)) this.#send(event);
      else if (isGivenUp(event)) this.#giveUp(event);
      else if (event.kind === 'lost') await this.#lost(event);
      else await this.#arrives(event);
    });
  }

  /** The test ended it, or it has ended. */
  async end(): Promise<void> {
    await this.#unlessOver(async () => {
      for (const [name, frame] of this.#boxes.left())
        this.#tell(nameOfBox(name), `it came, and came not when it was recorded: ${frame.toString()}`);
    });
    const { conversation, settings } = this.#open ?? {};
    if (conversation === undefined || settings === undefined) return;
    const reason: CloseReason = { by: 'unregister', at: systemClock.now(), reason: 'by `unregister`' };
    const { confirmed, failure } = await conversation.close(reason, settings.closeTimeout);
    if (this.#isOver) return;
    const then = this.#recorded.unconfirmed === true;
    if (then) this.compared++;
    const now = failure === undefined ? 'it was not confirmed' : firstLine(failure);
    if (then && !confirmed) {
      this.same++;
      this.happened = now;
    } else if (!confirmed) this.#tell('its end', now);
    else if (then) this.#tell('its end', 'recorded that the child did not confirm it in time, now it did');
  }

  readonly #listener: Listener = {
    event: (frame) => this.#boxes.push('event', { frame }),
    ask: (frame, key) => this.#boxes.push('ask', { frame, key }),
    closed: (reason) => {
      this.#closed = reason;
      this.#boxes.close();
    },
  };

  #send({ kind, n = 0, m }: RecordedOut): void {
    const open = this.#open;
    const lost = lostIn(m);
    if (open === undefined) return;
    if (lost !== undefined) {
      this.#tell(
        `the message ${shown(m)}`,
        `it cannot be sent again: the transcript does not have ${lost.path}, which was ${lost.what}`,
      );
      throw new Over();
    }
    const { conversation, codec } = open;
    this.#sending(`the message ${shown(m)}`, () => {
      const frame = Frame.of(recordedValue(m), codec.format);
      if (kind === 'send') conversation.send(frame);
      else if (kind === 'answer') {
        const key = this.#questions.get(n);
        if (key !== undefined) conversation.answer(key, frame);
      } else {
        this.#requests.set(n, m);
        const call = conversation.request(frame, {
          reply: (reply) => this.#boxes.push(`reply ${n}`, { frame: reply }),
          step: (step) => this.#boxes.push(`step ${n}`, { frame: step }),
          failed: (error) => {
            // What is waited for may be either.
            for (const box of ['reply', 'step']) this.#boxes.push(`${box} ${n}`, { error });
          },
        });
        this.#calls.set(n, call);
      }
    });
  }

  #giveUp({ kind, n, reason = '' }: RecordedGivenUp): void {
    const { conversation } = this.#open ?? {};
    const [call, question] = [this.#calls.get(n), this.#questions.get(n)];
    if (kind === 'cancel' && call !== undefined) {
      // What comes for it is dropped, as it was then.
      this.#done.add(n);
      this.#sending(`the end of the wait for ${nouns.reply} to ${shown(this.#requests.get(n))}`, () =>
        conversation?.abandon(call),
      );
    } else if (kind === 'refuse' && question !== undefined) {
      const what = `the refusal of question ${n}`;
      this.#sending(what, () => {
        if (conversation?.refuse(question, reason) === false) this.#tell(what, 'the protocol has no message for it');
      });
    }
  }

  #sending(what: string, send: () => void): void {
    try {
      send();
    } catch (thrown) {
      if (this.#closed !== undefined) this.#ended(what, undefined, this.#closed.error);
      this.#tell(what, messageOf(thrown));
      throw new Over();
    }
  }

  async #arrives({ kind, n = 0, m, refusal }: RecordedIn): Promise<void> {
    const isOfRequest = kind === 'reply' || kind === 'refusal' || kind === 'step';
    if (isOfRequest && this.#done.has(n)) return;
    const box = isOfRequest ? `${kind === 'step' ? 'step' : 'reply'} ${n}` : kind;
    const what = isOfRequest ? `${nouns[kind]} to ${shown(this.#requests.get(n))}` : `${nouns[kind]} ${shown(m)}`;
    const item = await this.#next(box, what);
    if ('error' in item && this.#closed !== undefined) this.#ended(what, undefined, this.#closed.error);
    this.compared++;
    if ('error' in item) {
      if (kind === 'refusal' && item.error.code === 'SESSION_REFUSED' && isRefusedAlike(item.error, { m, refusal }))
        this.same++;
      else this.#tell(what, `recorded ${shown(m)}, now it fails: ${firstLine(item.error)}`);
      // It is the same for all that was recorded of it.
      this.#done.add(n);
      return;
    }
    if (kind === 'ask' && item.key !== undefined) this.#questions.set(n, item.key);
    if (kind === 'refusal') {
      this.#tell(what, `recorded a refusal, ${shown(m)}, now a reply: ${item.frame.toString()}`);
      return;
    }
    this.#compare(what, m, this.#formOf(item.frame, kind));
  }

  async #lost(loss: RecordedLoss): Promise<void> {
    const what = `the end of the session, ${loss.code ?? loss.reason}`;
    const { timeout } = this.#options;
    const closed = this.#closed !== undefined || (await this.#boxes.next('closed', this.#options)) === 'closed';
    if (!closed) {
      this.#tell(what, `it did not end within ${Math.round(timeout)} ms`);
      throw new Over();
    }
    this.#ended(what, loss, this.#closed?.error);
  }

  /** It has ended by itself. @throws Over */
  #ended(
    what: string,
    recorded: { readonly code?: string | undefined; readonly message?: string | undefined } | undefined,
    error: CarpoolError | undefined,
  ): never {
    this.compared++;
    const now = error === undefined ? 'it ended' : `${error.code}: ${firstLine(error)}`;
    if (recorded !== undefined && recorded.code === error?.code) {
      this.same++;
      this.happened = now;
    } else if (recorded === undefined)
      this.#tell(what, `the session ended, which it did not when it was recorded: ${now}`);
    else this.#tell(what, `recorded ${recorded.code ?? 'an end'}: ${recorded.message ?? ''}, now ${now}`);
    throw new Over();
  }

  async #next(name: string, what: string): Promise<Item> {
    const { timeout } = this.#options;
    const item = await this.#boxes.next(name, this.#options);
    if (item === 'closed') this.#ended(what, undefined, this.#closed?.error);
    if (item !== 'late') return item;
    this.compared++;
    this.#tell(what, `it did not come within ${Math.round(timeout)} ms; the rest of this session was not played`);
    throw new Over();
  }

  #compareValues(what: string, recorded: Recorded | undefined, now: unknown): void {
    if (recorded === undefined && now === undefined) return;
    this.compared++;
    this.#compare(what, recorded ?? null, now === undefined ? null : recordedForm(now, {}));
  }

  #compare(what: string, recorded: Recorded, now: Recorded): void {
    const [then, today] = [this.#recorded.id, this.#open?.conversation.id];
    const alike = (a: Recorded, b: Recorded): boolean => a === then && b === today;
    let before: Recorded;
    try {
      before = redactedForm(recorded);
    } catch (thrown) {
      this.#tell(what, `what was recorded cannot be read: ${messageOf(thrown)}`);
      return;
    }
    const { differences, more } = compare(before, now, { alike, ignored: this.#options.ignored });
    if (differences.length === 0) this.same++;
    else this.findings.push({ ...this.#place, what, differences, more });
  }

  /** As the transcript has it: without the ids by which it found its session and its request. */
  #formOf(frame: Frame, kind: RecordedIn['kind']): Recorded {
    const { sessionField, idField } = this.#open?.protocol ?? {};
    return recordedForm(frame.message, { sessionField, idField: kind === 'event' ? undefined : idField });
  }

  get #place(): Pick<Finding, 'pool' | 'test' | 'file' | 'session'> {
    const { pool, test, file, id, s } = this.#recorded;
    return { pool, test, file, session: id ?? s };
  }

  #tell(what: string, found: string): void {
    this.findings.push({ ...this.#place, what, found });
  }

  async #unlessOver(work: () => Promise<void>): Promise<void> {
    if (this.#isOver) return;
    try {
      await work();
    } catch (thrown) {
      if (!(thrown instanceof Over)) throw thrown;
      this.#isOver = true;
    }
  }
}

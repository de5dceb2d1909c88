/** What `carpool tail` prints of messages: for people a line each, below the name of their session; or JSON. */
import { nameOf, type HolderLabel } from '../../base/holder-label.ts';
import { printable } from '../../base/printable.ts';
import type { ObservedBody, ObservedMessage, ObservedSession } from '../../wire/observe.ts';
import { count } from '../ps/units.ts';

/** Styles a text, where the output shows that. */
export type Paint = (style: 'bold' | 'cyan' | 'dim' | 'green' | 'yellow', text: string) => string;

export interface TailLines {
  /** What was said in sessions before. */
  said(sessions: readonly ObservedSession[]): string[];
  messages(body: ObservedBody): string[];
}

type OfSession = HolderLabel & Pick<ObservedMessage, 'pool' | 'poolId' | 'session'>;

/** Names each session where the lines before are of another one. */
export class TextLines implements TailLines {
  readonly #paint: Paint;
  #last: string | undefined;
  /** The first id that was seen of pools of a name: others are called by theirs. */
  readonly #ids = new Map<string, string>();

  constructor(paint: Paint) {
    this.#paint = paint;
  }

  said(sessions: readonly ObservedSession[]): string[] {
    return sessions.flatMap(({ id, recent, unanswered, ...of }) => [
      ...this.#name({ ...of, session: id }),
      ...recent.map((line) => this.#line(this.#paint('dim', 'before'), line)),
      ...unanswered.map((line) => this.#line(this.#paint('yellow', 'no reply'), line)),
    ]);
  }

  messages({ messages, lost }: ObservedBody): string[] {
    const lines = messages.flatMap((message) => {
      const { direction, text, time } = message;
      const arrow = direction === 'out' ? '→' : '←';
      return [...this.#name(message), this.#line(this.#paint('dim', timeOfDay(time)), `${arrow} ${text}`)];
    });
    return lost === undefined ? lines : [...lines, this.#paint('yellow', lostText(lost))];
  }

  #name(of: OfSession): string[] {
    const name = sessionText({ ...of, pool: this.#pool(of) });
    if (name === this.#last) return [];
    this.#last = name;
    return [this.#paint('bold', name)];
  }

  #pool({ pool, poolId = pool }: OfSession): string {
    const first = this.#ids.get(pool) ?? poolId;
    this.#ids.set(pool, first);
    return poolId === first ? pool : poolId;
  }

  #line(front: string, line: string): string {
    const text = printable(line);
    const arrow = this.#paint(text.startsWith('→') ? 'cyan' : 'green', text.slice(0, 1));
    return `  ${front} ${arrow}${text.slice(1)}`;
  }
}

/** `browser s1, "cart › adds" (cart.test.ts)`; `browser, outside any session` */
function sessionText({ pool, session, ...holder }: OfSession): string {
  if (session === undefined) return printable(`${pool}, outside any session`);
  const test = holder.test === undefined && holder.file === undefined ? '' : `, ${nameOf(holder, 'a test')}`;
  return printable(`${pool} ${session}${test}`);
}

/** One that looks is told, so that no line seems to follow the other. */
function lostText(lost: number): string {
  return `  ${count(lost, 'message')} not shown: more passed than can be`;
}

/** "14:03:09.120", in the time zone of this process. */
function timeOfDay(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`;
}

/** An object a line; `event` says what it is. */
export class JsonLines implements TailLines {
  said(sessions: readonly ObservedSession[]): string[] {
    return sessions.map(({ id, ...session }) => JSON.stringify({ event: 'said', session: id, ...session }));
  }

  messages({ messages, lost }: ObservedBody): string[] {
    const lines = messages.map(({ time, ...message }: ObservedMessage) =>
      JSON.stringify({ event: 'message', time: new Date(time).toISOString(), ...message }),
    );
    return lost === undefined ? lines : [...lines, JSON.stringify({ event: 'lost', messages: lost })];
  }
}

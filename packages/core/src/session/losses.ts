/**
 * What waits for a message that is lost fails before its deadline, because no more of it will come: the exchanges of a
 * protocol (`hello`, `open`, `close`, `probe`), and the requests of tests.
 */
import type { Clock } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';
import type { Messages, Protocol, Route } from '../protocol/protocol.ts';
import type { Receiver } from './connection.ts';
import type { OwnRoute } from './incoming.ts';
import { describeKept, type KeptFrame } from './kept-frame.ts';
import type { PendingCall } from './pending.ts';
import type { Losses } from './unrouted.ts';

/** A program that logs its messages prints each of them twice: the one on a line of its own comes soon. */
const grace = 500;

export interface LossesOptions {
  readonly clock: Clock;
  readonly protocol: Protocol<Messages>;
  /** The conversation with the child itself. */
  readonly root: () => Receiver;
  /** All others. */
  readonly sessions: () => Iterable<Receiver>;
  readonly find: (route: OwnRoute) => Receiver | undefined;
  /** `hello` has not ended. */
  readonly greeting: () => boolean;
}

export function failingLosses({ clock, protocol, root, sessions, find, greeting }: LossesOptions): Losses {
  return {
    unread(message, hint) {
      const route = routed(protocol, message);
      // For what is sent to all, no exchange of one session waits.
      if (route === undefined || route.as === 'broadcast') return;
      const receiver = route.as === 'unknown' ? root() : find(route);
      if (receiver === undefined) return;
      const key = 'key' in route ? route.key : undefined;
      const waiting = receiver.waits.for(message, key);
      const error = unreadError(receiver.id, hint, greeting());
      if (waiting.length > 0) clock.after(grace, () => receiver.waits.fail(error, waiting)).unref();
      if (key === undefined || (route.as !== 'reply' && route.as !== 'refusal')) return;
      const call = receiver.calls.awaiting(key);
      if (call === undefined || repeats(message, call.sent)) return;
      clock.after(grace, () => receiver.calls.lose(call, unreadReply(receiver, call, hint))).unref();
    },
    misrouted(message, error) {
      const all = [root(), ...sessions()];
      const waiting = all.filter(({ waits }) => waits.size > 0);
      const meant = waiting.filter(({ waits }) => waits.for(message).length > 0);
      // Where nothing else is there, it can be for nothing else.
      const only = all.length <= 2 ? waiting : [];
      for (const { waits } of meant.length > 0 ? meant : only) waits.fail(error);
    },
  };
}

function routed(protocol: Protocol<Messages>, message: Frame): Route | undefined {
  try {
    return protocol.route(message);
  } catch {
    return undefined; // reported where such a message comes on a line of its own
  }
}

/** A child that logs its requests prints them with their ids, and answers them later. */
function repeats(message: Frame, sent: KeptFrame | undefined): boolean {
  if (sent === undefined || typeof sent === 'number') return true;
  const found = message.message as Readonly<Record<string, unknown>>;
  return Object.entries(sent.message as object).every(
    ([name, value]) => JSON.stringify(value) === JSON.stringify(found[name]),
  );
}

function unreadReply(receiver: Receiver, { sent }: PendingCall, hint: string): CarpoolError {
  const { id } = receiver;
  const request = sent === undefined ? 'the request' : describeKept(sent);
  const text = `The reply to ${request} in session ${id} was not read, because other text stands on its line: ${hint}`;
  return new CarpoolError('FRAME_MALFORMED', text, {
    scope: 'call',
    context: { session: id },
    evidence: receiver.evidence(),
  });
}

function unreadError(session: string, hint: string, greeting: boolean): CarpoolError {
  const what = greeting ? 'The hello of the child' : `What session ${session} waits for`;
  const text = `${what} was not read, because other text stands on its line: ${hint}`;
  const context = greeting ? { came: 1 } : { session };
  return new CarpoolError(greeting ? 'CHILD_NO_HELLO' : 'FRAME_MALFORMED', text, { context });
}

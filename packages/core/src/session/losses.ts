/**
 * Exchanges of a protocol (`hello`, `open`, `close`, `probe`) whose message is lost fail before their deadline: no more of
 * it will come.
 */
import type { Clock } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';
import type { Messages, Protocol, Route } from '../protocol/protocol.ts';
import type { Receiver } from './connection.ts';
import type { OwnRoute } from './incoming.ts';
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
      if (![root(), ...sessions()].some(({ waits }) => waits.size > 0)) return;
      const route = routed(protocol, message);
      // For what is sent to all, no exchange of one session waits.
      if (route === undefined || route.as === 'broadcast') return;
      const receiver = route.as === 'unknown' ? root() : find(route);
      if (receiver === undefined) return;
      const waiting = receiver.waits.for(message, 'key' in route ? route.key : undefined);
      const error = unreadError(receiver.id, hint, greeting());
      if (waiting.length > 0) clock.after(grace, () => receiver.waits.fail(error, waiting)).unref();
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

function unreadError(session: string, hint: string, greeting: boolean): CarpoolError {
  const what = greeting ? 'The hello of the child' : `What session ${session} waits for`;
  const text = `${what} was not read, because other text stands on its line: ${hint}`;
  const context = greeting ? { came: 1 } : { session };
  return new CarpoolError(greeting ? 'CHILD_NO_HELLO' : 'FRAME_MALFORMED', text, { context });
}

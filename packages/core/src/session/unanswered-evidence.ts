/** What is known in this process of a call that gets no answer. */
import type { Evidence } from '../base/errors.ts';
import type { Connection, WaitingCalls } from './connection.ts';
import type { WireId } from '../protocol/protocol.ts';
import type { Speaker } from './journal.ts';
import type { Recent } from './recent.ts';

/** The conversation that made it. */
export interface Asking {
  readonly label: string;
  readonly speaker: Speaker;
  readonly recent: Recent;
  /** The ids of the child that are its own. */
  readonly wireIds: readonly WireId[];
  readonly calls: Pick<WaitingCalls, 'oldestCall' | 'waitingCalls'>;
}

/** What a connection had seen at a moment: marks for what came later. */
export interface Seen {
  readonly strays: number;
  readonly logged: number;
}

/** What it has seen by now. */
export function seenOn({ strays, logged }: Connection): Seen {
  return { strays: strays.total, logged: logged?.total ?? 0 };
}

/** @param before what the connection had seen when the conversation began */
export function unansweredEvidence(asking: Asking, connection: Connection, before: Seen): Evidence {
  const strays = [
    ...connection.strays.since(before.strays),
    ...connection.unfinished(),
    ...(connection.strays.hasMessageSince(before.strays) ? awaitedKey(asking) : []),
  ];
  const logged = connection.logged?.forSession(before.logged, asking.wireIds) ?? [];
  return {
    messages: asking.recent.describe(),
    strays: strays.length === 0 ? undefined : strays,
    silence: connection.stuckIn(asking.speaker),
    activity: activityFor(asking, connection),
    logged: logged.length === 0 ? undefined : logged,
  };
}

/** What the child says that it does; and where a request waits, which one was answered last, whosever it is. */
function activityFor(
  { calls, wireIds, speaker }: Asking,
  { protocol, journal, clock }: Connection,
): string | undefined {
  const said = protocol.activity?.(wireIds);
  const answered = calls.waitingCalls === 0 ? undefined : journal?.describeAnswered(clock.now(), speaker);
  const parts = [said, answered].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** The key that a reply would need: what has come may have been meant for it. */
function awaitedKey({ label, calls: { oldestCall, waitingCalls } }: Asking): readonly string[] {
  if (oldestCall?.key === undefined || waitingCalls === 0) return [];
  const more = waitingCalls > 1 ? `, and for ${waitingCalls - 1} more` : '';
  return [`${label} waits for a reply under the key ${JSON.stringify(oldestCall.key)}${more}`];
}

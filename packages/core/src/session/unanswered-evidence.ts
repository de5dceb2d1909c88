/** What is known in this process of a call that gets no answer. */
import type { Evidence } from '../base/errors.ts';
import type { Connection } from './connection.ts';
import type { Speaker } from './journal.ts';
import type { PendingCall } from './pending.ts';
import type { Recent } from './recent.ts';

/** The conversation that made it. */
export interface Asking {
  readonly label: string;
  readonly speaker: Speaker;
  readonly recent: Recent;
  /** The request that has waited longest, and how many wait. */
  readonly oldestCall: PendingCall | undefined;
  readonly waitingCalls: number;
}

/** @param since how many strays the connection had when the conversation began */
export function unansweredEvidence(asking: Asking, connection: Connection, since: number): Evidence {
  const strays = [
    ...connection.strays.since(since),
    ...connection.unfinished(),
    ...(connection.strays.hasMessageSince(since) ? awaitedKey(asking) : []),
  ];
  return {
    messages: asking.recent.describe(),
    strays: strays.length === 0 ? undefined : strays,
    silence: connection.stuckIn(asking.speaker),
  };
}

/** The key that a reply would need: what has come may have been meant for it. */
function awaitedKey({ label, oldestCall, waitingCalls }: Asking): readonly string[] {
  if (oldestCall?.key === undefined || waitingCalls === 0) return [];
  const more = waitingCalls > 1 ? `, and for ${waitingCalls - 1} more` : '';
  return [`${label} waits for a reply under the key ${JSON.stringify(oldestCall.key)}${more}`];
}

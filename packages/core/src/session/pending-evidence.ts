/** What a session waits for, for the evidence of its test: requests without a reply, and events that nothing has brought. */
import { callerLocation, duration } from '../base/holder-label.ts';
import type { Waiter } from '../base/mailbox.ts';
import { showKept } from './kept-frame.ts';
import type { PendingCall } from './pending.ts';

export interface PendingEvidence {
  /** Requests without a reply, and waits for an event, oldest first, each with its age and where it was made. */
  readonly pending?: readonly string[] | undefined;
}

/** Of requests, and of waits for events, that are named. */
const mostNamed = 5;

/**
 * A line for each, oldest first; `undefined`: it waits for nothing.
 * @param events waits for them
 */
export function pendingEvidence(
  calls: readonly PendingCall[],
  events: readonly Waiter[],
  now: number,
): readonly string[] | undefined {
  // Those of nobody are given up, or the protocol's own.
  const requests = calls.flatMap(({ sent, callbacks: { since, site } }) =>
    sent === undefined || since === undefined || site === undefined
      ? []
      : `→ ${showKept(sent)}, sent ${duration(now - since)} ago${placeOf({ since, site })}`,
  );
  const waits = events.map((wait) => `an event, waited for ${duration(now - wait.since)}${placeOf(wait)}`);
  const lines = [...bounded(requests, 'requests'), ...bounded(waits, 'waits for events')];
  return lines.length === 0 ? undefined : lines;
}

function placeOf({ site }: Waiter): string {
  const place = callerLocation(site);
  return place === undefined ? '' : `, at ${place}`;
}

/** @param what they are, in the plural */
function bounded(lines: readonly string[], what: string): readonly string[] {
  const more = lines.length - mostNamed;
  return more <= 0 ? lines : [...lines.slice(0, mostNamed), `and ${more} more ${what}`];
}

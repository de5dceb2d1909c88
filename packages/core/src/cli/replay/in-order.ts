/** The sessions of a transcript in the order in which everything in them happened: one step after another, over all of them. */
import {
  inTime,
  type RecordedSession,
  type RecordedStep,
  type RecordedTime,
  type Recording,
} from '../../replay/recorded-session.ts';

export type Step =
  | { readonly what: 'open'; readonly session: RecordedSession }
  | { readonly what: 'event'; readonly session: RecordedSession; readonly event: RecordedStep }
  | { readonly what: 'end'; readonly session: RecordedSession };

interface Running {
  readonly session: RecordedSession;
  next: number;
}

/** Only the messages of the sessions that are open at that time are in memory. */
export async function* inOrder(recordings: readonly Recording[]): AsyncGenerator<Step, void, undefined> {
  const left = recordings.toSorted((a, b) => inTime(a.head, b.head));
  const running = new Set<Running>();
  for (;;) {
    const first = [...running].toSorted((a, b) => inTime(timeOf(a), timeOf(b)))[0];
    const opening = left[0];
    if (opening !== undefined && (first === undefined || inTime(opening.head, timeOf(first)) < 0)) {
      left.shift();
      const session = await opening.load();
      running.add({ session, next: 0 });
      yield { what: 'open', session };
      continue;
    }
    if (first === undefined) return;
    const { session } = first;
    const event = session.events[first.next++];
    if (event !== undefined) yield { what: 'event', session, event };
    else {
      running.delete(first);
      yield { what: 'end', session };
    }
  }
}

/** Of what comes next in it. */
function timeOf({ session, next }: Running): RecordedTime {
  const { events, ended } = session;
  const { t, line = 0 } = events[next] ?? ended ?? events.at(-1) ?? session;
  return { t, line };
}
